"""Every request of a conversation: refused, not delivered, never answered."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    MSNCommandFailed,
    NotDelivered,
    RequestFailed,
    RequestTimedOut,
)
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient
from Kamaelia.Protocol.MSN.wire.invitation import CONTENT_TYPE, Invite
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.msnobject import TYPE_DISPLAY_PICTURE, MSNObject
from Kamaelia.Protocol.MSN.wire.outcome import Outcome

from .server import BOB, CAROL, Server, joined


class Case(NamedTuple):
    """A request of a conversation with Bob, whose next TrID is 3.

    Attributes:
        request: its name.
        act: makes it; returns a Reply, or None.
        line: how what goes out begins.
        refused: the error when the server answers with one; None: none.
        silent: the error when nobody answers; None: it counts as done.
        seconds: after which that is so.
    """

    request: str
    act: Callable[[Any], Any]
    line: str
    refused: type[Exception] | None
    silent: type[Exception] | None
    seconds: float = 31


def message(ack: str) -> MSNMessage:
    made = MSNMessage(message="Hi")
    made.ack = ack
    return made


PICTURE = MSNObject.for_data(BOB, TYPE_DISPLAY_PICTURE, b"data")

CASES = [
    Case(
        "inviteUser",
        lambda client: client.inviteUser(CAROL),
        f"CAL 3 {CAROL}",
        MSNCommandFailed,
        RequestTimedOut,
    ),
    Case(
        "sendMessage",
        lambda client: client.sendMessage(message("A")),
        "MSG 3 A ",
        NotDelivered,
        RequestTimedOut,
    ),
    Case(
        "sendMessage",
        lambda client: client.sendMessage(message("D")),
        "MSG 3 D ",
        NotDelivered,
        RequestTimedOut,
    ),
    Case(
        "sendMessage",
        lambda client: client.sendMessage(message("N")),
        "MSG 3 N ",
        NotDelivered,
        None,
    ),
    Case(
        "sendMessage",
        lambda client: client.sendMessage(message("U")),
        "MSG 3 U ",
        None,
        None,
    ),
    Case(
        "sendText",
        lambda client: client.sendText("Hi"),
        "MSG 3 A ",
        NotDelivered,
        RequestTimedOut,
    ),
    Case(
        "sendNudge",
        lambda client: client.sendNudge(),
        "MSG 3 N 69",
        NotDelivered,
        None,
    ),
    Case(
        "sendTypingNotification",
        lambda client: client.sendTypingNotification(),
        "MSG 3 U 90",
        None,
        None,
    ),
    Case(
        "sendFileInvitation",
        lambda client: client.sendFileInvitation("a", 1),
        "MSG 3 N ",
        NotDelivered,
        RequestTimedOut,
        121,
    ),
    Case(
        "fileInvitationReply",
        lambda client: client.fileInvitationReply(5),
        "MSG 3 U ",
        RequestTimedOut,
        RequestTimedOut,
    ),
    Case(
        "sendTransferInfo",
        lambda client: client.sendTransferInfo(1, 5, 7, "192.0.2.1", 6891),
        "MSG 3 U ",
        None,
        None,
    ),
    Case(
        "requestPicture",
        lambda client: client.requestPicture(BOB, PICTURE),
        "MSG 3 D ",
        RequestFailed,
        RequestFailed,
    ),
]
IDS = [f"{number}-{case.request}" for number, case in enumerate(CASES)]
OF_TRANSFERS = {"acceptFile", "cancelFile", "sendFile"}  # tested with files
WITHOUT_ANSWER = {"logOut"}


def room() -> Server:
    """Return a conversation in which Bob has offered a file as 5."""
    server = joined()
    invite = Invite(5, file_name="b", file_size=1).to_bytes()
    server.message(BOB, "Bob", Message.of_type(CONTENT_TYPE, invite).to_bytes())
    server.heard()
    return server


def test_every_request_is_in_these_tests() -> None:
    tested = {case.request for case in CASES} | OF_TRANSFERS | WITHOUT_ANSWER
    assert tested == MSNSwitchboardClient.REQUESTS


@pytest.mark.parametrize("error", ["500 3", "282 3 4\r\n<x/>", "NAK 3"])
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_request_may_fail(case: Case, error: str) -> None:
    server = room()
    reply = case.act(server.client)
    assert server.bytes().startswith(case.line.encode())
    server.send(f"{error}\r\n".encode().replace(b"<x/>\r\n", b"<x/>"))
    if case.refused is RequestTimedOut:  # what carries it has no answer
        server.wait(case.seconds)
    if case.refused is None:
        assert reply is None
    elif error == "NAK 3" and case.refused is MSNCommandFailed:
        assert not reply.done  # that is no answer to CAL
        server.say("CAL 3 RINGING 1")
        assert reply.result == ("1",)
    else:
        assert isinstance(reply.error, case.refused)
    assert not server.ended
    assert 3 not in server.client.ids
    server.say(f"BYE {BOB}")
    assert server.heard(events.Left)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_request_may_stay_unanswered(case: Case) -> None:
    server = room()
    reply = case.act(server.client)
    server.wait(case.seconds)
    if case.silent is None:
        assert reply is None or reply.result == (None,)
    else:
        assert isinstance(reply.error, case.silent)
    assert not server.ended
    assert 3 not in server.client.ids


@pytest.mark.parametrize("late", ["ACK 3", "NAK 3", "CAL 3 RINGING 1", "500 3"])
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_an_answer_that_comes_late_does_no_harm(case: Case, late: str) -> None:
    server = room()
    reply = case.act(server.client)
    server.wait(case.seconds)
    before = repr(reply)
    server.heard()
    server.say(late)
    assert repr(reply) == before
    assert server.heard(events.BadLine) == []
    assert not server.ended


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_request_fails_with_the_connection(case: Case) -> None:
    server = room()
    reply = case.act(server.client)
    server.probe.deliver(None, "lost")
    assert reply is None or isinstance(reply.error, RequestFailed)
    if reply is not None and case.request != "requestPicture":
        assert isinstance(reply.error, ConnectionGone)
    assert server.client._timers == server.client.ids == {}
    assert server.client.cookies == {"iCookies": {}, "external": {}}


def acknowledge(server: Server) -> None:
    """Say of all that was sent that it arrived."""
    for trid in list(server.client.ids):
        server.say(f"ACK {trid}")


def test_a_picture_that_never_comes_is_given_up() -> None:
    server = joined()
    reply = server.client.requestPicture(BOB, PICTURE)
    acknowledge(server)
    server.wait(299)
    assert not reply.done
    server.wait(2)
    assert isinstance(reply.error, RequestFailed)
    assert "no progress" in reply.error.meaning
    assert server.client.transfers == ()


def test_a_file_that_nobody_answers_is_given_up() -> None:
    server = joined()
    transfer = server.client.sendFile(BOB, __file__)
    acknowledge(server)
    server.wait(301)
    (ended,) = server.heard(events.TransferEnded)
    assert (ended.transfer, ended.outcome) == (transfer, Outcome.FAILED)
    assert server.client.transfers == ()


@pytest.mark.parametrize("error", ["NAK 3", "500 3", None])
def test_a_file_whose_offer_does_not_arrive_is_given_up(error: str | None) -> None:
    server = joined()
    transfer = server.client.sendFile(BOB, __file__)
    assert server.bytes().startswith(b"MSG 3 D ")
    if error:
        server.say(error)
    else:
        server.wait(31)
    (ended,) = server.heard(events.TransferEnded)
    assert (ended.transfer, ended.outcome) == (transfer, Outcome.FAILED)
