from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject, data_digest
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.p2p import (
    DIRECT_SLICE,
    FLAG_ACK,
    FLAG_BYE_ACK,
    FLAG_ERROR,
    FLAG_FILE,
    FLAG_NAK,
    FLAG_OBJECT,
    SWITCHBOARD_SLICE,
    MessageIds,
    P2PPacket,
    slices,
)
from Kamaelia.Protocol.MSN.wire.p2p_actions import (
    Accepted,
    Action,
    DataReceived,
    DirectAnswered,
    DirectInvited,
    Ended,
    FileOffered,
    Ignored,
    InkReceived,
    ObjectReceived,
    ObjectRequested,
    Progress,
    SendPacket,
)
from Kamaelia.Protocol.MSN.wire.p2p_context import FileContext, file_fields
from Kamaelia.Protocol.MSN.wire.p2p_ink import Ink
from Kamaelia.Protocol.MSN.wire.p2p_peer import MAX_OBJECT, MAX_SESSIONS, P2PPeer
from Kamaelia.Protocol.MSN.wire.p2p_transport import TransportAnswer, TransportRequest
from Kamaelia.Protocol.MSN.wire.slp import SESSION_BODY, SLPMessage
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

ALICE = "alice@example.com"
BOB = "bob@example.com"
SIZES = [0, 1, 1201, 1202, 1203, 2045, 2046, 300_000]
NONCE = "{0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0}"


def pattern(size: int) -> bytes:
    return bytes(index * 7 % 251 for index in range(size))


class Pair:
    """Alice and Bob, joined by a switchboard that keeps order and loses nothing."""

    def __init__(self, *, direct: bool = False) -> None:
        self.objects: dict[str, bytes] = {}
        self.alice = P2PPeer(ALICE, BOB, self.objects, direct=direct)
        self.bob = P2PPeer(BOB, ALICE, direct=direct)
        self.seen: dict[str, list[Action]] = {"alice": [], "bob": []}
        self.packets: list[tuple[str, P2PPacket]] = []
        self.wire: dict[str, list[bytes]] = {"alice": [], "bob": []}
        self.accepts = True

    def note(self, who: str, actions: list[Action]) -> None:
        """Take what one side wants done; its packets go onto the wire."""
        self.seen[who] += actions
        for action in actions:
            if isinstance(action, SendPacket):
                self.packets.append((who, action.packet))
                self.wire[who].append(action.packet.to_bytes())
            if isinstance(action, FileOffered) and self.accepts:
                self.note(who, self.side(who).accept(action.session_id))

    def side(self, who: str) -> P2PPeer:
        return self.alice if who == "alice" else self.bob

    def step(self) -> bool:
        """Deliver one packet, or pump one slice; False when nothing is left."""
        for who, other in (("alice", "bob"), ("bob", "alice")):
            if self.wire[who]:
                self.note(other, self.side(other).receive(self.wire[who].pop(0)))
                return True
        for who in ("alice", "bob"):
            if self.side(who).sending:
                self.note(who, self.side(who).pump())
                return True
        return False

    def run(self) -> None:
        while self.step():
            pass

    def outcomes(self, who: str) -> list[Outcome]:
        return [each.outcome for each in self.seen[who] if isinstance(each, Ended)]

    def received(self, who: str) -> bytes:
        return b"".join(
            each.data for each in self.seen[who] if isinstance(each, DataReceived)
        )

    def offer(self, data: bytes) -> int:
        session_id, actions = self.alice.offer_file(
            "notes.txt", len(data), lambda offset, size: data[offset : offset + size]
        )
        self.note("alice", actions)
        return session_id

    def publish(self, data: bytes) -> MSNObject:
        self.objects[data_digest(data)] = data
        return MSNObject.for_data(ALICE, 3, data)

    def request(self, wanted: MSNObject) -> int:
        session_id, actions = self.bob.request_object(wanted)
        self.note("bob", actions)
        return session_id

    def begin(self, kind: str, data: bytes) -> int:
        """Offer Bob a file, or have him ask for an object."""
        return self.offer(data) if kind == "file" else self.request(self.publish(data))


