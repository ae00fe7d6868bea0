from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.msnftp import (
    BLOCK_SIZE,
    BYE_NO_ACCESS,
    BYE_RECEIVED,
    BYE_RECEIVER_CANCELLED,
    BYE_TIMED_OUT,
)
from Kamaelia.Protocol.MSN.wire.msnftp_session import (
    Action,
    Close,
    Ended,
    FileReceiver,
    FileSender,
    Progress,
    Received,
    Send,
    Started,
)
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.wire.errors import LocalProtocolError

BOB = "bob@example.com"
COOKIE = 51877
SIZES = [0, 1, 2044, 2045, 2046, 4090, 4091, 300_000]


def sent(actions: list[Action]) -> bytes:
    return b"".join(each.data for each in actions if isinstance(each, Send))


def data_of(actions: list[Action]) -> bytes:
    return b"".join(each.data for each in actions if isinstance(each, Received))


def outcome(actions: list[Action]) -> Outcome:
    (ended,) = [each for each in actions if isinstance(each, Ended)]
    assert isinstance(actions[-1], Close)
    return ended.outcome


def pattern(size: int) -> bytes:
    return bytes(index * 7 % 251 for index in range(size))


class Pair:
    """A sender and a receiver, joined; `step` carries one direction's bytes."""

    def __init__(self, size: int, room: int = 5000) -> None:
        self.file = pattern(size)
        self.sender = FileSender(BOB, COOKIE, size, BytesIO(self.file).read)
        self.receiver = FileReceiver(BOB, COOKIE, size)
        self.room = room
        self.to_sender = b""
        self.to_receiver = b""
        self.seen: dict[str, list[Action]] = {"sender": [], "receiver": []}
        self.note("receiver", self.receiver.start())

    def note(self, who: str, actions: list[Action]) -> None:
        self.seen[who] += actions
        if who == "sender":
            self.to_receiver += sent(actions)
        else:
            self.to_sender += sent(actions)

    def step(self) -> bool:
        """Move what waits, or pump; return False when nothing is left to do."""
        if self.to_sender:
            data, self.to_sender = self.to_sender, b""
            self.note("sender", self.sender.receive(data))
        elif self.to_receiver:
            data, self.to_receiver = self.to_receiver, b""
            self.note("receiver", self.receiver.receive(data))
        elif self.sender.sending:
            self.note("sender", self.sender.pump(self.room))
        else:
            return False
        return True

    def run(self) -> None:
        while self.step():
            pass


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("room", [1, 2045, 70_000])
def test_files_arrive_whole(size: int, room: int) -> None:
    pair = Pair(size, max(room, size // 200))
    pair.run()
    assert outcome(pair.seen["sender"]) is Outcome.COMPLETED
    assert outcome(pair.seen["receiver"]) is Outcome.COMPLETED
    got = data_of(pair.seen["receiver"])
    assert sha256(got).digest() == sha256(pair.file).digest()
    for who in ("sender", "receiver"):
        steps = [each for each in pair.seen[who] if isinstance(each, Progress)]
        assert [each.done for each in steps] == sorted({each.done for each in steps})
        assert not size or steps[-1] == Progress(size, size)


def test_the_reference_conversation_byte_for_byte() -> None:
    sender = FileSender(BOB, COOKIE, 10, BytesIO(b"HELLOWORLD").read)
    assert sender.receive(b"VER MSNFTP\r\n") == [Send(b"VER MSNFTP\r\n")]
    assert sender.receive(b"USR bob@example.com 51877\r\n") == [Send(b"FIL 10\r\n")]
    assert sender.receive(b"TFR\r\n") == [Started(10)]
    block = bytes.fromhex("000a0048454c4c4f574f524c44")
    assert sender.pump() == [Send(block), Progress(10, 10)]
    assert outcome(sender.receive(b"BYE 16777989\r\n")) is Outcome.COMPLETED

    receiver = FileReceiver(BOB, COOKIE, 10)
    assert receiver.start() == [Send(b"VER MSNFTP\r\n")]
    user = b"USR bob@example.com 51877\r\n"
    assert receiver.receive(b"VER MSNFTP\r\n") == [Send(user)]
    assert receiver.receive(b"FIL 10\r\n") == [Started(10), Send(b"TFR\r\n")]
    assert receiver.receive(block) == [
        Received(b"HELLOWORLD"),
        Progress(10, 10),
        Send(b"BYE 16777989\r\n"),
        Ended(Outcome.COMPLETED, "received", BYE_RECEIVED),
        Close(),
    ]


def test_many_blocks_in_one_read_are_handed_on_together() -> None:
    receiver = FileReceiver(BOB, COOKIE)
    receiver.start()
    receiver.receive(b"VER MSNFTP\r\nFIL 100000\r\n")
    blocks = b"\x00\x02\x00ab" * 20_000
    assert receiver.receive(blocks) == [
        Received(b"ab" * 20_000),
        Progress(40_000, 100_000),
    ]


@given(st.lists(st.integers(0, 10_000), max_size=10))
def test_any_cut_of_the_senders_bytes_gives_the_same_file(cuts: list[int]) -> None:
    data = pattern(5000)
    receiver = FileReceiver(BOB, COOKIE, 5000)
    actions = receiver.start()
    blocks = b"".join(
        b"\x00" + len(part).to_bytes(2, "little") + part
        for part in (data[:2045], data[2045:4090], b"", data[4090:])
    )
    stream = b"VER MSNFTP other\r\nFIL 5000\r\n" + blocks + b"\x01\x00\x00"
    places = [0, *sorted(place % len(stream) for place in cuts), len(stream)]
    for start, end in pairwise(places):
        actions += receiver.receive(stream[start:end])
    assert data_of(actions) == data
    assert outcome(actions) is Outcome.COMPLETED


@given(st.lists(st.integers(0, 60), max_size=5))
def test_any_cut_of_the_receivers_bytes_is_understood(cuts: list[int]) -> None:
    sender = FileSender(BOB.upper(), COOKIE, 3, BytesIO(b"abc").read, end_block=True)
    stream = b"VER OTHER MSNFTP\r\nUSR Bob@Example.com 51877\r\nTFR\r\n"
    places = [0, *sorted(place % len(stream) for place in cuts), len(stream)]
    actions = []
    for start, end in pairwise(places):
        actions += sender.receive(stream[start:end])
    assert sent(actions) == b"VER MSNFTP\r\nFIL 3\r\n"
    assert sent(sender.pump()) == b"\x00\x03\x00abc\x01\x00\x00"


@pytest.mark.parametrize("who", ["sender", "receiver"])
@pytest.mark.parametrize(
    ("act", "mine"),
    [
        (lambda end: end.cancel(), Outcome.CANCELLED_BY_US),
        (lambda end: end.timed_out(), Outcome.FAILED),
        (lambda end: end.failed("disk full"), Outcome.FAILED),
        (lambda end: end.connection_lost(), Outcome.FAILED),
    ],
)
def test_either_side_ends_it_at_every_step(
    who: str, act: Callable[[FileSender | FileReceiver], list[Action]], mine: Outcome
) -> None:
    for steps in range(40):
        pair = Pair(9000, room=2045)
        more = all(pair.step() for _ in range(steps))
        end = pair.sender if who == "sender" else pair.receiver
        if not more or end.ended:
            break
        ending = act(end)
        pair.note(who, ending)
        whole = pair.sender.done == 9000 and who == "sender"
        if not (whole and outcome(ending) is Outcome.COMPLETED):
            assert outcome(ending) is mine
        pair.run()
        other = pair.receiver if who == "sender" else pair.sender
        if not other.ended:
            pair.note(
                "receiver" if who == "sender" else "sender", other.connection_lost()
            )
        for actions in pair.seen.values():
            assert isinstance(outcome(actions), Outcome)
        assert act(end) == []
        assert end.receive(b"anything") == []
    else:
        pytest.fail("the transfer never ended")


def test_the_receiver_hears_of_a_cancelling_sender() -> None:
    pair = Pair(9000, room=2045)
    while pair.sender.done < 4090:
        pair.step()
    pair.note("sender", pair.sender.cancel())
    assert pair.to_receiver.endswith(b"\x01\x00\x00")
    pair.run()
    assert outcome(pair.seen["receiver"]) is Outcome.CANCELLED_BY_PEER


def test_the_sender_hears_of_a_cancelling_receiver() -> None:
    pair = Pair(9000, room=2045)
    while pair.receiver.done < 4090:
        pair.step()
    assert sent(pair.receiver.cancel()) == b"CCL\r\n"
    actions = pair.sender.receive(b"CCL\r\n")
    assert outcome(actions) is Outcome.CANCELLED_BY_PEER
    assert sent(actions) == b"\x01\x00\x00"
    assert pair.sender.pump() == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (BYE_RECEIVED, Outcome.FAILED),  # too early
        (BYE_NO_ACCESS, Outcome.FAILED),
        (BYE_TIMED_OUT, Outcome.FAILED),
        (BYE_RECEIVER_CANCELLED, Outcome.CANCELLED_BY_PEER),
        (12345, Outcome.CANCELLED_BY_PEER),
    ],
)
def test_a_goodbye_before_the_end_says_why(code: int, expected: Outcome) -> None:
    sender = FileSender(BOB, COOKIE, 9000, BytesIO(bytes(9000)).read)
    sender.receive(b"VER MSNFTP\r\nUSR bob@example.com 51877\r\nTFR\r\n")
    assert outcome(sender.receive(f"BYE {code}\r\n".encode())) is expected


