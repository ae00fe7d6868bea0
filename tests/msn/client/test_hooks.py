"""Every hook that Twisted's clients had: what calls it, and with what.

The lines are the reference's.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from Kamaelia.Protocol.MSN import MSN
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.Message import MSNMessage

from .server import ALICE, BOB, CAROL, CHALLENGE, Server, notification
from .test_api import LISTED

PROFILE = (
    b"MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\n"
    b"LoginTime: 1070000000\r\nEmailEnabled: 0\r\nMemberIdHigh: 70001\r\n"
    b"MemberIdLow: -1200000001\r\nlang_preference: 1033\r\n"
    b"preferredEmail: alice@example.com\r\ncountry: US\r\nPostalCode: \r\n"
    b"Gender: U\r\nKid: 0\r\nAge: \r\nsid: 507\r\nkv: 2\r\nMSPAuth: 2AAAAAA\r\n"
    b"ClientIP: 192.0.2.10\r\nClientPort: 8904\r\n\r\n"
)
TYPING = (
    b"MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n"
    b"TypingUser: bob@example.com\r\n\r\n\r\n"
)
TEXT = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nHi"
OTHER = b"MIME-Version: 1.0\r\nContent-Type: text/x-other\r\n\r\nHi"
OFFER = (
    b"MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
    b"Application-Name: File Transfer\r\n"
    b"Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
    b"Invitation-Command: INVITE\r\nInvitation-Cookie: 40312\r\n"
    b"Application-File: notes.txt\r\nApplication-FileSize: 10\r\n\r\n"
)


def service(payload: bytes) -> bytes:
    """Return a message of the service."""
    return b"MSG Hotmail Hotmail %d\r\n%s" % (len(payload), payload)


def of_bob(payload: bytes) -> bytes:
    """Return a message of Bob."""
    return b"MSG bob@example.com Bob %d\r\n%s" % (len(payload), payload)


def watched(kind: type[MSNEventBase], hook: str) -> tuple[type, list[Any]]:
    """Return a subclass whose hook keeps what it is called with.

    Messages are kept as their handle and text, read while the hook runs.
    """
    calls: list[Any] = []

    def called(self: Any, *args: Any) -> Any:
        if args and isinstance(args[0], MSNMessage):
            assert self.currentMessage is args[0]
        calls.append(
            tuple(
                (each.userHandle, each.getHeader("Content-Type"), each.getMessage())
                if isinstance(each, MSNMessage)
                else each
                for each in args
            )
        )
        return getattr(super(made, self), hook)(*args)

    made: Any = type("Watched", (kind,), {hook: called})
    return made, calls


class Case(NamedTuple):
    """A hook and what calls it.

    Attributes:
        owner: the class.
        hook: its name.
        data: lines of the server, with line ends, after the sign-on.
        calls: what it is called with, call by call.
    """

    owner: str
    hook: str
    data: bytes
    calls: list[tuple[Any, ...]]


NS, SB, DS = "MSNNotificationClient", "MSNSwitchboardClient", "MSNDispatchClient"
RING = (
    b"RNG 40217731 192.0.2.30:1864 CKI 73.66 bob@example.com Bob\r\n",
    ("40217731", "192.0.2.30", 1864, "73.66", BOB, "Bob"),
)
PROFILED = ("Hotmail", "text/x-msmsgsprofile; charset=UTF-8", "")
SAID = (BOB, "text/plain; charset=UTF-8", "Hi")
CASES = [
    Case(DS, "gotNotificationReferral", b"XFR 3 NS ns:1863 0\r\n", [("ns", 1863)]),
    Case(DS, "gotReferral", b"XFR 3 NS ns:1863 0\r\n", [("ns", 1863)]),
    Case(NS, "gotProfile", service(PROFILE), [(PROFILED,)]),
    Case(NS, "statusChanged", b"CHG 0 IDL\r\n", [("IDL",)]),
    Case(
        NS,
        "gotContactStatus",
        b"ILN 9 AWY bob@example.com Bob%20B 0\r\n",
        [("AWY", BOB, "Bob B")],
    ),
    Case(
        NS,
        "contactStatusChanged",
        b"NLN BRB bob@example.com Bob\r\n",
        [("BRB", BOB, "Bob")],
    ),
    Case(NS, "contactOffline", b"FLN bob@example.com\r\n", [(BOB,)]),
    Case(
        NS,
        "gotPhoneNumber",
        b"BPR 12 bob@example.com PHH 555%209999\r\n",
        [(12, BOB, "PHH", "555 9999")],
    ),
    Case(
        NS,
        "userAddedMe",
        b"ADD 0 RL 13 carol@example.org Carol\r\n",
        [(CAROL, "Carol", 13)],
    ),
    Case(NS, "userRemovedMe", b"REM 0 RL 14 carol@example.org\r\n", [(CAROL, 14)]),
    Case(NS, "gotSwitchboardInvitation", RING[0], [RING[1]]),
    Case(NS, "multipleLogin", b"OUT OTH\r\n", [()]),
    Case(NS, "serverGoingDown", b"OUT SSD\r\n", [()]),
    Case(NS, "gotMessage", service(OTHER), [(("Hotmail", "text/x-other", "Hi"),)]),
    Case(NS, "checkMessage", service(PROFILE), [(PROFILED,)]),
    Case(NS, "gotError", b"800 77\r\n911\r\n", [(800,), (911,)]),
    Case(NS, "handle_UNKNOWN", b"ABC 1 x\r\n", [("ABC", ["1", "x"])]),
    Case(SB, "gotMessage", of_bob(TEXT), [(SAID,)]),
    Case(SB, "checkMessage", of_bob(TEXT), [(SAID,)]),
    Case(
        SB,
        "userTyping",
        of_bob(TYPING),
        [((BOB, "text/x-msmsgscontrol", "\r\n"),)],
    ),
    Case(SB, "userJoined", b"JOI carol@example.org Carol\r\n", [(CAROL, "Carol")]),
    Case(SB, "userLeft", b"BYE bob@example.com\r\n", [(BOB,)]),
    Case(SB, "gotError", b"500 77\r\n", [(500,)]),
    Case(SB, "handle_UNKNOWN", b"ABC 1 x\r\n", [("ABC", ["1", "x"])]),
]
APART = {"loggedIn", "loginFailure", "listSynchronized", "gotChattingUsers"} | {
    "gotSendRequest",
    "gotBadLine",
}


def server_of(owner: str, hook: str) -> tuple[Server, list[Any]]:
    """Return a server that such a client has signed on to, and the hook's calls."""
    kind, calls = watched(getattr(MSN, owner), hook)
    if owner == NS:
        server = Server(kind(userHandle=ALICE, password="x", sync=False))
        server.client._signOn = None
        server.client.dialect = 8
    elif owner == DS:
        server = notification(8, kind)
        server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x")
    else:
        server = Server(kind(userHandle=ALICE, key="c1"))
        server.say(f"USR 1 OK {ALICE} Alice", f"JOI {BOB} Bob")
        calls.clear()
    return server, calls