@pytest.mark.parametrize("size", SIZES)
def test_files_arrive_whole(size: int) -> None:
    pair = Pair()
    data = pattern(size)
    pair.offer(data)
    pair.run()
    assert pair.outcomes("alice") == [Outcome.COMPLETED]
    assert pair.outcomes("bob") == [Outcome.COMPLETED]
    assert sha256(pair.received("bob")).digest() == sha256(data).digest()
    assert pair.alice.sessions == pair.bob.sessions == ()
    steps = [each.done for each in pair.seen["bob"] if isinstance(each, Progress)]
    assert steps == sorted(set(steps))
    assert not size or steps[-1] == size


@pytest.mark.parametrize("size", [1, 4, 1201, 1202, 1203, 2045, 2046, 300_000])
def test_objects_arrive_whole(size: int) -> None:
    pair = Pair()
    wanted = pair.publish(pattern(size))
    session_id = pair.request(wanted)
    pair.run()
    received = ObjectReceived(session_id, wanted, pattern(size))
    assert received in pair.seen["bob"]
    assert ObjectRequested(session_id, wanted) in pair.seen["alice"]
    assert pair.outcomes("alice") == pair.outcomes("bob") == [Outcome.COMPLETED]


def test_an_object_of_four_zero_bytes_is_told_from_its_preparation() -> None:
    pair = Pair()
    wanted = pair.publish(bytes(4))
    session_id = pair.request(wanted)
    pair.run()
    assert ObjectReceived(session_id, wanted, bytes(4)) in pair.seen["bob"]


def test_an_object_transfer_packet_by_packet() -> None:
    pair = Pair()
    session_id = pair.request(pair.publish(pattern(1500)))
    pair.run()
    table = [
        (who, packet.session_id, packet.flags, packet.app_id, packet.data[:17])
        for who, packet in pair.packets
    ]
    data = pattern(1500)
    assert table == [
        ("bob", 0, 0, 0, b"INVITE MSNMSGR:al"),
        ("alice", 0, FLAG_ACK, 0, b""),
        ("alice", 0, 0, 0, b"MSNSLP/1.0 200 OK"),
        ("bob", 0, FLAG_ACK, 0, b""),
        ("alice", session_id, 0, 1, bytes(4)),
        ("bob", session_id, FLAG_ACK, 0, b""),
        ("alice", session_id, FLAG_OBJECT, 1, data[:17]),
        ("alice", session_id, FLAG_OBJECT, 1, data[1202:1219]),
        ("bob", session_id, FLAG_ACK, 0, b""),
        ("bob", 0, 0, 0, b"BYE MSNMSGR:alice"),
        ("alice", 0, FLAG_ACK, 0, b""),
    ]
    ids = [packet.message_id for who, packet in pair.packets if who == "alice"]
    assert ids == [ids[0] + step for step in (0, 1, 2, 3, 3, 4)]
    answer = pair.packets[5][1]
    assert (answer.ack_id, answer.ack_size) == (pair.packets[4][1].message_id, 4)


def test_a_file_transfer_packet_by_packet() -> None:
    pair = Pair()
    session_id = pair.offer(pattern(1203))
    pair.run()
    table = [
        (who, packet.session_id, packet.flags, packet.app_id, len(packet.data))
        for who, packet in pair.packets
        if packet.session_id
    ]
    assert table == [
        ("alice", session_id, FLAG_FILE, 2, 1202),
        ("alice", session_id, FLAG_FILE, 2, 1),
        ("bob", session_id, FLAG_ACK, 0, 0),
    ]
    texts = [
        (who, packet.data[:12])
        for who, packet in pair.packets
        if packet.data and not packet.session_id and not packet.offset
    ]
    assert texts == [
        ("alice", b"INVITE MSNMS"),
        ("bob", b"MSNSLP/1.0 2"),
        ("alice", b"BYE MSNMSGR:"),
    ]


