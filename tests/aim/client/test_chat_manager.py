"""ChatManager: SNACs of the description in, events out; commands in, SNACs out."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.ChatManager import ChatManager
from Kamaelia.Protocol.AIM.wire.icbm import MessageToHost
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from tests.aim.client.scripted_server import (
    BOB,
    BOB_AWAY,
    BOB_GONE,
    FEEDBAG,
    RATES,
    doubles,
    error,
    snac,
    tlv,
)

HI_BOB = bytes.fromhex(
    "314159265358979300010541 6C69636500000002000100020010000300046500"
    "00000002001505010003010102 0101000A00000000686920626F62 000B0000"
)


def chatting() -> Probe:
    return Probe(ChatManager())


def sent(probe: Probe) -> list[SNAC]:
    frames = probe.take("outbox")
    return [SNAC.from_bytes(payload) for channel, payload in frames if channel == 2]


def heard(probe: Probe, *frames: Any) -> list[Any]:
    for frame in frames:
        probe.deliver(frame, "inbox")
    return probe.take("heard")


def test_a_message_is_heard_as_before_and_has_more_to_tell() -> None:
    [event] = heard(chatting(), snac(4, 7, HI_BOB))
    assert event == ("message", "Alice", "hi bob")
    kind, sender, text = event
    assert (kind, sender, text) == ("message", "Alice", "hi bob")
    assert event.html == "hi bob"
    assert event.wants_typing
    assert not event.is_auto
    assert event.sent_at is None


def message(fragment: bytes, *tlvs: bytes, sender: bytes = b"\5Alice") -> Any:
    envelope = bytes(8) + doubles(1) + sender + doubles(0, 0)
    text = tlv(2, b"\5\1\0\1\1" + b"\1\1" + doubles(len(fragment)) + fragment)
    return snac(4, 7, envelope + text + b"".join(tlvs))


def test_html_is_told_beside_the_plain_text() -> None:
    html = b'<HTML><BODY BGCOLOR="#ffffff">a &lt; b<BR>&amp; c</BODY></HTML>'
    [event] = heard(chatting(), message(doubles(0, 0) + html, tlv(4, b"")))
    assert event == ("message", "Alice", "a < b\n& c")
    assert event.html == html.decode()
    assert event.is_auto


def test_text_comes_in_the_charset_it_names() -> None:
    unicode = doubles(2, 0) + "hé 你".encode("utf-16-be")
    latin = doubles(3, 0) + "hé".encode("latin-1")
    events = heard(chatting(), message(unicode), message(latin))
    assert [event.text for event in events] == ["hé 你", "hé"]


def test_a_stored_message_says_when_it_was_sent() -> None:
    stored = message(doubles(0, 0) + b"hi", tlv(6, b""), tlv(0x16, b"\x65\0\0\0"))
    [event] = heard(chatting(), stored)
    assert event.was_stored
    assert event.sent_at == 0x65000000


def test_plain_text_of_icq_users_is_left_alone() -> None:
    frame = message(doubles(0, 0) + b"1 < 2 &amp; 3", sender=b"\x0510000")
    assert heard(chatting(), frame) == [("message", "10000", "1 < 2 &amp; 3")]


def test_buddies_come_go_away_and_back() -> None:
    probe = chatting()
    [came] = heard(probe, snac(3, 0x0B, BOB))
    assert came.kind == "buddy online"
    assert came.info["name"] == "Bob"
    assert came.info["since"] == 0x65000000
    kinds = [
        event.kind
        for event in heard(
            probe,
            snac(3, 0x0B, BOB),
            snac(3, 0x0B, BOB_AWAY),
            snac(3, 0x0B, BOB),
            snac(3, 0x0C, BOB_GONE),
            snac(3, 0x0C, BOB_GONE),
            snac(3, 0x0B, BOB + BOB_AWAY),
        )
    ]
    assert kinds == [
        "buddy changed",
        "buddy away",
        "buddy back",
        "buddy offline",
        "buddy online",
        "buddy away",
    ]


def test_typing_warnings_acks_and_the_like_are_told() -> None:
    typing = bytes(8) + doubles(1) + b"\3bob" + doubles(2)
    missed = doubles(1) + BOB_GONE + doubles(3, 2)
    profile = tlv(1, b'text/aolrtf; charset="us-ascii"') + tlv(2, b"<B>me</B>")
    probe = chatting()
    assert heard(
        probe,
        snac(4, 0x14, typing),
        snac(4, 0x0C, bytes(8) + doubles(1) + b"\3bob"),
        snac(4, 0x0A, missed),
        snac(1, 0x10, doubles(100) + BOB_GONE),
        snac(1, 0x10, doubles(130)),
        snac(1, 0x13, doubles(4) + tlv(11, b"welcome")),
        snac(1, 0x13, doubles(4)),
        snac(2, 6, BOB_GONE + profile),
        snac(0x13, 0x19, b"\x0510000" + doubles(2) + b"hi" + doubles(0)),
        snac(0x13, 0x1B, b"\x0510000\1" + doubles(0, 0)),
        snac(0x13, 0x1C, b"\x0510000" + doubles(0)),
        snac(0x77, 0x77, b"never heard of"),
        (5, b""),
    ) == [
        ("typing", "bob", "typing"),
        ("accepted", "bob"),
        ("missed", "Bob", 3, "rate exceeded"),
        ("warned", 10.0, "Bob"),
        ("warned", 13.0, ""),
        ("notice", "welcome"),
        ("info", "Bob", "me", ""),
        ("asks", "10000", "hi"),
        ("answers", "10000", True, ""),
        ("added you", "10000"),
    ]


def test_nonsense_is_survived() -> None:
    events = heard(
        chatting(),
        snac(4, 7, b"\0"),
        (2, b""),
        snac(3, 0x0B, b"\xff"),
        snac(4, 7, HI_BOB),
    )
    assert events == [("message", "Alice", "hi bob")]


@settings(max_examples=60)
@given(st.integers(0, 0x18), st.integers(0, 0x20), st.binary(max_size=80))
def test_no_snac_whatsoever_ends_the_session(
    family: int, kind: int, body: bytes
) -> None:
    with Probe(ChatManager()) as probe:
        probe.deliver(snac(family, kind, body), "inbox")
        assert not probe.ended


# Commands.


def test_a_message_goes_out_as_html_and_asks_for_an_ack() -> None:
    probe = chatting()
    probe.deliver(("message", "bob", "1 < 2"), "talk")
    [made] = sent(probe)
    assert made.type == (4, 6)
    message = MessageToHost.from_bytes(made.body)
    assert (message.recipient, message.text) == ("bob", "1 &lt; 2")
    assert message.wants_ack
    assert not message.wants_store
    assert tlv(
        2, bytes.fromhex("05010004010101020101000c0000000031 20266c743b2032")
    ) in (made.body)


def test_unicode_goes_out_as_the_description_has_it() -> None:
    probe = chatting()
    probe.deliver(("message", "10000", "hé 你"), "talk")
    probe.deliver(("auto reply", "bob", "out"), "talk")
    probe.deliver(("store", "bob", "later"), "talk")
    made, auto, stored = sent(probe)
    assert bytes.fromhex("0101000c00020000006800e900204f60") in made.body
    assert MessageToHost.from_bytes(auto.body).is_auto
    assert MessageToHost.from_bytes(stored.body).wants_store


def test_an_undelivered_message_is_an_error_with_its_reason() -> None:
    probe = chatting()
    probe.deliver(("message", "bob", "hi"), "talk")
    [made] = sent(probe)
    number = made.header.request_id
    [event] = heard(probe, error(4, 4, number, tlv(8, doubles(14))))
    assert event[0] == "error"
    assert event.text == (
        "the message to bob was not delivered: recipient not logged in "
        "(the recipient takes no offline messages)"
    )
    assert (event.code, event.buddy) == (4, "bob")


def test_a_message_that_is_too_long_is_not_sent() -> None:
    probe = chatting()
    probe.deliver(("message", "bob", "x" * 9000), "talk")
    assert sent(probe) == []
    [event] = probe.take("heard")
    assert "takes 9016 bytes, at most 8000 fit" in event.text
    assert event.buddy == "bob"


@pytest.mark.parametrize(
    "command",
    [
        "message",
        (),
        None,
        ("shout", "bob"),
        ("message", "bob"),
        ("message", "bob", 7),
        ("message", "", "hi"),
        ("typing", "bob", "dancing"),
        ("message", "n" * 300, "hi"),
        ("idle", "long"),
    ],
)
def test_a_command_that_makes_no_sense_is_an_error_event(command: Any) -> None:
    probe = chatting()
    probe.deliver(command, "talk")
    assert sent(probe) == []
    [event] = probe.take("heard")
    assert event[0] == "error"


def test_every_other_command_is_the_snac_of_the_description() -> None:
    probe = chatting()
    expected = [
        (("typing", "bob"), (4, 0x14), bytes(8) + doubles(1) + b"\3bob" + doubles(2)),
        (("typing", "bob", "stopped"), (4, 0x14), None),
        (("away", "out & about"), (2, 4), None),
        (("back",), (2, 4), tlv(4, b"")),
        (("idle", 600), (1, 0x11), b"\0\0\x02\x58"),
        (("available", "here"), (1, 0x1E), None),
        (("profile", "<B>me</B>"), (2, 4), None),
        (("info", "bob"), (2, 0x15), b"\0\0\0\3\3bob"),
        (("warn", "bob"), (4, 8), b"\0\0\3bob"),
        (("ask", "10000", "pls"), (0x13, 0x18), None),
        (("authorise", "10000"), (0x13, 0x1A), None),
        (("add", "bob"), (3, 4), b"\3bob"),
        (("remove", "bob"), (3, 5), b"\3bob"),
    ]
    for command, kind, body in expected:
        probe.deliver(command, "talk")
        [made] = sent(probe)
        assert made.type == kind
        assert body is None or made.body == body
        if command[0] == "away":
            assert b"out &amp; about" in made.body


def test_what_a_warning_did_is_told() -> None:
    probe = chatting()
    probe.deliver(("warn", "bob", True), "talk")
    [made] = sent(probe)
    reply = snac(4, 9, doubles(30, 130), made.header.request_id)
    assert heard(probe, reply) == [("warning worked", "bob", 13.0)]


# The list on the server.


def with_list(feedbag: bytes = FEEDBAG) -> Probe:
    probe = chatting()
    events = heard(probe, snac(0x13, 6, feedbag))
    assert events[0].kind == "buddy list"
    return probe


def test_the_list_is_told_in_its_order() -> None:
    probe = chatting()
    [event] = heard(probe, snac(0x13, 6, FEEDBAG))
    assert event == ("buddy list", {"Buddies": ["bob"]})
    probe.deliver(("list",), "talk")
    assert probe.take("heard") == [event]


def test_a_buddy_is_added_in_a_transaction_one_step_at_a_time() -> None:
    probe = with_list()
    probe.deliver(("add", "carol"), "talk")
    start, insert = sent(probe)
    assert start.type == (0x13, 0x11)
    assert insert.type == (0x13, 8)
    assert insert.body == bytes.fromhex("00056361726F6C 1001 0001 0000 0000")
    probe.deliver(("remove", "bob"), "talk")
    assert sent(probe) == []
    assert heard(probe, snac(0x13, 14, b"\0\0", insert.header.request_id)) == []
    [update] = sent(probe)
    assert update.type == (0x13, 9)
    assert update.body == bytes.fromhex(
        "0007427564646965731001000000010008 00C8 0004 2A2A 0001"
    )
    events = heard(probe, snac(0x13, 14, b"\0\0", update.header.request_id))
    assert events == [("added", "carol"), ("buddy list", {"Buddies": ["bob", "carol"]})]
    end, restart, delete = sent(probe)
    assert [s.type for s in (end, restart)] == [(0x13, 0x12), (0x13, 0x11)]
    assert delete.type == (0x13, 10)
    assert delete.body.startswith(bytes.fromhex("0003626F62 1001 2A2A 0000"))


def test_into_an_empty_list_go_master_group_group_and_buddy() -> None:
    probe = with_list(bytes(7))
    probe.deliver(("add", "bob", "Friends"), "talk")
    _, insert = sent(probe)
    assert insert.body == bytes.fromhex(
        "0000 0000 0000 0001 0006 00C8 0002 0002"
        "0007 467269656E6473 0002 0000 0001 0006 00C8 0002 0001"
        "0003 626F62 0002 0001 0000 0000"
    )
    events = heard(probe, snac(0x13, 14, bytes(6), insert.header.request_id))
    assert events[-1] == ("buddy list", {"Friends": ["bob"]})
    assert [made.type for made in sent(probe)] == [(0x13, 0x12)]


def test_a_new_group_is_put_into_the_order_of_groups() -> None:
    probe = with_list()
    probe.deliver(("add", "carol", "Family"), "talk")
    _, insert = sent(probe)
    heard(probe, snac(0x13, 14, bytes(4), insert.header.request_id))
    [update] = sent(probe)
    assert update.body == bytes.fromhex("0000 0000 0000 0001 0008 00C8 0004 1001 0002")


@pytest.mark.parametrize(
    ("status", "meaning"), [(0x0C, "too many of this kind"), (0x0A, "bad item")]
)
def test_a_refused_edit_is_an_error_and_changes_nothing(
    status: int, meaning: str
) -> None:
    probe = with_list()
    probe.deliver(("add", "carol"), "talk")
    _, insert = sent(probe)
    [event] = heard(probe, snac(0x13, 14, doubles(status), insert.header.request_id))
    assert event.text == f"adding carol failed: {meaning}"
    assert (event.code, event.buddy) == (status, "carol")
    assert [made.type for made in sent(probe)] == [(0x13, 0x12)]
    probe.deliver(("list",), "talk")
    assert probe.take("heard") == [("buddy list", {"Buddies": ["bob"]})]


def test_an_error_for_a_step_ends_the_edit_too() -> None:
    probe = with_list()
    probe.deliver(("remove", "bob"), "talk")
    _, delete = sent(probe)
    [event] = heard(probe, error(0x13, 0x0F, delete.header.request_id))
    assert event.text == "removing bob failed: insufficient rights"


def test_an_edit_that_is_never_answered_is_given_up() -> None:
    probe = with_list()
    probe.deliver(("remove", "bob"), "talk")
    probe.advance(125)
    assert [e.text for e in probe.take("heard")] == [
        "removing bob failed: the server did not answer"
    ]


def test_who_must_be_asked_first_is_asked_and_added_as_pending() -> None:
    probe = with_list()
    probe.deliver(("add", "10000"), "talk")
    _, insert = sent(probe)
    heard(probe, snac(0x13, 14, doubles(14), insert.header.request_id))
    plea, again = sent(probe)
    assert plea.type == (0x13, 0x18)
    assert again.type == (0x13, 8)
    assert again.body.endswith(bytes.fromhex("0004 0066 0000"))


def test_adding_who_is_there_and_removing_who_is_not_is_done_at_once() -> None:
    probe = with_list()
    probe.deliver(("add", "B O B"), "talk")
    probe.deliver(("remove", "carol"), "talk")
    assert sent(probe) == []
    assert probe.take("heard") == [("added", "B O B"), ("removed", "carol")]


def test_changes_of_another_session_are_taken_over() -> None:
    probe = with_list()
    carol = bytes.fromhex("00056361726F6C 1001 2A2B 0000 0000")
    [event] = heard(probe, snac(0x13, 8, carol))
    assert event.groups == {"Buddies": ["bob", "carol"]}
    [event] = heard(probe, snac(0x13, 10, carol))
    assert event.groups == {"Buddies": ["bob"]}


# Rates, pauses, the end.


def test_messages_go_out_no_faster_than_the_server_allows() -> None:
    probe = chatting()
    probe.deliver(snac(1, 7, RATES), "inbox")
    for number in range(10):
        probe.deliver(("message", "bob", str(number)), "talk")
    probe.deliver(("typing", "bob"), "talk")  # in no class: goes at once
    first = sent(probe)
    assert [made.type == (4, 6) for made in first].count(
        True
    ) == 3  # the fourth would warn
    assert first[-1].type == (4, 0x14)
    level, last, now = 6000 * 19 // 20, 0.0, 0.0
    for _ in range(2):
        level = level * 19 // 20
    texts = [MessageToHost.from_bytes(made.body).text for made in first[:3]]
    while len(texts) < 10:
        probe.advance(0.1)
        now += 0.1
        for made in sent(probe):
            texts.append(MessageToHost.from_bytes(made.body).text)
            level = min(6000, (level * 19 + round((now - last) * 1000)) // 20)
            last = now
            assert level >= 5000
    assert texts == [str(number) for number in range(10)]


def test_a_limit_that_the_server_reports_is_waited_out() -> None:
    probe = chatting()
    probe.deliver(snac(1, 7, RATES), "inbox")
    limited = bytes.fromhex(
        "0003 0003 00000014 000013EC 00001388 00000FA0 00000BB8 00000F00 00001770"
        "00000000 01"
    )
    probe.deliver(snac(1, 0x0A, limited), "inbox")
    probe.deliver(("message", "bob", "hi"), "talk")
    probe.advance(25)
    assert sent(probe) == []
    probe.advance(10)
    assert len(sent(probe)) == 1


def test_too_much_to_say_waits_outside() -> None:
    probe = chatting()
    probe.deliver(snac(1, 7, RATES), "inbox")
    for number in range(100):
        probe.component._deliver(("message", "bob", str(number)), "talk")
    probe.settle()
    assert probe.component.dataReady("talk") > 40


def test_while_paused_nothing_goes_out() -> None:
    probe = chatting()
    probe.deliver(snac(1, 3, doubles(1, 4)), "inbox")
    probe.deliver(snac(1, 0x0B), "inbox")
    [ack] = sent(probe)
    assert (ack.type, ack.body) == ((1, 0x0C), doubles(1, 4))
    probe.deliver(("message", "bob", "hi"), "talk")
    assert sent(probe) == []
    probe.deliver(snac(1, 0x0D), "inbox")
    assert len(sent(probe)) == 1


def test_a_keep_alive_goes_out_every_minute() -> None:
    probe = chatting()
    probe.advance(59)
    assert probe.take("outbox") == []
    probe.advance(62)
    assert probe.take("outbox") == [(5, b""), (5, b"")]


def test_the_servers_farewell_is_told_and_ends_it() -> None:
    probe = chatting()
    probe.deliver(snac(3, 0x0B, BOB), "inbox")
    probe.deliver((4, tlv(9, doubles(1)) + tlv(11, b"http://x/dup")), "inbox")
    _, gone, event = probe.take("heard")
    assert gone == ("buddy offline", {"name": "Bob"})
    assert event == (
        "disconnected",
        "the same name signed on somewhere else (http://x/dup)",
    )
    assert not event.may_retry
    [ended] = probe.take("signal")
    assert ended.message is event
    assert probe.take("outbox") == []
    assert probe.ended


def test_a_lost_connection_is_told_and_ends_it() -> None:
    probe = chatting()
    probe.deliver(producerFinished(None, "Connection reset by peer"), "_closed")
    [event] = probe.take("heard")
    assert event == ("disconnected", "Connection reset by peer")
    assert event.may_retry
    assert probe.ended


def test_told_to_finish_it_says_everything_then_signs_off() -> None:
    probe = chatting()
    probe.deliver(snac(1, 7, RATES), "inbox")
    for number in range(5):
        probe.component._deliver(("message", "bob", str(number)), "talk")
    stop = producerFinished()
    probe.deliver(stop, "control")
    assert probe.take("signal") == []
    probe.advance(20)
    frames = probe.take("outbox")
    assert len([f for f in frames if f[0] == 2]) == 5
    assert frames[-1] == (4, b"")
    assert probe.take("signal") == [stop]


def test_told_to_finish_it_hears_what_became_of_the_last_message() -> None:
    probe = chatting()
    probe.component._deliver(("message", "bob", "bye"), "talk")
    probe.deliver(producerFinished(), "control")
    [made] = sent(probe)
    assert not probe.ended
    probe.deliver(error(4, 4, made.header.request_id), "inbox")
    assert [event[0] for event in probe.take("heard")] == ["error"]
    assert probe.take("outbox") == [(4, b"")]
    assert probe.ended


def test_told_to_stop_it_signs_off_at_once() -> None:
    probe = chatting()
    probe.deliver(snac(1, 7, RATES), "inbox")
    for number in range(9):
        probe.component._deliver(("message", "bob", str(number)), "talk")
    stop = shutdownMicroprocess()
    probe.deliver(stop, "control")
    frames = probe.take("outbox")
    assert len(frames) < 9
    assert frames[-1] == (4, b"")
    assert probe.take("signal") == [stop]
