"""Signing on, dialect by dialect, against lines of the reference."""

import asyncio
from typing import Any

import pytest

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.DispatchClient import MSNDispatchClient
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.Passport import PassportFailed

from .server import (
    ALICE,
    CHALLENGE,
    SALT,
    TICKET,
    Server,
    notification,
    signed_on,
)

OFFER7 = "MSNP7 MSNP6 MSNP5 MSNP4 MSNP3 MSNP2 CVR0"


@pytest.mark.parametrize("cut", [0, 1, 3])
def test_an_msnp7_client_signs_on_with_md5(cut: int) -> None:
    server = notification(7, sync=False)
    server.cut = cut
    assert server.said() == [f"VER 1 {OFFER7}"]
    server.say("VER 1 MSNP7")
    assert server.said() == ["INF 2"]
    server.say("INF 2 MD5")
    assert server.said() == [f"USR 3 MD5 I {ALICE}"]
    server.say(f"USR 3 MD5 S {SALT}")
    assert server.said() == ["USR 4 MD5 S 3f92ff5c4a50978e5e25fbcb6f7d692e"]
    server.say(f"USR 4 OK {ALICE} Alice%20Liddell 1")
    assert server.heard() == [events.SignedOn(ALICE, "Alice Liddell", True, 7)]
    assert server.client.screenName == "Alice Liddell"


CVRS = {
    8: "0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS",
    9: "0x0409 winnt 5.1 i386 MSNMSGR 6.0.0602 MSMSGS",
    11: "0x0409 winnt 5.1 i386 MSNMSGR 7.0.0777 msmsgs",
    12: "0x0409 winnt 5.1 i386 MSNMSGR 7.5.0324 msmsgs",
}


@pytest.mark.parametrize("version", CVRS)
def test_a_later_client_signs_on_with_a_passport_ticket(version: int) -> None:
    server = notification(version, sync=False)
    (line,) = server.said()
    assert line.startswith(f"VER 1 MSNP{version} MSNP{version - 1} ")
    assert line.endswith(" CVR0")
    server.say(f"VER 1 MSNP{version}")
    assert server.said() == [f"CVR 2 {CVRS[version]} {ALICE}"]
    server.say("CVR 2 5.0.0544 5.0.0544 1.0.0000 http://x/ http://x/")
    assert server.said() == [f"USR 3 TWN I {ALICE}"]
    server.say(f"USR 3 TWN S {CHALLENGE}")
    assert server.said() == [f"USR 4 TWN S {TICKET}"]
    name = "" if version >= 10 else " Alice"
    server.say(f"USR 4 OK {ALICE}{name} 1 0 what newer dialects add")
    (told,) = server.heard()
    assert told == events.SignedOn(ALICE, "Alice" if name else ALICE, True, version)


@pytest.mark.parametrize("version", range(2, 13))
def test_every_dialect_signs_on(version: int) -> None:
    assert signed_on(version).client.signedOn


def test_a_sign_on_of_msnp2_says_no_more_than_handle_and_name() -> None:
    server = notification(2, sync=False)
    server.say("VER 1 MSNP2", "INF 2 MD5 CTP", f"USR 3 MD5 S {SALT}")
    server.say(f"USR 4 OK {ALICE} Alice")
    assert server.heard(events.SignedOn) == [events.SignedOn(ALICE, "Alice", None, 2)]


def test_the_hook_of_a_subclass_is_called() -> None:
    seen: list[Any] = []

    class Client(MSNNotificationClient):
        def loggedIn(self, *args: Any) -> None:
            seen.append(args)

    server = notification(7, Client)
    server.say("VER 1 MSNP7", "INF 2 MD5", f"USR 3 MD5 S {SALT}")
    server.say(f"USR 4 OK {ALICE} Alice 1")
    assert seen == [(ALICE, "Alice", True)]


def test_a_referral_is_told_and_ends_the_connection() -> None:
    server = notification(7, MSNDispatchClient)
    server.say("VER 1 MSNP7", "INF 2 MD5")
    server.said()
    server.say("XFR 3 NS 192.0.2.20:1864 0 192.0.2.10:1863")
    assert server.heard() == [
        events.Referred("192.0.2.20", 1864),
        events.Disconnected("referred to another server", True),
    ]
    assert server.said() == ["OUT"]
    assert server.ended


@pytest.mark.parametrize(
    "line", ["XFR 3 NS 192.0.2.20", "XFR 3 NS 192.0.2.20:1863 U D"]
)
def test_a_referral_may_have_any_number_of_arguments(line: str) -> None:
    server = notification(8)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x", line)
    assert server.heard(events.Referred) == [events.Referred("192.0.2.20", 1863)]


def test_a_dispatch_server_that_is_the_notification_server_is_told_itself() -> None:
    server = notification(8, MSNDispatchClient, host="ns.example.net", port=1865)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}")
    assert server.heard(events.Referred) == [events.Referred("ns.example.net", 1865)]


def test_a_referral_to_nowhere_begins_again_on_the_same_connection() -> None:
    server = notification(8, sync=False)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x")
    server.said()
    server.say("XFR 3 NS 0")
    assert server.said()[0].startswith("VER 4 MSNP8")
    server.say("VER 4 MSNP8", "CVR 5 1 1 1 x x", f"USR 6 TWN S {CHALLENGE}")
    server.say(f"USR 7 OK {ALICE} Alice 1 0")
    assert server.client.signedOn