def test_a_declined_file_is_never_read() -> None:
    pair = Pair()
    pair.accepts = False

    def read(offset: int, size: int) -> bytes:
        pytest.fail("read before it was accepted")

    session_id, actions = pair.alice.offer_file("n.txt", 10, read, b"PNG")
    pair.note("alice", actions)
    pair.run()
    assert FileOffered(session_id, "n.txt", 10, b"PNG") in pair.seen["bob"]
    assert pair.alice.pump() == []
    pair.note("bob", pair.bob.decline(session_id))
    pair.run()
    assert pair.outcomes("alice") == [Outcome.REFUSED]
    assert pair.outcomes("bob") == [Outcome.CANCELLED_BY_US]
    assert b"603 Decline" in pair.packets[-2][1].data


@pytest.mark.parametrize("who", ["alice", "bob"])
@pytest.mark.parametrize("kind", ["file", "object"])
@pytest.mark.parametrize(
    ("act", "mine"),
    [
        (lambda peer, number: peer.cancel(number), Outcome.CANCELLED_BY_US),
        (lambda peer, number: peer.fail(number, "late"), Outcome.FAILED),
        (lambda peer, number: peer.connection_lost(), Outcome.FAILED),
    ],
)
def test_either_side_ends_it_at_every_step(
    who: str, kind: str, act: Callable[[P2PPeer, int], list[Action]], mine: Outcome
) -> None:
    other = "bob" if who == "alice" else "alice"
    for steps in range(60):
        pair = Pair()
        data = pattern(4000)
        session_id = pair.begin(kind, data)
        more = all(pair.step() for _ in range(steps))
        if not more:
            break
        running = session_id in pair.side(who).sessions
        ending = act(pair.side(who), session_id)
        pair.note(who, ending)
        assert any(isinstance(each, Ended) for each in ending) == running
        assert not running or pair.outcomes(who) == [mine]
        pair.run()
        lost = pair.side(other).connection_lost()
        pair.note(other, lost)
        assert len(pair.outcomes(who)) <= 1
        assert len(pair.outcomes(other)) <= 1
        assert pair.alice.sessions == pair.bob.sessions == ()
        assert act(pair.side(who), session_id) == []
        if mine is Outcome.CANCELLED_BY_US and running:
            assert Outcome.FAILED not in pair.outcomes(other)
    else:
        pytest.fail("the transfer never ended")


def test_data_on_their_way_after_a_cancel_are_ignored() -> None:
    pair = Pair()
    session_id = pair.offer(pattern(9000))
    while not pair.received("bob"):
        pair.step()
    pair.note("alice", pair.alice.pump(5))
    pair.note("bob", pair.bob.cancel(session_id))
    before = pair.received("bob")
    pair.run()
    assert pair.received("bob") == before
    assert pair.outcomes("alice") == [Outcome.CANCELLED_BY_PEER]


@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.integers(1, 40_000))
def test_lost_repeated_and_reordered_slices(random: Random, size: int) -> None:
    pair = Pair()
    data = pattern(size)
    session_id = pair.offer(data)
    while not pair.alice.sending:
        pair.step()
    for _ in range(50):
        actions = pair.alice.pump(1000)
        parts = [each.packet for each in actions if isinstance(each, SendPacket)]
        parts += random.choices(parts, k=3)
        random.shuffle(parts)
        for part in parts:
            if random.random() < 0.8:
                pair.note("bob", pair.bob.receive(part.to_bytes()))
        if pair.outcomes("bob"):
            break
        pair.alice.rewind(session_id)
    pair.run()
    assert pair.received("bob") == data
    assert pair.outcomes("alice") == [Outcome.COMPLETED]


def test_a_report_of_loss_makes_the_sender_go_back() -> None:
    pair = Pair()
    session_id = pair.offer(pattern(5000))
    while not pair.alice.sending:
        pair.step()
    pair.alice.pump(3)
    nak = P2PPacket(session_id, 1, flags=FLAG_NAK, ack_size=1202, total_size=5000)
    assert pair.alice.receive(nak.to_bytes()) == []
    (sent, _) = pair.alice.pump()
    assert isinstance(sent, SendPacket)
    assert sent.packet.offset == 1202


