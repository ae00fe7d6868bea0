from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.multipart import Reassembler, split_message
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

ID = "{A1B2C3D4-0000-4000-8000-0123456789AB}"


def part(*headers: tuple[str, str], body: bytes = b"") -> Message:
    return Message((("Message-ID", ID), *headers), body)


def receive_all(parts: Sequence[Message]) -> list[Message]:
    box = Reassembler()
    heard = [box.receive("a@b.c", message, 0.0) for message in parts]
    return [message for message in heard if message is not None]


def test_parts_as_the_clients_write_them() -> None:
    body = b"x" * 4000
    parts = split_message(Message.of_type("text/plain; charset=UTF-8", body), ID)
    assert parts[0].get("Chunks") == "3"
    assert parts[0].get("Message-ID") == ID
    assert parts[0].content_type == "text/plain"
    assert parts[1].headers == (("Message-ID", ID), ("Chunk", "1"))
    assert all(len(message.to_bytes()) <= 1664 for message in parts)


@given(st.binary(max_size=6000), st.integers(150, 400))
def test_split_and_joined_again(body: bytes, limit: int) -> None:
    message = Message.of_type("text/plain", body)
    parts = split_message(message, ID, limit)
    assert all(len(each.to_bytes()) <= limit for each in parts)
    sent = [Message.from_bytes(each.to_bytes()) for each in parts]
    assert receive_all(sent) == [message]
    assert receive_all([sent[0], *reversed(sent[1:])]) == [message]


def test_character_cut_in_two_is_whole_again() -> None:
    first = part(("Content-Type", "text/plain; charset=UTF-8"), ("Chunks", "2"))
    whole = receive_all(
        [Message(first.headers, b"\xc3"), part(("Chunk", "1"), body=b"\xbc")]
    )
    assert whole[0].text == "ü"
    assert whole[0].headers == (("Content-Type", "text/plain; charset=UTF-8"),)


def test_what_is_no_part_passes() -> None:
    assert receive_all([Message.of_type("text/plain", b"x")])
    assert receive_all([part()])
    assert receive_all([part(("Chunks", "1"), body=b"x")]) == [Message((), b"x")]


def test_parts_of_two_senders_stay_apart() -> None:
    box = Reassembler()
    assert box.receive("a@b.c", part(("Chunks", "2")), 0) is None
    assert box.receive("d@e.f", part(("Chunk", "1")), 0) is None
    assert box.receive("A@B.c", part(("Chunk", "1"), body=b"y"), 0) is not None
    assert len(box) == box.size == 0


def test_duplicates_and_parts_beyond_the_count_are_dropped() -> None:
    first = part(("Chunks", "3"), body=b"0")
    one, two = part(("Chunk", "1"), body=b"1"), part(("Chunk", "2"), body=b"2")
    assert receive_all([one, first, one, one, part(("Chunk", "3")), two]) == [
        Message((), b"012")
    ]


def test_old_and_left_messages_are_forgotten() -> None:
    box = Reassembler(max_age=30)
    box.receive("a@b.c", part(("Chunks", "2"), body=b"x"), 100)
    box.expire(130)
    assert len(box) == 1
    box.expire(131)
    assert len(box) == box.size == 0
    box.receive("a@b.c", part(("Chunks", "2"), body=b"x"), 200)
    box.forget("A@b.c")
    assert len(box) == box.size == 0


def test_what_is_held_is_bounded() -> None:
    box = Reassembler(max_bytes=1000, max_sets=3)
    for number in range(50):
        headers = (("Message-ID", str(number)), ("Chunks", "2"))
        box.receive("a@b.c", Message(headers, b"x" * 400), number)
        assert box.size <= 1000
        assert len(box) <= 3


@pytest.mark.parametrize("chunks", ["0", "1025", "-1", "x", "", "9" * 5000])
def test_bad_counts(chunks: str) -> None:
    with pytest.raises(RemoteProtocolError):
        Reassembler().receive("a@b.c", part(("Chunks", chunks)), 0)
    if not chunks.isdigit() or len(chunks) > 5:
        with pytest.raises(RemoteProtocolError):
            Reassembler().receive("a@b.c", part(("Chunk", chunks)), 0)


def test_what_cannot_be_split() -> None:
    with pytest.raises(LocalProtocolError):
        split_message(Message.of_type("text/plain", b"x" * 100_000), ID, 150)
    with pytest.raises(LocalProtocolError):
        split_message(Message.of_type("text/plain", b"x" * 1000), ID, 60)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "3", "0", "x"]),
            st.sampled_from(["Chunks", "Chunk"]),
            st.binary(max_size=5),
        ),
        max_size=12,
    )
)
def test_any_parts(parts: list[tuple[str, str, bytes]]) -> None:
    box = Reassembler(max_bytes=12, max_sets=2)
    for number, name, body in parts:
        try:
            box.receive("a@b.c", part((name, number), body=body), 0)
        except ProtocolError:
            continue
        assert box.size <= 12