def test_a_move_while_signed_on_is_told() -> None:
    server = signed_on(8)
    server.say("XFR 0 NS 192.0.2.21:1863 0 192.0.2.10:1863")
    assert server.heard(events.Referred) == [events.Referred("192.0.2.21", 1863)]
    assert server.ended


def test_a_soft_reset_while_signed_on_signs_on_again() -> None:
    server = signed_on(8)
    reply = server.client.changeStatus("NLN")
    server.said()
    server.say("XFR 0 NS 0")
    assert reply.done
    assert reply.error is not None
    assert server.said()[0].startswith("VER 6 ")


@pytest.mark.parametrize(
    ("line", "kind", "code"),
    [
        ("911 4", "credentials", 911),
        ("928 4", "credentials", 928),
        ("600 4", "busy", 600),
        ("921 4", "busy", 921),
        ("931 4", "server", 931),
        ("927 4", "refused", 927),
        ("999 4", "refused", 999),
        ("911 4 3\r\nbye", "credentials", 911),
        ("600", "busy", 600),
        ("600 0", "busy", 600),
    ],
)
def test_an_error_ends_the_sign_on_with_its_meaning(
    line: str, kind: str, code: int
) -> None:
    server = notification(8)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}")
    server.say(line)
    (told,) = server.heard(events.SignOnFailed)
    assert (told.kind, told.code) == (kind, code)
    assert str(code) in told.meaning
    assert server.ended


@pytest.mark.parametrize("answer", ["VER 1 0", "VER 1 CVR0", "VER 1 MSNP21"])
def test_no_common_dialect_is_told(answer: str) -> None:
    server = notification(8)
    server.say(answer)
    (told,) = server.heard(events.SignOnFailed)
    assert told.kind == "version"


def test_the_server_may_answer_in_small_letters_with_several_dialects() -> None:
    server = notification(9)
    server.say("ver 1 msnp8 MSNP7 CVR0")
    assert server.client.dialect == 8


def test_a_refused_ticket_is_told_as_wrong_credentials() -> None:
    async def refuse(handle: str, password: str, challenge: str) -> str:
        raise PassportFailed("credentials", "wrong handle or password")

    server = notification(8, passport=refuse)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}")
    (told,) = server.heard(events.SignOnFailed)
    assert told == events.SignOnFailed("credentials", None, "wrong handle or password")


def test_only_clear_text_is_refused() -> None:
    server = notification(2)
    server.say("VER 1 MSNP2", "INF 2 CTP")
    (told,) = server.heard(events.SignOnFailed)
    assert told.kind == "refused"


STEPS = ["VER 1 MSNP8", "CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}"]


@pytest.mark.parametrize("steps", range(4))
def test_a_step_that_is_never_answered_times_out(steps: int) -> None:
    server = notification(8)
    for line in STEPS[:steps]:
        server.say(line)
    server.wait(29)
    assert not server.heard(events.SignOnFailed)
    server.wait(2)
    (told,) = server.heard(events.SignOnFailed)
    assert told.kind == "timeout"
    assert server.ended


@pytest.mark.parametrize("steps", range(4))
def test_a_connection_lost_while_signing_on_is_told(steps: int) -> None:
    server = notification(8)
    server.say(*STEPS[:steps])
    server.probe.deliver(None, "lost")
    (told,) = server.heard(events.SignOnFailed)
    assert told.kind == "lost"
    assert server.ended


def test_one_ticket_is_asked_for_at_a_time() -> None:
    going: set[str] = set()

    async def passport(handle: str, password: str, challenge: str) -> str:
        going.add(challenge)
        try:
            await asyncio.Event().wait()
        finally:
            going.discard(challenge)
        return ""

    server = notification(8, passport=passport)
    for number in range(20):
        first = 1 + 3 * number
        server.say(f"VER {first} MSNP8", f"CVR {first + 1} 1 1 1 x x")
        server.say(f"USR {first + 2} TWN S ct={number}")
        assert going == {f"ct={number}"}
        server.say("XFR 0 NS 0")
    server.client.logOut()
    server.client.wake()
    server.probe.settle()
    assert going == set()


def test_lines_not_asked_for_do_not_disturb_a_sign_on() -> None:
    server = notification(8, sync=False)
    for line in STEPS:
        server.send(b"NOT 5\r\nhello")
        server.say("XXX 1 2 3", "QNG", "SBS 0 null", "215 99")
        server.say(line)
    server.say(f"USR 4 OK {ALICE} Alice 1 0")
    assert server.client.signedOn


def test_a_stop_before_the_first_answer_ends_everything() -> None:
    from Axon.Ipc import producerFinished

    server = notification(8)
    server.said()
    server.probe.deliver(producerFinished(), "control")
    assert server.said() == ["OUT"]
    assert server.ended
    assert server.heard() == [events.Disconnected("signed off", True)]


def test_a_password_stands_in_no_repr() -> None:
    server: Server = notification(8)
    assert server.client.password not in repr(server.client) + repr(
        server.client._signOn
    )