@pytest.mark.parametrize(
    ("flags", "outcome"),
    [
        (FLAG_ERROR, Outcome.FAILED),
        (0x80, Outcome.FAILED),
        (FLAG_BYE_ACK, Outcome.CANCELLED_BY_PEER),
    ],
)
def test_errors_of_the_peer_end_the_session(flags: int, outcome: Outcome) -> None:
    pair = Pair()
    session_id = pair.offer(pattern(5000))
    pair.alice.receive(P2PPacket(0, 1, flags=flags).to_bytes())
    assert pair.alice.sessions == (session_id,)
    actions = pair.alice.receive(P2PPacket(session_id, 1, flags=flags).to_bytes())
    (ended,) = actions
    assert isinstance(ended, Ended)
    assert ended.outcome is outcome


def test_many_transfers_at_once_take_turns() -> None:
    pair = Pair()
    for size in (5000, 6000, 7000):
        pair.offer(pattern(size))
    wanted = pair.publish(pattern(8000))
    pair.request(wanted)
    pair.run()
    assert pair.outcomes("alice") == pair.outcomes("bob") == [Outcome.COMPLETED] * 4
    order = [p.session_id for who, p in pair.packets if len(p.data) == 1202]
    assert len(set(order[-6:])) > 1


@pytest.mark.parametrize(
    "change",
    [
        lambda found: replace(found, creator="eve@example.com"),
        lambda found: replace(found, sha1d=data_digest(b"other")),
    ],
)
def test_an_object_that_is_not_ours_is_declined(
    change: Callable[[MSNObject], MSNObject],
) -> None:
    pair = Pair()
    pair.request(change(pair.publish(pattern(100))))
    pair.run()
    assert pair.outcomes("bob") == [Outcome.REFUSED]
    assert pair.alice.sessions == ()


def test_an_object_with_another_digest_is_not_delivered() -> None:
    pair = Pair()
    wanted = pair.publish(pattern(100))
    session_id = pair.request(wanted)
    while not pair.alice.sending:
        pair.step()
    (forged,) = slices(bytes(100), 5, session_id=session_id, flags=FLAG_OBJECT)
    actions = pair.bob.receive(forged.to_bytes())
    assert not any(isinstance(each, ObjectReceived) for each in actions)
    assert any(
        isinstance(each, Ended) and each.outcome is Outcome.FAILED for each in actions
    )


@pytest.mark.parametrize("total", [0, 99, 101, 1 << 40])
def test_data_of_another_size_end_the_session(total: int) -> None:
    pair = Pair()
    session_id = pair.offer(pattern(100))
    while not pair.alice.sending:
        pair.step()
    data = b"abc" if total else b""
    packet = P2PPacket(session_id, 5, 0, total, FLAG_FILE, data=data)
    pair.note("bob", pair.bob.receive(packet.to_bytes()))
    assert pair.outcomes("bob") == [Outcome.FAILED]
    pair.run()
    assert pair.outcomes("alice") == [Outcome.CANCELLED_BY_PEER]


def test_data_before_the_answer_end_the_session() -> None:
    pair = Pair()
    pair.accepts = False
    session_id = pair.offer(pattern(100))
    pair.run()
    packet = P2PPacket(session_id, 5, 0, 100, FLAG_FILE, data=b"abc")
    pair.note("bob", pair.bob.receive(packet.to_bytes()))
    assert pair.outcomes("bob") == [Outcome.FAILED]


@pytest.mark.parametrize("result", [b"", bytes(2000)])
def test_a_file_of_another_size_ends_the_transfer(result: bytes) -> None:
    pair = Pair()
    session_id, actions = pair.alice.offer_file("a", 5000, lambda *_: result)
    pair.note("alice", actions)
    pair.run()
    assert pair.outcomes("alice") == [Outcome.FAILED]
    assert pair.outcomes("bob") == [Outcome.CANCELLED_BY_PEER]
    assert pair.alice.cancel(session_id) == []


