"""The server sides of recordings, said to our clients by servers that aren't ours.

Where the recorded client spoke, ours is asked to do the same. What it then says is
compared with what was recorded, the server's next words follow.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient
from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.contents import Text
from Kamaelia.Protocol.MSN.wire.message import Message

from ..wire import recordings
from .server import Server

ALICE, BOB, CAROL = (f"{name}@example.com" for name in ("alice", "bob", "carol"))
TICKETS = {
    ALICE: "3e565bc107345999fce8",
    BOB: "7c4b83b83d5a6187d5f3",
    CAROL: "7b3be6d0e59c7466687e",
}
CUTS = (0, 1, 7)


class Step(NamedTuple):
    """One command of a recording, with its payload."""

    ours: bool  # whether the client says it
    line: str
    payload: bytes

    @property
    def data(self) -> bytes:
        return self.line.encode() + b"\r\n" + self.payload


def steps(name: str, stream: int) -> list[Step]:
    """Return the commands of a connection in their order."""
    streams = {
        direction: b"".join(recordings.segments(name)[stream, direction])
        for direction in ("c2s", "s2c")
    }
    found = []
    for command in recordings.golden(name)["msn"]["commands"]:
        if command["stream"] != stream:
            continue
        direction = command["dir"]
        line, rest = streams[direction].split(b"\r\n", 1)
        size = command.get("payload_len") or 0
        found.append(Step(direction == "c2s", line.decode(), rest[:size]))
        streams[direction] = rest[size:]
    assert not any(streams.values())
    return found


async def recorded_ticket(handle: str, password: str, challenge: str) -> str:
    assert challenge == "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"
    return TICKETS[handle]


Act = Callable[[Server, Step], Any]
"""Asks the client for something; may return the bytes of what it said."""


def play(server: Server, recorded: list[Step], acts: dict[str, Act]) -> list[Any]:
    """Play a connection; return what the client told.

    `acts` has what to ask the client for: the beginning of the line that the recorded
    one said -> function. Each must be said as recorded.
    """
    told: list[Any] = []
    said = server.bytes()
    for step in recorded:
        if not step.ours:
            server.send(step.data)
            said += server.bytes()
            told += server.heard()
            continue
        for beginning, act in acts.items():
            if not said and step.line.startswith(beginning):
                did = act(server, step)
                said += did if isinstance(did, bytes) else server.bytes()
        assert said[: len(step.data)] == step.data
        said = said[len(step.data) :]
    assert said == b""
    return told + server.heard()


def of(told: list[Any], kind: type) -> list[Any]:
    return [event for event in told if type(event) is kind]


def say_as_recorded(server: Server, step: Step) -> None:
    """Have the client say a recorded message."""
    message = MSNMessage.fromWire(Message.from_bytes(step.payload))
    message.ack = step.line.split(" ")[2]
    server.client.sendMessage(message)


def session(handle: str, cut: int) -> Server:
    client = MSNNotificationClient(
        userHandle=handle,
        password="pw",
        passport=recorded_ticket,
        versions=(8,),
        status="NLN",
        client=ClientId(0),
    )
    return Server(client, cut=cut)


@pytest.fixture(params=CUTS)
def cut(request: pytest.FixtureRequest) -> int:
    """Return how the server's bytes are cut."""
    return int(request.param)


def test_a_session_that_changes_its_lists(cut: int) -> None:
    got: list[Any] = []

    def note(reply: Any) -> None:
        reply.addCallback(got.append)

    acts: dict[str, Act] = {
        "XFR": lambda s, _: note(s.client.requestSwitchboardServer()),
        "CHG 8": lambda s, _: note(s.client.changeStatus("BSY")),
        "ADD": lambda s, _: note(s.client.addContact("fl", CAROL)),
        "ADG": lambda s, _: note(s.client.addListGroup("Friends")),
        "REA": lambda s, _: note(s.client.changeScreenName("Alice Two")),
        "OUT": lambda s, _: s.client.logOut(),
    }
    server = session(ALICE, cut)
    told = play(server, steps("msnp8-twisted", 0), acts)
    assert got == [
        ("127.0.0.1", 1864, "1ba1f3632a6b66b406fe"),
        ("BSY",),
        (1, CAROL, 2, 0),
        (3, "Friends", 1),
        (4, "Alice Two"),
    ]
    assert of(told, events.SignedOn) == [events.SignedOn(ALICE, "Alice", True, 8)]
    assert len(of(told, events.ProfileReceived)) == 1
    seen = [(e.status, e.handle, e.name) for e in of(told, events.PresenceChanged)]
    assert seen == [("NLN", BOB, "Bob"), ("NLN", CAROL, "Carol")]
    contacts = server.client.contacts
    assert {h: c.lists for h, c in contacts.contacts.items()} == {BOB: 11, CAROL: 9}
    assert contacts.groups == {0: "Other Contacts", 1: "Friends"}
    assert contacts.version == 4
    assert server.client.screenName == "Alice Two"
    assert not of(told, events.BadLine) + of(told, events.UnknownCommand)
    assert not of(told, events.RequestRefused)
    assert server.ended