@pytest.mark.parametrize("cut", [0, 1])
@pytest.mark.parametrize("case", CASES, ids=[f"{c.owner}.{c.hook}" for c in CASES])
def test_a_hook_is_called_by_its_line(case: Case, cut: int) -> None:
    server, calls = server_of(case.owner, case.hook)
    server.cut = cut
    server.send(case.data)
    assert calls == case.calls


def test_every_hook_is_in_these_tests() -> None:
    requests = MSN.MSNNotificationClient.REQUESTS | MSN.MSNSwitchboardClient.REQUESTS
    listed = {
        entry.partition("(")[0]
        for owner, entry in LISTED
        if owner in (NS, SB, DS, "MSNEventBase")
    }
    assert listed - requests == ({case.hook for case in CASES} | APART) - {
        "listSynchronized"
    }


@pytest.mark.parametrize(
    ("version", "line", "call"),
    [
        (2, f"USR 4 OK {ALICE} Alice%20L", (ALICE, "Alice L", None)),
        (7, f"USR 4 OK {ALICE} Alice%20L 1", (ALICE, "Alice L", True)),
        (8, f"USR 4 OK {ALICE} Alice%20L 0 0", (ALICE, "Alice L", False)),
        (12, f"USR 4 OK {ALICE} 1 0", (ALICE, ALICE, True)),
    ],
)
def test_logged_in_tells_handle_name_and_whether_it_is_verified(
    version: int, line: str, call: tuple[Any, ...]
) -> None:
    kind, calls = watched(MSN.MSNNotificationClient, "loggedIn")
    server = notification(version, kind)
    server.say(f"VER 1 MSNP{version}")
    if version < 8:
        server.say("INF 2 MD5", "USR 3 MD5 S 1146959437.186590")
    else:
        server.say("CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}")
    server.say(line)
    assert calls == [call]
    assert any(said.startswith("SYN 5") for said in server.said())