def deliver(peer: P2PPeer, message: SLPMessage, first: int = 9) -> list[Action]:
    """Give a peer an MSNSLP text in packets."""
    actions: list[Action] = []
    for packet in slices(message.to_bytes(), first):
        actions += peer.receive(packet.to_bytes())
    return actions


def invite(body: tuple[tuple[str, str], ...], call: str = "{A}") -> SLPMessage:
    return SLPMessage.request("INVITE", BOB, ALICE, call, SESSION_BODY, body)


def statuses(actions: list[Action]) -> list[int]:
    texts = [
        SLPMessage.from_bytes(each.packet.data)
        for each in actions
        if isinstance(each, SendPacket) and each.packet.data
    ]
    return [text.status for text in texts]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ((), 500),
        ((("SessionID", "64"), ("EUF-GUID", "{x}")), 500),
        ((("SessionID", "500"), ("EUF-GUID", "{x}")), 603),
        ((*file_fields(500, FileContext("a", 1))[:-1], ("Context", "?")), 500),
        ((*file_fields(500, FileContext("a", 1))[:-1], ("Context", "AAAA")), 500),
    ],
)
def test_invites_that_cannot_be_served_are_answered(
    body: tuple[tuple[str, str], ...], status: int
) -> None:
    bob = P2PPeer(BOB, ALICE)
    actions = deliver(bob, invite(body))
    assert statuses(actions) == [status]
    assert any(isinstance(each, Ignored) for each in actions)
    assert bob.sessions == ()


def test_an_invite_that_is_sent_again_counts_once() -> None:
    bob = P2PPeer(BOB, ALICE)
    message = invite(file_fields(500, FileContext("a", 1)))
    assert FileOffered(500, "a", 1) in deliver(bob, message)
    (ack,) = deliver(bob, message, 10)
    assert isinstance(ack, SendPacket)
    assert ack.packet.flags == FLAG_ACK
    other = invite(file_fields(500, FileContext("a", 1)), "{B}")
    assert statuses(deliver(bob, other, 11)) == [603]


def test_sessions_of_one_peer_are_limited() -> None:
    bob = P2PPeer(BOB, ALICE)
    for number in range(MAX_SESSIONS):
        fields = file_fields(500 + number, FileContext("a", 1))
        deliver(bob, invite(fields, f"{{{number}}}"), number)
    assert len(bob.sessions) == MAX_SESSIONS
    fields = file_fields(999, FileContext("a", 1))
    assert statuses(deliver(bob, invite(fields, "{x}"), 99)) == [603]
    with pytest.raises(LocalProtocolError):
        bob.offer_file("a", 1, lambda *_: b"a")


@pytest.mark.parametrize("status", [404, 481, 500, 606])
def test_an_error_as_answer_fails_the_session(status: int) -> None:
    pair = Pair()
    pair.accepts = False
    pair.offer(b"abc")
    text = SLPMessage.from_bytes(
        b"".join(p.data for _, p in pair.packets if p.session_id == 0)
    )
    actions = deliver(pair.alice, text.answer(status))
    assert any(
        isinstance(each, Ended) and each.outcome is Outcome.FAILED for each in actions
    )


def test_a_text_that_is_no_msnslp_is_acknowledged_and_reported() -> None:
    actions = P2PPeer(BOB, ALICE).receive(next(slices(b"hello", 3)).to_bytes())
    assert [type(each) for each in actions] == [SendPacket, Ignored]


def test_a_text_that_is_too_long_is_not_put_together() -> None:
    packet = P2PPacket(0, 1, 0, 1 << 30, data=bytes(1000))
    (ignored,) = P2PPeer(BOB, ALICE).receive(packet.to_bytes())
    assert isinstance(ignored, Ignored)


def test_incomplete_texts_do_not_pile_up() -> None:
    bob = P2PPeer(BOB, ALICE)
    message = invite(file_fields(500, FileContext("a", 1, bytes(500))))
    first, last = slices(message.to_bytes(), 1)
    bob.receive(first.to_bytes())
    for number in range(2, 20):
        bob.receive(replace(first, message_id=number).to_bytes())
    assert bob.receive(last.to_bytes()) == []
    assert bob.receive(replace(last, message_id=19).to_bytes()) != []


