"""The part of MSNHarness that sends and receives files and display pictures.

Buddies whose client knows MSNObjects get files over P2P, others over MSNFTP.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from Axon.Ipc import producerFinished
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN import harness_events as told
from Kamaelia.Protocol.MSN.FileTransfer import PORTS, MSNFileReceive, MSNFileSend
from Kamaelia.Protocol.MSN.HarnessRooms import HarnessRooms, Room
from Kamaelia.Protocol.MSN.Replies import Reply, RequestFailed
from Kamaelia.Protocol.MSN.wire.invitation import (
    FTTIMEOUT,
    OUTBANDCANCEL,
    REJECT,
    REJECT_NOT_INSTALLED,
    TIMEOUT,
    Accept,
)
from Kamaelia.Protocol.MSN.wire.msnobject import TYPE_DISPLAY_PICTURE, MSNObject
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = ["HarnessFiles"]

_MAX_OFFERS: Final = 100
_DECLINED: Final = frozenset({REJECT, REJECT_NOT_INSTALLED})
_REASONS: Final = {
    REJECT: "the peer declined",
    REJECT_NOT_INSTALLED: "the peer's client takes no files",
    TIMEOUT: "the peer has waited for too long",
    FTTIMEOUT: "the peer has waited for too long",
    "LEFT": "the peer has left the conversation",
}


@dataclass(slots=True)
class _File:
    """One transfer.

    Attributes:
        room: the conversation it was agreed in.
        buddy: the other side.
        name: the file's.
        size: bytes.
        p2p: what carries it.
        source: the file that we send; None: we receive.
        worker: the component that carries it by MSNFTP, once it does.
        reachable: whether the sender can be connected to.
        ended: how the other side has ended it, while the worker is still to stop.
    """

    room: Room
    buddy: str
    name: str
    size: int
    p2p: bool
    source: Path | None = None
    worker: Any = None
    reachable: bool = True
    ended: tuple[Outcome, str] | None = None


class HarnessFiles(HarnessRooms):
    """Files: see MSNHarness.

    Attributes:
        address: our address, for others to connect to; "" to find out.
        ports: where to listen for transfers.
        listenAt: the address to listen at; "" for any.
    """

    address: str = ""
    ports: Iterable[int] = PORTS
    listenAt: str = ""  # noqa: N815

    def __init__(self, *args: Any, **argd: Any) -> None:
        super().__init__(*args, **argd)
        self._files: dict[int, _File] = {}
        self._seenAs = ""

    # Files of ours.

    def sendFile(self, buddy: str, path: str | Path) -> None:
        """Offer a file to a buddy.

        Raises:
            FileNotFoundError: the path names no file.
        """
        source = Path(path)
        if not source.is_file():
            raise FileNotFoundError(f"there is no file {path}")

        def offer(room: Room) -> None:
            try:
                self._offer(room, buddy, source)
            except (OSError, ProtocolError) as error:  # expected: no defect to log
                failed(error)

        def failed(error: Any) -> None:
            text = f"cannot send {source.name}: {error}"
            self._say(told.Failure.of(text, getattr(error, "code", None), "send file"))

        self._within(buddy).addCallback(offer).addErrback(failed)

    def _offer(self, room: Room, buddy: str, source: Path) -> None:
        """Offer a file in a conversation, by what the buddy's client knows."""
        client = room.clientOf(buddy)
        if client is None or client.version == 0:
            self._offerByInvitation(room, buddy, source)
            return
        transfer = room.sendFile(buddy, source)
        size = source.stat().st_size
        entry = _File(room, buddy, source.name, size, True, source)
        self._offering(transfer, entry)

    def _offerByInvitation(self, room: Room, buddy: str, source: Path) -> None:
        """Offer a file to somebody who only knows MSNFTP."""
        size = source.stat().st_size
        reply = room.sendFileInvitation(source.name, size)
        cookie = next(reversed(room.cookies["iCookies"]))
        entry = _File(room, buddy, source.name, size, False, source)
        self._offering(cookie, entry)
        reply.addErrback(self._notTaken, cookie)

    def _offering(self, transfer: int, entry: _File) -> None:
        """Keep an offer of ours, and tell its number."""
        self._files[transfer] = entry
        about = (entry.buddy, entry.name, entry.size, transfer)
        self._say(told.OfferingFile("offering file", *about))

    def _notTaken(self, error: RequestFailed, cookie: int) -> None:
        self._over(cookie, Outcome.REFUSED, error.meaning)

    def _taken(self, event: events.FileAccepted) -> None:
        """Somebody takes our file: wait for them, or connect to where they listen."""
        entry = self._files.get(event.transfer)
        if entry is None or entry.source is None or entry.worker is not None:
            return
        accept: Accept = event.accept
        where: dict[str, Any] = {"listen": (self.listenAt, self.ports)}
        if accept.sender_connect and accept.has_address:
            where = {
                "addresses": accept.addresses(),
                "auth": accept.auth_cookie or 0,
            }
        try:
            worker = MSNFileSend(
                entry.source, event.handle, transfer=event.transfer, **where
            )
        except OSError as error:
            entry.room.cancelInvitation(event.transfer)
            self._over(event.transfer, Outcome.FAILED, str(error))
            return
        self._start(entry, worker)

    def _start(self, entry: _File, worker: Any) -> None:
        """Let a component carry a file."""
        entry.worker = worker
        self.link((worker, "heard"), (self, "_transfers"))
        self.addChildren(worker)
        worker.activate(self.scheduler)

    # Files of others.

    def acceptFile(self, transfer: int, folder: str | Path) -> None:
        """Take a file that was offered.

        Args:
            transfer: from ("file offered", ...).
            folder: where it goes.
        """
        entry = self._files.get(transfer)
        if entry is None or entry.source is not None:
            text = f"no file is offered as {transfer}"
            self._say(told.Failure.of(text, None, "accept file"))
            return
        try:
            if entry.p2p:
                entry.room.acceptFile(transfer, folder)
            elif entry.reachable:
                entry.room.fileInvitationReply(transfer).addCallbacks(
                    lambda where: self._fetch(transfer, entry, where, folder),
                    lambda error: self._notTaken(error, transfer),
                )
            else:
                self._await(transfer, entry, folder)
        except (OSError, ProtocolError) as error:
            self._say(told.Failure.of(str(error), None, "accept file"))

    def _fetch(self, transfer: int, entry: _File, where: Any, folder: Any) -> None:
        """Fetch a file from the address that the sender has told."""
        accept, host, port, auth, info = where
        if not accept:
            return  # the cancellation was told as such
        more = [(info.get("IP-Address", host), port)]
        addresses = list(dict.fromkeys([(host, port), *more]))
        self._receive(transfer, entry, folder, auth, addresses=addresses)

    def _await(self, transfer: int, entry: _File, folder: Any) -> None:
        """Have a sender connect to us that we cannot connect to."""
        where = (self.listenAt, self.ports)
        self._receive(transfer, entry, folder, transfer, listen=where)

    def _receive(
        self, transfer: int, entry: _File, folder: Any, auth: int, **where: Any
    ) -> None:
        me = self._settings["userHandle"]
        worker = MSNFileReceive(
            auth,
            me,
            entry.name,
            folder,
            numbered=True,
            fileSize=entry.size,
            transfer=transfer,
            **where,
        )
        self._start(entry, worker)

    def cancelFile(self, transfer: int) -> None:
        """Decline a file that is offered, or end a transfer; nothing when over."""
        entry = self._files.get(transfer)
        if entry is None:
            return
        if entry.p2p:
            entry.room.cancelFile(transfer)
            return
        if entry.worker is not None:
            entry.worker._deliver(producerFinished(self), "control")
            return
        entry.room.cancelInvitation(transfer)
        self._over(transfer, Outcome.CANCELLED_BY_US, "cancelled")

    # What happens.

    def _fileEvent(self, room: Room, event: Any) -> None:
        """Act on what a conversation tells of files."""
        match event:
            case events.FileOffered():
                self._offered(room, event)
            case events.FileAccepted(_, transfer):
                if self._isOf(room, transfer):
                    self._taken(event)
            case events.FileOfferEnded(_, transfer, reason):
                if self._isOf(room, transfer):
                    self._offerEnded(transfer, reason)
            case events.TransferProgress(transfer) | events.TransferEnded(transfer):
                if self._isOf(room, transfer):
                    self._transferEvent(event)

    def _isOf(self, room: Room, transfer: int) -> bool:
        """Return whether a transfer belongs to a conversation.

        Who offers a file chooses the number: those of two conversations may be equal.
        """
        entry = self._files.get(transfer)
        return entry is not None and entry.room is room

    def _transferEvent(self, event: Any) -> None:
        """Act on what a transfer tells."""
        match event:
            case events.FileListening(transfer, _, port):
                self._listens(transfer, port)
            case events.TransferProgress(transfer, done, total):
                progress = told.FileProgress("file progress", transfer, done, total)
                self._say(progress)
            case events.TransferEnded(transfer, outcome, reason, path):
                entry = self._files.get(transfer)
                if entry is not None and outcome is not Outcome.COMPLETED:
                    if entry.ended is not None:
                        outcome, reason = entry.ended
                    elif not entry.p2p:
                        self._withdraw(entry, transfer)
                self._over(transfer, outcome, reason, path)

    def _withdraw(self, entry: _File, transfer: int) -> None:
        """Tell the other side that a transfer has come to nothing."""
        if entry.room._end is None and entry.room.participants:
            entry.room.cancelInvitation(transfer, OUTBANDCANCEL)

    def _offered(self, room: Room, offer: events.FileOffered) -> None:
        if len(self._files) >= _MAX_OFFERS:
            self._say(told.Failure.of(f"{offer.handle} offers too many files"))
            return
        handle, name, size, transfer, preview, p2p = offer
        if transfer in self._files:
            self._refuse(room, offer)
            return
        entry = _File(room, handle, name, size, p2p)
        entry.reachable = p2p or room.isReachable(transfer)
        self._files[transfer] = entry
        event = told.FileOffered("file offered", handle, name, size, transfer)
        event.preview = preview
        self._say(event)

    def _refuse(self, room: Room, offer: events.FileOffered) -> None:
        """Decline a file whose number another transfer has."""
        text = f"{offer.handle} offers a file as {offer.transfer}, which is taken"
        self._say(told.Failure.of(text))
        if offer.p2p:
            room.cancelFile(offer.transfer)
        else:
            room.fileInvitationReply(offer.transfer, 0, offer.handle)

    def _offerEnded(self, transfer: int, reason: str) -> None:
        """The other side has cancelled."""
        entry = self._files.get(transfer)
        if entry is None or (reason == "LEFT" and entry.worker is not None):
            return  # who leaves the conversation may go on with the file
        declined = entry.source is not None and reason in _DECLINED
        outcome = Outcome.REFUSED if declined else Outcome.CANCELLED_BY_PEER
        reason = _REASONS.get(reason, "the peer ended the transfer")
        if entry.worker is not None:
            entry.ended = (Outcome.CANCELLED_BY_PEER, reason)
            entry.worker._deliver(producerFinished(self), "control")
        else:
            self._over(transfer, outcome, reason)

    def _listens(self, transfer: int, port: int) -> None:
        """Tell the other side where we listen."""
        entry = self._files.get(transfer)
        if entry is None:
            return
        address = self._ourAddress(entry.room)
        if entry.source is None:
            entry.room.fileInvitationReply(
                transfer, 1, entry.buddy, (address, port, transfer)
            )
        else:
            auth = entry.worker.auth
            entry.room.sendTransferInfo(1, transfer, auth, address, port)

    def _ourAddress(self, room: Room) -> str:
        """Return the address at which others may reach us."""
        if self.address:
            return self.address
        line = self._connections.get(room)
        sock = line.components["transport"].sock if line is not None else None
        own = sock.getsockname()[0] if sock is not None else "127.0.0.1"
        return self._seenAs if self._seenAs and not own.startswith("127.") else own

    def _over(
        self, transfer: int, outcome: Outcome, reason: str, path: str = ""
    ) -> None:
        entry = self._files.pop(transfer, None)
        if entry is None:
            return
        if entry.worker is not None:
            self.removeChild(entry.worker)
        self._say(told.FileEnded.of(transfer, path, reason, outcome))

    def _closeAll(self) -> None:
        """End every transfer, then sign off."""
        for entry in list(self._files.values()):
            if entry.worker is not None:
                entry.worker._deliver(producerFinished(self), "control")
        super()._closeAll()

    # Pictures.

    def setPicture(self, data: bytes) -> Reply | None:
        """Have a display picture; nothing: none. Return the Reply of the server."""
        me = self._settings["userHandle"]
        self.picture = (
            MSNObject.for_data(me, TYPE_DISPLAY_PICTURE, data) if data else None
        )
        if self.picture is not None:
            self.objects[self.picture.sha1d] = data
        if self._session is None:
            return None
        self._session.picture = self.picture
        return self._session.changeStatus(self.status)

    def fetchPicture(self, buddy: str) -> None:
        """Fetch a buddy's display picture."""
        contact = self.contacts.getContact(buddy)
        xml = contact.picture if contact else None

        def failed(error: Any) -> None:
            self._say(
                told.Failure.of(f"no picture of {buddy}: {error}", None, "picture")
            )

        if xml is None:
            failed("there is none")
            return
        self._within(buddy).addCallback(
            lambda room: room.requestPicture(buddy, xml)
        ).addCallback(
            lambda data: self._say(told.Picture("picture", buddy, data))
        ).addErrback(failed)


__kamaelia_components__ = ()
