"""Offering files in a conversation, by invitation and over P2P; broken invitations."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    NotDelivered,
    RequestFailed,
    RequestTimedOut,
)
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient
from Kamaelia.Protocol.MSN.wire.invitation import (
    CONTENT_TYPE,
    FILE_TRANSFER,
    Accept,
    Cancel,
    Invite,
    parse_invitation,
)
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.msnobject import TYPE_DISPLAY_PICTURE, MSNObject
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.wire.errors import LocalProtocolError

from .server import ALICE, BOB, CAROL, Server, conversation, joined


def receives(server: Server, body: bytes, handle: str = BOB) -> None:
    """Have an invitation come in."""
    server.message(handle, "Bob", Message.of_type(CONTENT_TYPE, body).to_bytes())


def invitations(server: Server) -> list[Any]:
    """Return the invitations that the client has sent since."""
    data, found = server.bytes(), []
    while data:
        line, _, rest = data.partition(b"\r\n")
        size = int(line.split()[-1])
        found.append(parse_invitation(Message.from_bytes(rest[:size]).body))
        data = rest[size:]
    return found


class Listener(MSNSwitchboardClient):
    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.calls: list[Any] = []

    def gotSendRequest(
        self, name: str, size: int, cookie: int, message: MSNMessage
    ) -> None:
        self.calls.append(("send", name, size, cookie, message.userHandle))

    def gotInvalidInvitation(self, message: MSNMessage, reason: str) -> None:
        self.calls.append(("invalid", message.userHandle, reason))

    def gotMessage(self, message: MSNMessage) -> None:
        self.calls.append(("message", message.userHandle))

    def fileAccepted(self, *args: Any) -> None:
        self.calls.append(("accepted", *args[:2]))

    def fileCancelled(self, *args: Any) -> None:
        self.calls.append(("cancelled", *args))


@pytest.fixture
def server() -> Server:
    made = Server(Listener(userHandle=ALICE, key="c1"))
    made.say(f"USR 1 OK {ALICE} Alice", f"JOI {BOB} Bob")
    made.bytes()
    made.heard()
    return made


@pytest.mark.parametrize("guid", [FILE_TRANSFER, FILE_TRANSFER.lower(), ""])
def test_an_offer_reaches_its_hook_whatever_its_language(
    server: Server, guid: str
) -> None:
    offer = Invite(40312, guid, "Transferencia de archivo", "notes.txt", 10)
    receives(server, offer.to_bytes())
    receives(server, offer.to_bytes())
    assert server.client.calls == [("send", "notes.txt", 10, 40312, BOB)]
    assert server.heard() == [
        events.FileOffered(BOB, "notes.txt", 10, 40312, b"", False)
    ]


def test_an_offer_is_accepted_and_the_address_comes(server: Server) -> None:
    receives(server, Invite(40312, file_name="n", file_size=10).to_bytes())
    reply = server.client.fileInvitationReply(40312)
    assert invitations(server) == [Accept(40312)]
    answer = Accept(40312, "192.0.2.10", "192.168.0.5", 6891, auth_cookie=51877)
    receives(server, answer.to_bytes())
    accept, ip, port, auth, info = reply.result
    assert (accept, ip, port, auth) == (1, "192.168.0.5", 6891, 51877)
    assert info["IP-Address"] == "192.0.2.10"


def test_an_offer_is_declined(server: Server) -> None:
    receives(server, Invite(40312, file_name="n", file_size=10).to_bytes())
    reply = server.client.fileInvitationReply(40312, 0)
    assert invitations(server) == [Cancel(40312, "REJECT")]
    assert reply.result[:2] == (0, None)
    with pytest.raises(LocalProtocolError):
        server.client.fileInvitationReply(40312)


def test_a_sender_that_withdraws_ends_it(server: Server) -> None:
    receives(server, Invite(40312, file_name="n", file_size=10).to_bytes())
    reply = server.client.fileInvitationReply(40312)
    receives(server, Cancel(40312, "FAIL").to_bytes())
    assert reply.result[:4] == (0, None, None, None)
    assert server.heard(events.FileOfferEnded) == [
        events.FileOfferEnded(BOB, 40312, "FAIL")
    ]
    assert server.client.calls[-1] == ("cancelled", BOB, 40312, "FAIL")


def test_a_sender_that_never_tells_its_address_is_given_up(server: Server) -> None:
    receives(server, Invite(40312, file_name="n", file_size=10).to_bytes())
    reply = server.client.fileInvitationReply(40312)
    invitations(server)
    server.wait(31)
    assert isinstance(reply.error, RequestTimedOut)
    assert invitations(server) == [Cancel(40312, "TIMEOUT")]


def test_a_receiver_may_listen_itself(server: Server) -> None:
    receives(server, Invite(7, file_name="n", file_size=1, reachable=False).to_bytes())
    assert not server.client.isReachable(7)
    reply = server.client.fileInvitationReply(7, 1, BOB, ("10.0.0.1", 6891, 99))
    assert reply.result == (1, "10.0.0.1", 6891, 99, {})
    (sent,) = invitations(server)
    assert sent.sender_connect
    assert sent.addresses() == [("10.0.0.1", 6891)]
    assert sent.auth_cookie == 99


def test_a_file_is_offered_accepted_and_served(server: Server) -> None:
    reply = server.client.sendFileInvitation("notes.txt", 10)
    (offer,) = invitations(server)
    assert (offer.file_name, offer.file_size) == ("notes.txt", 10)
    assert 0 <= offer.cookie < 1 << 32
    server.say("ACK 2")
    receives(server, Accept(offer.cookie).to_bytes())
    accept, cookie, info = reply.result
    assert (accept, cookie) == (1, offer.cookie)
    assert info["Launch-Application"] == "FALSE"
    server.client.sendTransferInfo(1, cookie, 51877, "192.0.2.10", 6891)
    (sent,) = invitations(server)
    assert sent.auth_cookie == 51877
    assert sent.addresses() == [("192.0.2.10", 6891)]
    server.client.sendTransferInfo(0, cookie, 0, "", 0)
    assert isinstance(invitations(server)[0], Cancel)


@pytest.mark.parametrize("code", ["REJECT", "REJECT_NOT_INSTALLED", "TIMEOUT"])
def test_a_file_that_is_declined(server: Server, code: str) -> None:
    reply = server.client.sendFileInvitation("notes.txt", 10)
    (offer,) = invitations(server)
    receives(server, Cancel(offer.cookie, code).to_bytes())
    assert reply.result[:2] == (0, offer.cookie)
    assert reply.result[2]["Cancel-Code"] == code
    assert server.client._timers.keys() == {2}


def test_a_file_that_nobody_answers_is_withdrawn(server: Server) -> None:
    reply = server.client.sendFileInvitation("notes.txt", 10)
    (offer,) = invitations(server)
    server.say("ACK 2")
    server.wait(121)
    assert isinstance(reply.error, RequestTimedOut)
    assert invitations(server) == [Cancel(offer.cookie, "TIMEOUT")]


def test_a_file_offered_to_nobody(server: Server) -> None:
    reply = server.client.sendFileInvitation("notes.txt", 10)
    server.say("NAK 2")
    assert isinstance(reply.error, NotDelivered)


def test_several_may_accept(server: Server) -> None:
    server.say(f"JOI {CAROL} Carol")
    server.client.sendFileInvitation("notes.txt", 10)
    (offer,) = invitations(server)
    receives(server, Accept(offer.cookie).to_bytes())
    receives(server, Accept(offer.cookie).to_bytes(), CAROL)
    told = server.heard(events.FileAccepted)
    assert [event.handle for event in told] == [BOB, CAROL]


def test_equal_cookies_of_two_users_are_two_offers(server: Server) -> None:
    server.say(f"JOI {CAROL} Carol")
    for handle in (BOB, CAROL):
        offer = Invite(5, file_name=f"of {handle}", file_size=1)
        receives(server, offer.to_bytes(), handle)
    assert len(server.heard(events.FileOffered)) == 2
    server.client.fileInvitationReply(5, 0, CAROL)
    assert list(server.client._book.incoming) == [(BOB, 5)]


@pytest.mark.parametrize("what", ["address", "cancel", "leave"])
def test_who_chooses_the_same_cookie_does_not_get_into_anothers_offer(
    server: Server, what: str
) -> None:
    server.say(f"JOI {CAROL} Carol")
    for handle in (BOB, CAROL):
        receives(server, Invite(5, file_name="n", file_size=1).to_bytes(), handle)
    reply = server.client.fileInvitationReply(5, 1, BOB)
    if what == "address":
        mine = Accept(5, "192.0.2.66", "192.0.2.66", 6891, auth_cookie=1)
        receives(server, mine.to_bytes(), CAROL)
    elif what == "cancel":
        receives(server, Cancel(5).to_bytes(), CAROL)
    else:
        server.say(f"BYE {CAROL}")
    assert not reply.done
    right = Accept(5, "192.0.2.10", "192.0.2.10", 6891, auth_cookie=2)
    receives(server, right.to_bytes())
    assert reply.result[:4] == (1, "192.0.2.10", 6891, 2)


def test_a_file_is_taken_once(server: Server) -> None:
    receives(server, Invite(5, file_name="n", file_size=1).to_bytes())
    reply = server.client.fileInvitationReply(5)
    with pytest.raises(LocalProtocolError, match="already"):
        server.client.fileInvitationReply(5)
    server.client.fileInvitationReply(5, 0)
    assert reply.result[0] == 0
    assert ("accept", 5) not in server.client._timers


def test_an_offer_goes_with_who_made_it(server: Server) -> None:
    receives(server, Invite(5, file_name="n", file_size=1).to_bytes())
    reply = server.client.fileInvitationReply(5)
    server.say(f"BYE {BOB}")
    assert reply.result[0] == 0
    assert server.client._book.incoming == {}


HEAD = b"Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"


@pytest.mark.parametrize(
    ("body", "answered"),
    [
        (b"", False),
        (b"Invitation-Command: INVITE\r\n\r\n", False),
        (HEAD + b"Invitation-Cookie: 5\r\n\r\n", False),
        (HEAD + b"Invitation-Command: INVITE\r\nInvitation-Cookie: x\r\n", False),
        (HEAD + b"Invitation-Command: DANCE\r\nInvitation-Cookie: 5\r\n", False),
        (
            HEAD + b"Invitation-Command: INVITE\r\nInvitation-Cookie: 5\r\n"
            b"Application-File: a\r\nApplication-FileSize: -1\r\n\r\n",
            True,
        ),
        (
            HEAD + b"Invitation-Command: INVITE\r\nInvitation-Cookie: 5\r\n\r\n",
            True,
        ),
        (b"Invitation-Command: ACCEPT\r\nInvitation-Cookie: 5\r\nPort: x\r\n", False),
        (b"\xff\xfe\x00" * 100, False),
    ],
)
def test_a_broken_invitation_reaches_the_hooks(
    server: Server, body: bytes, answered: bool
) -> None:
    receives(server, body)
    kinds = [call[0] for call in server.client.calls]
    assert kinds == ["invalid", "message"]
    (told,) = server.heard(events.InvitationInvalid)
    assert told.answered is answered
    sent = invitations(server)
    assert sent == ([Cancel(5, "REJECT_NOT_INSTALLED")] if answered else [])


def test_an_unknown_application_is_refused_and_told(server: Server) -> None:
    guid = "{02D3C01F-BF30-4825-A83A-DE7AF41648AA}"
    receives(server, Invite(5, guid, "Voice").to_bytes())
    assert invitations(server) == [Cancel(5, "REJECT_NOT_INSTALLED")]
    assert server.client.calls == [("message", BOB)]


def test_answers_to_no_invitation_change_nothing_but_are_not_swallowed(
    server: Server,
) -> None:
    receives(server, Accept(99).to_bytes())
    receives(server, Cancel(99).to_bytes())
    assert server.client.calls == [("message", BOB)] * 2
    kinds = [type(event) for event in server.heard()]
    assert kinds == [events.MessageReceived] * 2
    assert invitations(server) == []


# P2P: two clients that hear each other.


class Couple:
    """Two clients in one conversation; the server is this class."""

    def __init__(self) -> None:
        self.ends = {ALICE: conversation(), BOB: conversation(userHandle=BOB)}
        for handle, server in self.ends.items():
            server.say(f"JOI {BOB if handle == ALICE else ALICE} x")
        self.alice = self.ends[ALICE].client
        self.bob = self.ends[BOB].client
        self.lost = 0

    def carry(self, turns: int = 100_000) -> bool:
        """Carry messages to and fro; return whether all is quiet."""
        for _ in range(turns):
            quiet = True
            for handle, server in self.ends.items():
                other = self.ends[BOB if handle == ALICE else ALICE]
                data = server.bytes()
                while data:
                    quiet = False
                    line, _, rest = data.partition(b"\r\n")
                    _, trid, kind, size = line.split()
                    if self.lost:
                        self.lost -= 1
                        server.say(f"NAK {trid.decode()}")
                    else:
                        other.message(handle, "x", rest[: int(size)])
                        if kind == b"D":
                            server.say(f"ACK {trid.decode()}")
                    data = rest[int(size) :]
            if quiet:
                return True
        return False

    def heard(self, handle: str, kind: type) -> list[Any]:
        return self.ends[handle].heard(kind)


@pytest.fixture
def couple() -> Iterator[Couple]:
    made = Couple()
    yield made
    for server in made.ends.values():
        server.probe.close()


@pytest.mark.parametrize("size", [0, 1, 1202, 1203, 2045, 2046, 60_000])
@pytest.mark.parametrize("way", [ALICE, BOB])
def test_a_file_arrives_over_p2p(
    couple: Couple, tmp_path: Path, size: int, way: str
) -> None:
    sender = couple.ends[way].client
    other = BOB if way == ALICE else ALICE
    source = tmp_path / "notes.txt"
    source.write_bytes(os.urandom(size))
    folder = tmp_path / "in"
    folder.mkdir()
    transfer = sender.sendFile(other, source)
    couple.carry()
    (offer,) = couple.heard(other, events.FileOffered)
    assert (offer.name, offer.size, offer.p2p) == ("notes.txt", size, True)
    couple.ends[other].client.acceptFile(offer.transfer, folder)
    couple.carry()
    (ended,) = couple.heard(other, events.TransferEnded)
    assert ended.outcome is Outcome.COMPLETED
    assert Path(ended.path).read_bytes() == source.read_bytes()
    (sent,) = couple.heard(way, events.TransferEnded)
    assert (sent.transfer, sent.outcome) == (transfer, Outcome.COMPLETED)
    assert couple.alice.transfers == couple.bob.transfers == ()
    assert couple.alice._timers == couple.bob._timers == {}


@pytest.mark.parametrize("who", [ALICE, BOB])
@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 9])
def test_a_transfer_over_p2p_is_cancelled_by_either_at_any_point(
    couple: Couple, tmp_path: Path, who: str, turns: int
) -> None:
    source = tmp_path / "notes.txt"
    source.write_bytes(bytes(100_000))
    folder = tmp_path / "in"
    folder.mkdir()
    couple.alice.sendFile(BOB, source)
    couple.carry()
    transfer = couple.heard(BOB, events.FileOffered)[0].transfer
    if turns:
        couple.bob.acceptFile(transfer, folder)
    couple.carry(turns)
    couple.ends[who].client.cancelFile(transfer)
    couple.carry()
    for handle in (ALICE, BOB):
        (ended,) = couple.heard(handle, events.TransferEnded)
        assert ended.outcome is not Outcome.COMPLETED
    assert list(folder.iterdir()) == []
    assert couple.alice.transfers == couple.bob.transfers == ()


def test_a_name_with_a_path_stays_in_the_folder(couple: Couple, tmp_path: Path) -> None:
    source = tmp_path / "..\\..\\evil.txt"
    source.write_bytes(b"x")
    folder = tmp_path / "in"
    folder.mkdir()
    couple.alice.sendFile(BOB, source)
    couple.carry()
    couple.bob.acceptFile(couple.bob.transfers[0], folder)
    couple.carry()
    assert [path.name for path in folder.iterdir()] == ["evil.txt"]


def test_packets_that_are_refused_are_sent_again(
    couple: Couple, tmp_path: Path
) -> None:
    source = tmp_path / "notes.txt"
    source.write_bytes(os.urandom(20_000))
    couple.alice.sendFile(BOB, source)
    couple.carry()
    couple.bob.acceptFile(couple.bob.transfers[0], tmp_path)
    couple.carry(2)
    couple.lost = 2
    couple.carry()
    (ended,) = couple.heard(BOB, events.TransferEnded)
    assert Path(ended.path).read_bytes() == source.read_bytes()


def test_somebody_who_leaves_ends_the_transfer(couple: Couple, tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_bytes(bytes(100_000))
    folder = tmp_path / "in"
    folder.mkdir()
    couple.alice.sendFile(BOB, source)
    couple.carry()
    couple.bob.acceptFile(couple.bob.transfers[0], folder)
    couple.carry(3)
    couple.ends[BOB].say(f"BYE {ALICE}")
    couple.ends[ALICE].probe.deliver(None, "lost")
    assert couple.heard(BOB, events.TransferEnded)[0].outcome is Outcome.FAILED
    assert couple.heard(ALICE, events.TransferEnded)[0].outcome is Outcome.FAILED
    assert list(folder.iterdir()) == []


def test_a_transfer_without_progress_is_given_up(
    couple: Couple, tmp_path: Path
) -> None:
    source = tmp_path / "notes.txt"
    source.write_bytes(bytes(10))
    couple.alice.sendFile(BOB, source)
    couple.carry()
    couple.ends[BOB].wait(301)
    assert couple.heard(BOB, events.TransferEnded)[0].outcome is Outcome.FAILED


def test_what_is_not_offered_cannot_be_accepted(couple: Couple, tmp_path: Path) -> None:
    with pytest.raises(LocalProtocolError):
        couple.bob.acceptFile(77, tmp_path)
    couple.bob.cancelFile(77)
    with pytest.raises(OSError, match="none"):
        couple.bob.sendFile(ALICE, tmp_path / "none")


def test_a_picture_is_fetched_and_checked(couple: Couple) -> None:
    data = os.urandom(5000)
    picture = MSNObject.for_data(ALICE, TYPE_DISPLAY_PICTURE, data)
    couple.alice.objects = {picture.sha1d: data}
    reply = couple.bob.requestPicture(ALICE, picture.to_text())
    couple.carry()
    assert reply.result == data
    assert couple.heard(BOB, events.PictureReceived)[0].sha1d == picture.sha1d
    missing = couple.bob.requestPicture(
        ALICE, MSNObject.for_data(ALICE, TYPE_DISPLAY_PICTURE, b"other")
    )
    couple.carry()
    assert isinstance(missing.error, RequestFailed)


@pytest.mark.parametrize("picture", ["no XML", "", 5])
def test_what_is_no_picture_is_refused_on_talk(couple: Couple, picture: Any) -> None:
    probe = couple.ends[BOB].probe
    probe.deliver(("requestPicture", ALICE, picture), "talk")
    assert len(couple.heard(BOB, events.RequestRefused)) == 1
    assert not couple.ends[BOB].ended


def test_packets_for_others_are_passed_over(couple: Couple) -> None:
    wire = Message.of_type(
        "application/x-msnmsgrp2p", bytes(52), (("P2P-Dest", CAROL),)
    )
    couple.ends[BOB].message(ALICE, "x", wire.to_bytes())
    assert couple.bob._peers == {}


@pytest.mark.parametrize("body", [b"", b"short", b"\xff" * 52])
def test_broken_packets_are_passed_over(couple: Couple, body: bytes) -> None:
    wire = Message.of_type("application/x-msnmsgrp2p", body, (("P2P-Dest", BOB),))
    couple.ends[BOB].message(ALICE, "x", wire.to_bytes())
    assert not couple.ends[BOB].ended


def test_the_end_of_the_connection_fails_offers() -> None:
    server = joined()
    reply = server.client.sendFileInvitation("a", 1)
    server.say("OUT")
    assert isinstance(reply.error, ConnectionGone)