def test_mistakes_of_our_own_are_named() -> None:
    pair = Pair()
    with pytest.raises(LocalProtocolError):
        pair.bob.request_object(MSNObject(ALICE, MAX_OBJECT + 1, 3, sha1d="x"))
    with pytest.raises(LocalProtocolError):
        pair.bob.request_object(MSNObject(ALICE, 5, 3))
    with pytest.raises(LocalProtocolError):
        pair.bob.accept(7)
    with pytest.raises(LocalProtocolError):
        pair.bob.answer_direct(7, TransportAnswer())
    with pytest.raises(LocalProtocolError):
        pair.bob.invite_direct(7, TransportRequest())
    with pytest.raises(LocalProtocolError):
        pair.bob.offer_file("x" * 300, 1, lambda *_: b"a")
    assert pair.bob.cancel(7) == pair.bob.fail(7, "x") == []
    assert pair.bob.sessions == ()
    session_id = pair.offer(b"abc")
    pair.step()
    pair.step()
    with pytest.raises(LocalProtocolError):
        pair.bob.accept(session_id)


def test_a_direct_connection_is_declined_unless_asked_for() -> None:
    pair = Pair()
    session_id = pair.offer(pattern(3000))
    while not pair.alice.sending:
        pair.step()
    pair.note("alice", pair.alice.invite_direct(session_id, TransportRequest()))
    pair.run()
    assert DirectAnswered(session_id, TransportAnswer()) in pair.seen["alice"]
    assert pair.received("bob") == pattern(3000)


def test_a_direct_connection_is_negotiated_both_ways() -> None:
    pair = Pair(direct=True)
    session_id = pair.offer(pattern(3000))
    while not pair.alice.sending:
        pair.step()
    request = TransportRequest(conn_type="Direct-Connect", net_id=-40404040)
    pair.note("alice", pair.alice.invite_direct(session_id, request))
    while pair.wire["alice"]:
        pair.step()
    assert DirectInvited(session_id, request) in pair.seen["bob"]
    pair.note("bob", pair.bob.answer_direct(session_id, TransportAnswer()))
    with pytest.raises(LocalProtocolError):
        pair.bob.answer_direct(session_id, TransportAnswer())
    here = TransportAnswer(True, NONCE, (("192.168.0.7", 6891),))
    pair.note("alice", pair.alice.offer_address(session_id, here))
    pair.run()
    assert DirectAnswered(session_id, here) in pair.seen["bob"]
    assert pair.received("bob") == pattern(3000)


def test_a_refused_direct_connection_does_not_end_the_session() -> None:
    pair = Pair(direct=True)
    session_id = pair.offer(pattern(3000))
    while not pair.alice.sending:
        pair.step()
    actions = pair.alice.invite_direct(session_id, TransportRequest())
    (sent,) = actions
    assert isinstance(sent, SendPacket)
    asked = SLPMessage.from_bytes(sent.packet.data)
    got = deliver(pair.alice, asked.answer(603))
    assert DirectAnswered(session_id, TransportAnswer()) in got
    pair.run()
    assert pair.received("bob") == pattern(3000)


def test_a_direct_connection_for_an_unknown_call_is_refused() -> None:
    message = SLPMessage.request(
        "INVITE", BOB, ALICE, "{?}", "application/x-msnmsgr-transreqbody"
    )
    assert statuses(deliver(P2PPeer(BOB, ALICE), message)) == [481]


def test_slices_for_a_direct_connection_are_longer() -> None:
    pair = Pair()
    pair.offer(pattern(5000))
    while not pair.alice.sending:
        pair.step()
    (sent, progress) = pair.alice.pump(1, DIRECT_SLICE)
    assert isinstance(sent, SendPacket)
    assert len(sent.packet.data) == DIRECT_SLICE
    assert isinstance(progress, Progress)
    assert progress.done > SWITCHBOARD_SLICE
    bare = P2PPacket.from_bytes(sent.packet.to_bytes(footer=False), footer=False)
    pair.note("bob", pair.bob.receive_packet(bare))
    pair.run()
    assert pair.received("bob") == pattern(5000)