@pytest.mark.parametrize(
    ("stream", "handle", "seen", "called"),
    [
        (2, BOB, ["NLN", "NLN", "BSY"], "bec14a1594c36efdfcac"),
        (8, CAROL, ["BSY"], "71cec4b6ecbd27d28e0a"),
    ],
)
def test_a_session_that_is_called(
    stream: int, handle: str, seen: list[str], called: str, cut: int
) -> None:
    server = session(handle, cut)
    told = play(server, steps("msnp8-twisted", stream), {})
    assert [e.status for e in of(told, events.PresenceChanged)] == seen
    assert of(told, events.SwitchboardInvitation) == [
        events.SwitchboardInvitation(
            "10000001", "127.0.0.1", 1864, called, ALICE, "Alice"
        )
    ]
    assert {e.handle for e in of(told, events.ContactOffline)} == {ALICE}
    contact = server.client.contacts.getContact(ALICE)
    assert (contact.status, contact.groups) == ("FLN", [0])
    assert not of(told, events.BadLine) + of(told, events.UnknownCommand)


def board(handle: str, key: str, cut: int, **argd: Any) -> Server:
    return Server(MSNSwitchboardClient(userHandle=handle, key=key, **argd), cut=cut)


def test_a_conversation_of_three_with_a_file(cut: int) -> None:
    server = board(ALICE, "1ba1f3632a6b66b406fe", cut)
    acts: dict[str, Act] = {
        "CAL": lambda s, step: s.client.inviteUser(step.line.split(" ")[2]),
        "MSG": say_as_recorded,
    }
    told = play(server, steps("msnp8-twisted", 6), acts)
    assert [e.handle for e in of(told, events.Joined)] == [BOB, CAROL]
    said = of(told, events.MessageReceived)
    assert [e.handle for e in said if isinstance(e.content, Text)] == [BOB, CAROL]
    assert [e.handle for e in of(told, events.TypingSeen)] == [BOB]
    assert server.client.participants == {BOB: "Bob", CAROL: "Carol"}
    assert not of(told, events.BadLine) + of(told, events.UnknownCommand)


def test_a_file_is_offered_and_taken_as_recorded(cut: int) -> None:
    class Receiver(MSNSwitchboardClient):
        def gotSendRequest(
            self,
            fileName: str,  # noqa: N803
            fileSize: int,  # noqa: N803
            iCookie: int,  # noqa: N803
            message: MSNMessage,
        ) -> None:
            offers.append((fileName, fileSize))
            cookies.append(iCookie)

    offers: list[tuple[str, int]] = []
    cookies: list[int] = []
    answers: list[Any] = []
    client = Receiver(
        userHandle=BOB, key="bec14a1594c36efdfcac", reply=1, sessionID="10000001"
    )
    server = Server(client, cut=cut)
    recorded = steps("msnp8-twisted", 7)
    offer = next(step for step in recorded if b"Application-File:" in step.payload)
    fields = dict(
        line.split(": ", 1)
        for line in offer.payload.decode().split("\r\n")
        if ": " in line
    )

    def speak(server: Server, step: Step) -> bytes:
        say_as_recorded(server, step)
        said = server.bytes()
        if b"Invitation-Command: ACCEPT" in step.payload:
            client.fileInvitationReply(cookies[0]).addCallback(answers.append)
            server.bytes()  # the same in our own words
        return said

    told = play(server, recorded, {"MSG": speak})
    name, size = fields["Application-File"], int(fields["Application-FileSize"])
    assert offers == [(name, size)]
    accepted, host, port, auth, _ = answers[0]
    told_by_sender = next(s.payload for s in recorded if b"AuthCookie" in s.payload)
    assert accepted
    assert f"IP-Address: {host}\r\n".encode() in told_by_sender
    assert f"Port: {port}\r\n".encode() in told_by_sender
    assert f"AuthCookie: {auth}\r\n".encode() in told_by_sender
    assert of(told, events.ParticipantsListed) == [
        events.ParticipantsListed({ALICE: "Alice"})
    ]
    assert [e.handle for e in of(told, events.Joined)] == [CAROL]
    assert [e.handle for e in of(told, events.Left)] == [ALICE]
    assert client.participants == {CAROL: "Carol"}


def test_who_came_third_sees_both(cut: int) -> None:
    server = board(CAROL, "71cec4b6ecbd27d28e0a", cut, reply=1, sessionID="10000001")
    told = play(server, steps("msnp8-twisted", 11), {"MSG": say_as_recorded})
    assert of(told, events.ParticipantsListed) == [
        events.ParticipantsListed({ALICE: "Alice", BOB: "Bob"})
    ]
    assert [e.handle for e in of(told, events.Left)] == [ALICE, BOB]
    assert server.client.participants == {}


def test_a_conversation_of_official_clients(cut: int) -> None:
    brian, thomas = "tesla_brian@hotmail.com", "tesla_thomas@hotmail.com"
    key = "1835953129.20013021.2623242"
    server = board(brian, key, cut, currentID=92)
    acts: dict[str, Act] = {
        "CAL": lambda s, _: s.client.inviteUser(thomas),
        "MSG": say_as_recorded,
    }
    recorded = steps("msn-ppa1e", 0)
    told = play(server, recorded, acts)
    (joined,) = of(told, events.Joined)
    assert (joined.handle, joined.name) == (thomas, "Thomas")
    assert joined.client == ClientId.parse("1616756780")
    said = [e.content for e in of(told, events.MessageReceived)]
    assert len(said) == 3
    assert all(isinstance(content, Text) for content in said)
    texts = [s.payload for s in recorded if not s.ours and b"text/plain" in s.payload]
    assert [content.to_message().to_bytes() for content in said] == texts
    assert len(of(told, events.TypingSeen)) == 5
    assert not of(told, events.BadLine) + of(told, events.UnknownCommand)