def test_an_orderly_close_after_the_last_byte_is_success() -> None:
    sender = FileSender(BOB, COOKIE, 3, BytesIO(b"abc").read)
    sender.receive(b"VER MSNFTP\r\nUSR bob@example.com 51877\r\nTFR\r\n")
    sender.pump()
    assert outcome(sender.connection_lost()) is Outcome.COMPLETED


@pytest.mark.parametrize(
    "line",
    [
        b"USR bob@example.com 51878\r\n",
        b"USR eve@example.com 51877\r\n",
        b"USR bob@example.com\r\n",
        b"USR\r\n",
        b"USR bob@example.com x\r\n",
    ],
)
def test_somebody_else_is_refused(line: bytes) -> None:
    sender = FileSender(BOB, COOKIE, 3, BytesIO(b"abc").read)
    actions = sender.receive(b"VER MSNFTP\r\n" + line)
    assert outcome(actions) is Outcome.REFUSED
    assert b"FIL" not in sent(actions)


@pytest.mark.parametrize("size", [b"11", b"9", b"0", b"x", b"", b"1" * 30])
def test_a_size_that_was_not_announced_is_refused(size: bytes) -> None:
    receiver = FileReceiver(BOB, COOKIE, 10)
    receiver.start()
    actions = receiver.receive(b"VER MSNFTP\r\nFIL " + size + b"\r\n")
    assert outcome(actions) is Outcome.FAILED
    assert sent(actions).endswith(b"CCL\r\n")
    assert b"TFR" not in sent(actions)