def test_a_file_larger_than_4_gib_is_offered_and_begun() -> None:
    pair = Pair()
    size = 5 << 30
    _, actions = pair.alice.offer_file("big", size, lambda _, count: bytes(count))
    pair.note("alice", actions)
    while not pair.received("bob"):
        pair.step()
    assert pair.bob.sessions
    assert any(isinstance(each, Accepted) for each in pair.seen["alice"])
    assert Progress(pair.bob.sessions[0], 1202, size) in pair.seen["bob"]


def test_a_session_id_avoids_those_in_use_and_reserved() -> None:
    peer = P2PPeer(ALICE, BOB, ids=MessageIds(7), random_bits=lambda _: 64)
    numbers = [peer.offer_file("a", 1, lambda *_: b"a")[0] for _ in range(3)]
    assert numbers == [129, 194, 259]


@settings(max_examples=60)
@given(st.data())
def test_random_packets_raise_only_protocol_errors(data: st.DataObject) -> None:
    pair = Pair()
    offered = pair.offer(pattern(3000))
    wanted = pair.request(pair.publish(pattern(2000)))
    for _ in range(data.draw(st.integers(0, 15))):
        pair.step()
    number = st.sampled_from([0, offered, wanted, 1, 64])
    small = st.sampled_from([0, 1, 2, 4, 1202, 3000, 2000, 2**32 - 1])
    for _ in range(8):
        raw = data.draw(st.binary(max_size=80))
        packet = P2PPacket(
            data.draw(number),
            data.draw(small),
            data.draw(small),
            1 << 40 if data.draw(st.booleans()) else 3000,
            data.draw(st.sampled_from([0, 1, 2, 4, 8, 0x20, 0x40, 0x80, FLAG_FILE])),
            data.draw(small),
            0,
            data.draw(small),
            data.draw(st.binary(max_size=5)),
        )
        for peer in (pair.alice, pair.bob):
            with suppress(RemoteProtocolError):
                peer.receive(raw)
            with suppress(RemoteProtocolError):
                peer.receive_packet(packet)
            peer.pump(2)


@given(st.binary(max_size=60), st.integers(0, 900), st.booleans())
def test_broken_texts_never_raise(junk: bytes, place: int, answered: bool) -> None:
    pair = Pair(direct=answered)
    session_id = pair.offer(pattern(100))
    kind = "application/x-msnmsgr-transreqbody"
    call = pair.packets[0][1].data.partition(b"Call-ID: ")[2][:38].decode()
    message = SLPMessage.request("INVITE", BOB, ALICE, call, kind)
    for text in (
        invite(file_fields(session_id + 1, FileContext("a", 1))).to_bytes(),
        message.to_bytes(),
        message.answer(200).to_bytes(),
    ):
        broken = text[:place] + junk + text[place + len(junk) :]
        for packet in slices(broken, place):
            pair.note("bob", pair.bob.receive(packet.to_bytes()))
            pair.note("alice", pair.alice.receive(packet.to_bytes()))
    pair.run()


def test_a_drawing_comes_without_invitation() -> None:
    pair = Pair()
    ink = Ink("image/gif", pattern(3000))
    pair.note("alice", pair.alice.send_ink(ink))
    pair.run()
    assert InkReceived(ink) in pair.seen["bob"]
    assert {packet.session_id for _, packet in pair.packets} == {64}


def test_an_object_is_sent_when_the_requester_says_no_bye() -> None:
    pair = Pair()
    session_id = pair.request(pair.publish(pattern(100)))
    while not pair.alice.sending:
        pair.step()
    (sent, _) = pair.alice.pump()
    assert isinstance(sent, SendPacket)
    ack = sent.packet.acknowledge(1)
    pair.note("alice", pair.alice.receive(ack.to_bytes()))
    assert pair.seen["alice"][-1] == Ended(session_id, Outcome.COMPLETED, "sent")