@pytest.mark.parametrize("answer", ["911 3", "500 3", "600"])
def test_a_failed_login_has_its_hook(answer: str) -> None:
    kind, calls = watched(MSN.MSNNotificationClient, "loginFailure")
    server = notification(8, kind)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x", answer)
    assert len(calls) == 1
    assert answer[:3] in calls[0][0]


@pytest.mark.parametrize("lines", [["SYN 5 9 0 0"], ["SYN 5 0"]])
def test_the_first_list_has_its_hook(lines: list[str]) -> None:
    kind, calls = watched(MSN.MSNNotificationClient, "listSynchronized")
    server = notification(8, kind)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}")
    server.say(f"USR 4 OK {ALICE} Alice 1 0", *lines)
    assert len(calls) == 1
    server.client.syncList(9)
    server.say("SYN 6 9")
    assert len(calls) == 1


def test_who_was_there_has_its_hook_after_the_last() -> None:
    kind, calls = watched(MSN.MSNSwitchboardClient, "gotChattingUsers")
    server = Server(kind(userHandle=ALICE, key="c", reply=1, sessionID="4"))
    assert server.said() == [f"ANS 1 {ALICE} c 4"]
    server.say(f"IRO 1 1 2 {BOB} Bob")
    assert calls == []
    server.say(f"IRO 1 2 2 {CAROL} Carol", "ANS 1 OK")
    assert calls == [({BOB: "Bob", CAROL: "Carol"},)]


@pytest.mark.parametrize(
    ("reply", "line"), [(0, f"USR 1 OK {ALICE} Alice"), (1, "ANS 1 OK")]
)
def test_a_switchboard_that_lets_us_in_calls_its_hook(reply: int, line: str) -> None:
    kind, calls = watched(MSN.MSNSwitchboardClient, "loggedIn")
    server = Server(kind(userHandle=ALICE, key="c", reply=reply, sessionID="4"))
    server.say(line)
    assert calls == [()]


def test_an_offered_file_has_its_hook() -> None:
    assert len(OFFER) == 273
    server, calls = server_of(SB, "gotSendRequest")
    server.send(of_bob(OFFER))
    ((name, size, cookie, message),) = calls
    assert (name, size, cookie, message[0]) == ("notes.txt", 10, 40312, BOB)


@pytest.mark.parametrize("owner", [NS, SB])
def test_a_line_that_makes_no_sense_has_its_hook(owner: str) -> None:
    server, calls = server_of(owner, "gotBadLine")
    line = "NLN" if owner == NS else "IRO 1 x y z"
    server.send(f"{line}\r\n".encode())
    ((told, why),) = calls
    assert told == line
    assert why


@pytest.mark.parametrize("truth", [True, 1, "yes", False, 0, None])
def test_a_message_is_delivered_when_the_check_says_so(truth: Any) -> None:
    seen: list[Any] = []
    server, _ = server_of(SB, "userLeft")
    server.client.checkMessage = lambda message: truth
    server.client.gotMessage = seen.append
    server.send(of_bob(TEXT))
    assert len(seen) == bool(truth)
    assert server.client.currentMessage is None


def test_a_handler_of_a_subclass_takes_an_unknown_command() -> None:
    seen: list[Any] = []
    kind: Callable[..., Any] = type(
        "Mine",
        (MSN.MSNNotificationClient,),
        {"handle_ABC": lambda self, command: seen.append(command.tokens)},
    )
    server = Server(kind(userHandle=ALICE, sync=False))
    server.client._signOn = None
    server.say("ABC 1 x")
    assert [tuple(each) for each in seen] == [("1", "x")]