def test_more_data_than_announced_end_the_transfer() -> None:
    receiver = FileReceiver(BOB, COOKIE, 3)
    receiver.start()
    receiver.receive(b"VER MSNFTP\r\nFIL 3\r\n")
    actions = receiver.receive(b"\x00\x04\x00abcd")
    assert outcome(actions) is Outcome.FAILED
    assert data_of(actions) == b""


def test_what_came_before_bad_bytes_is_handed_on_first() -> None:
    receiver = FileReceiver(BOB, COOKIE, 9)
    receiver.start()
    receiver.receive(b"VER MSNFTP\r\nFIL 9\r\n")
    actions = receiver.receive(b"\x00\x02\x00ab\x07")
    assert data_of(actions) == b"ab"
    assert outcome(actions) is Outcome.FAILED


@pytest.mark.parametrize("read", [lambda size: b"", lambda size: bytes(size + 1)])
def test_a_file_of_another_size_ends_the_transfer(read: Callable[[int], bytes]) -> None:
    sender = FileSender(BOB, COOKIE, 5, read)
    sender.receive(b"VER MSNFTP\r\nUSR bob@example.com 51877\r\nTFR\r\n")
    actions = sender.pump()
    assert outcome(actions) is Outcome.FAILED
    assert sent(actions) == b"\x01\x00\x00"


def test_a_file_that_cannot_be_read_ends_the_transfer() -> None:
    def read(size: int) -> bytes:
        raise OSError("gone")

    sender = FileSender(BOB, COOKIE, 5, read)
    sender.receive(b"VER MSNFTP\r\nUSR bob@example.com 51877\r\nTFR\r\n")
    assert outcome(sender.pump()) is Outcome.FAILED


def test_pump_reads_no_more_than_there_is_room_for() -> None:
    asked = []

    def read(size: int) -> bytes:
        asked.append(size)
        return bytes(size)

    sender = FileSender(BOB, COOKIE, 1 << 40, read)
    sender.receive(b"VER MSNFTP\r\nUSR bob@example.com 51877\r\nTFR\r\n")
    sender.pump(3 * BLOCK_SIZE)
    sender.pump(1)
    assert asked == [3 * BLOCK_SIZE, 1]


@pytest.mark.parametrize(
    "stream",
    [b"USR a b\r\n", b"VER OTHER\r\n", b"TFR\r\n", b"BYE\r\n", b"XYZ\r\n", b"\0\0\0\n"],
)
def test_lines_out_of_turn_end_it(stream: bytes) -> None:
    sender = FileSender(BOB, COOKIE, 5, BytesIO(b"abcde").read)
    assert isinstance(outcome(sender.receive(stream)), Outcome)
    receiver = FileReceiver(BOB, COOKIE)
    receiver.start()
    assert isinstance(outcome(receiver.receive(stream)), Outcome)


def test_start_twice_is_our_mistake() -> None:
    receiver = FileReceiver(BOB, COOKIE)
    receiver.start()
    with pytest.raises(LocalProtocolError):
        receiver.start()


@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(0, 3))
def test_random_bytes_never_raise(pieces: list[bytes], known: int) -> None:
    for_receiver = [b"VER MSNFTP\r\n", b"FIL 500\r\n", b"\x00\x05\x00abcde"]
    receiver = FileReceiver(BOB, COOKIE)
    receiver.start()
    for piece in for_receiver[:known] + pieces:
        receiver.receive(piece)
    sender = FileSender(BOB, COOKIE, 10, BytesIO(bytes(10)).read)
    for_sender = [b"VER MSNFTP\r\n", b"USR bob@example.com 51877\r\n", b"TFR\r\n"]
    for piece in for_sender[:known] + pieces:
        sender.receive(piece)
        sender.pump(3)
