"""Files and display pictures over P2P, through the switchboard.

For MSNSwitchboardClient. What is said is wire.p2p_peer's; here it becomes messages that
the server acknowledges, files on disk, and events. At most `window` packets wait for
their acknowledgement, so that nobody is flooded.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.received_file import ReceivedFile
from Kamaelia.Protocol.MSN.Replies import Reply, RequestFailed
from Kamaelia.Protocol.MSN.wire.limits import MAX_PARTICIPANTS
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.p2p import CONTENT_TYPE, P2PPacket, is_destination
from Kamaelia.Protocol.MSN.wire.p2p_actions import (
    Accepted,
    Action,
    DataReceived,
    Ended,
    FileOffered,
    Ignored,
    InkReceived,
    ObjectReceived,
    Progress,
    SendPacket,
)
from Kamaelia.Protocol.MSN.wire.p2p_ink import GIF
from Kamaelia.Protocol.MSN.wire.p2p_link import file_source
from Kamaelia.Protocol.MSN.wire.p2p_peer import P2PPeer
from Kamaelia.Protocol.MSN.wire.switchboard import ACK_DATA
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["PeerTransfer"]

logger = logging.getLogger(__name__)

_STEP = 64 * 1024  # bytes between two reports of progress
_RETRIES = 5  # packets of one transfer that may be sent again
_MAX_UNANSWERED = 1000  # requests of one conversation beside which packets go out


@dataclass(slots=True)
class _Transfer:
    """What belongs to one session.

    Attributes:
        handle: the other side.
        source: the file that is sent.
        sink: the file that is received.
        name: of a file that is offered.
        reply: who waits for a picture.
        told: bytes at the last report.
        retries: packets sent again.
    """

    handle: str
    source: BinaryIO | None = None
    sink: ReceivedFile | None = None
    name: str = ""
    reply: Reply | None = None
    told: int = 0
    retries: int = 0


class PeerTransfer(MSNEventBase):
    """P2P sessions of one conversation.

    Attributes:
        objects: data of our pictures and emoticons by SHA1D.
        window: packets that may wait for their acknowledgement.
        stallsAfter: seconds without progress after which a transfer is given up.
        maxPeers: users of the conversation with whom P2P goes on at the same time.
            Who has no transfer makes room for others; where all have one, more packets
            are passed over (`BadLine` tells) and requests raise.
    """

    objects: Mapping[str, bytes] = {}
    window: int = 8
    stallsAfter: float = 300.0  # noqa: N815
    maxPeers: int = MAX_PARTICIPANTS  # noqa: N815

    def __init__(self, currentID: int = 0, **argd: Any) -> None:  # noqa: N803
        self._peers: dict[str, P2PPeer] = {}
        self._flying: dict[str, int] = {}
        self._transfers: dict[int, _Transfer] = {}
        super().__init__(currentID, **argd)

    if TYPE_CHECKING:
        participants: dict[str, str]

        def _post(self, wire: Message, ack: str) -> Reply | None: ...
        def _sendPart(self, payload: bytes, ack: str) -> Reply | None: ...

    @property
    def transfers(self) -> tuple[int, ...]:
        """The numbers of the P2P transfers that go on."""
        return tuple(self._transfers)

    # Requests.

    def sendFile(
        self,
        userHandle: str,  # noqa: N803
        path: str | Path,
        preview: bytes = b"",
    ) -> int:
        """Offer a file over P2P; TransferProgress and TransferEnded tell the rest.

        Args:
            userHandle: to whom.
            path: the file.
            preview: a PNG of up to 96 by 96, or nothing.

        Returns:
            The transfer's number.

        Raises:
            OSError: the file cannot be read.
            LocalProtocolError: the name is too long, or too many transfers go on.
        """
        peer = self._peer(userHandle)
        file = Path(path).open("rb")  # noqa: SIM115 - closed when the transfer ends
        try:
            size = file.seek(0, 2)
            file.seek(0)
            transfer, actions = peer.offer_file(
                Path(path).name, size, file_source(file), preview
            )
        except (OSError, LocalProtocolError):
            file.close()
            raise
        self._transfers[transfer] = _Transfer(userHandle, file)
        self._alive(transfer)
        self._perform(userHandle, actions)
        return transfer

    def acceptFile(self, transfer: int, folder: str | Path) -> None:
        """Take a file that was offered over P2P.

        Args:
            transfer: from FileOffered.
            folder: where it goes; its name is made safe.

        Raises:
            OSError: nothing can be written there; the offer is declined.
            LocalProtocolError: there is no such offer.
        """
        entry = self._transfers.get(transfer)
        if entry is None or entry.sink is not None or entry.source is not None:
            raise LocalProtocolError(f"no file is offered as {transfer}")
        try:
            entry.sink = ReceivedFile(folder, entry.name)
        except OSError:
            self.cancelFile(transfer)
            raise
        self._perform(entry.handle, self._peer(entry.handle).accept(transfer))

    def cancelFile(self, transfer: int) -> None:
        """Decline what is offered, or end what goes on; nothing when it is over."""
        entry = self._transfers.get(transfer)
        if entry is not None:
            self._perform(entry.handle, self._peer(entry.handle).cancel(transfer))

    def requestPicture(
        self,
        userHandle: str,  # noqa: N803
        picture: MSNObject | str,
    ) -> Reply:
        """Fetch a display picture or an emoticon.

        Args:
            userHandle: whose.
            picture: its MSNObject, or the XML of that.

        Returns:
            Reply: the bytes; size and digest agree with the MSNObject. It fails when
            nothing comes within `stallsAfter` seconds.

        Raises:
            ProtocolError: not an MSNObject, or one that cannot be fetched.
        """
        wanted = MSNObject.from_text(picture) if isinstance(picture, str) else picture
        transfer, actions = self._peer(userHandle).request_object(wanted)
        reply = Reply("INVITE")
        self._transfers[transfer] = _Transfer(userHandle, reply=reply)
        self._alive(transfer)
        self._perform(userHandle, actions)
        return reply

    # What comes.

    def _gotPacket(self, message: MSNMessage, wire: Message) -> None:
        """Take a packet that came in a message."""
        meant = wire.get("P2P-Dest")
        if meant is None or not is_destination(meant, self.userHandle):
            return  # in a conversation of several everybody hears everything
        handle = message.userHandle
        packet = P2PPacket.from_bytes(wire.body)
        try:
            peer = self._peer(handle)
        except LocalProtocolError as error:
            raise RemoteProtocolError(f"P2P packet of {handle}: {error}") from error
        self._perform(handle, peer.receive_packet(packet))

    def _peer(self, handle: str) -> P2PPeer:
        """Return the machine for somebody.

        Raises:
            LocalProtocolError: transfers with too many others go on.
        """
        key = handle.lower()
        peer = self._peers.get(key)
        if peer is None:
            self._makeRoom()
            peer = self._peers[key] = P2PPeer(self.userHandle, handle, self.objects)
        return peer

    def _makeRoom(self) -> None:
        """Forget who has no transfer, the oldest first, where there are too many."""
        if len(self._peers) < self.maxPeers:
            return
        for key, peer in self._peers.items():
            if peer.idle:
                del self._peers[key]
                return
        raise LocalProtocolError(
            f"P2P goes on with {self.maxPeers} users already: wait for one to end"
        )

    def _perform(self, handle: str, actions: list[Action]) -> None:
        """Carry out what a peer's machine wants, then send as there is room."""
        queue = list(actions)
        while True:
            for action in queue:
                self._act(handle, action)
            peer = self._peers.get(handle.lower())
            room = self.window - self._flying.get(handle.lower(), 0)
            if peer is None or not peer.sending or room <= 0 or self._end is not None:
                return
            queue = list(peer.pump(room))

    def _act(self, handle: str, action: Action) -> None:
        """Carry out one action."""
        match action:
            case SendPacket(packet):
                self._sendPacket(handle, packet)
            case FileOffered():
                self._peerOffered(handle, action)
            case Accepted(transfer):
                if self._entry(handle, transfer) is not None:
                    self._alive(transfer)
            case DataReceived(transfer, data):
                self._write(handle, transfer, data)
            case ObjectReceived(transfer, wanted, data):
                self._picture(handle, transfer, wanted, data)
            case Progress(transfer, done, total):
                self._progress(handle, transfer, done, total)
            case Ended(transfer, outcome, reason):
                self._ended(handle, transfer, outcome, reason)
            case InkReceived(ink):
                self._tell(
                    events.InkReceived(handle, ink.data, ink.content_type == GIF)
                )
            case Ignored(reason):
                logger.debug("P2P of %s: %s", handle, reason)
            case _:
                logger.debug("P2P of %s: %r", handle, action)

    def _entry(self, handle: str, transfer: int) -> _Transfer | None:
        """Return a transfer with somebody, None where it is none or another's.

        Session ids are chosen by who opens the session: two users can choose the same.
        """
        entry = self._transfers.get(transfer)
        ours = entry is not None and entry.handle.lower() == handle.lower()
        return entry if ours else None

    def _peerOffered(self, handle: str, offer: FileOffered) -> None:
        """Tell of a file, unless another user's transfer has its number."""
        transfer = offer.session_id
        if transfer in self._transfers:
            logger.warning("%s offers a file as %d, which is taken", handle, transfer)
            for action in self._peer(handle).decline(transfer):
                if isinstance(action, SendPacket):
                    self._sendPacket(handle, action.packet)
            return
        self._transfers[transfer] = _Transfer(handle, name=offer.name)
        self._alive(transfer)
        self._tell(
            events.FileOffered(
                handle, offer.name, offer.size, transfer, offer.preview, True
            )
        )

    def _sendPacket(self, handle: str, packet: P2PPacket) -> None:
        """Send a packet; when it is acknowledged there is room for another."""
        if len(self.ids) >= _MAX_UNANSWERED:
            logger.warning("no P2P packet to %s: too much is unanswered", handle)
            return
        headers = (("P2P-Dest", handle),)
        wire = Message.of_type(CONTENT_TYPE, packet.to_bytes(), headers)
        if self.participants:
            reply = self._sendPart(wire.to_bytes(), ACK_DATA)
        else:
            reply = self._post(wire, ACK_DATA)
        if reply is not None:
            key = handle.lower()
            self._flying[key] = self._flying.get(key, 0) + 1
            reply.addCallbacks(self._arrived(handle), self._lost(handle, packet))

    def _arrived(self, handle: str) -> Callable[[Any], None]:
        def landed(_: Any) -> None:
            self._landed(handle)
            self._perform(handle, [])

        return landed

    def _landed(self, handle: str) -> None:
        """Note that a packet waits no longer for its acknowledgement."""
        key = handle.lower()
        left = self._flying.pop(key, 0) - 1
        if left > 0:
            self._flying[key] = left

    def _lost(self, handle: str, packet: P2PPacket) -> Callable[[Any], None]:
        def lost(error: RequestFailed) -> None:
            self._landed(handle)
            peer = self._peers.get(handle.lower())
            entry = self._entry(handle, packet.session_id)
            if peer is None or self._end is not None or not self.connected:
                return
            if entry is None or entry.retries >= _RETRIES:
                self._soon(lambda: self._perform(handle, peer.connection_lost()))
                return
            entry.retries += 1
            peer.rewind(packet.session_id, packet.offset)
            self._soon(lambda: self._perform(handle, []))

        return lost

    # Files and pictures.

    def _write(self, handle: str, transfer: int, data: bytes) -> None:
        entry = self._entry(handle, transfer)
        if entry is None or entry.sink is None:
            return
        try:
            entry.sink.write(data)
        except OSError as error:
            reason = f"cannot write the file: {error}"
            self._perform(handle, self._peer(handle).fail(transfer, reason))

    def _picture(
        self, handle: str, transfer: int, wanted: MSNObject, data: bytes
    ) -> None:
        self._tell(events.PictureReceived(handle, data, wanted.sha1d))
        entry = self._entry(handle, transfer)
        if entry is not None and entry.reply is not None:
            entry.reply.callback(data)

    def _progress(self, handle: str, transfer: int, done: int, total: int) -> None:
        entry = self._entry(handle, transfer)
        if entry is None:
            return
        self._alive(transfer)
        if done - entry.told < _STEP and done != total:
            return
        entry.told = done
        self._tell(events.TransferProgress(transfer, done, total))

    def _alive(self, transfer: int) -> None:
        """Give a transfer time until its next progress."""
        self._later(
            ("p2p", transfer), self.stallsAfter, lambda: self._stalled(transfer)
        )

    def _stalled(self, transfer: int) -> None:
        entry = self._transfers.get(transfer)
        if entry is not None:
            reason = f"no progress within {self.stallsAfter:g} seconds"
            self._perform(entry.handle, self._peer(entry.handle).fail(transfer, reason))

    def _ended(self, handle: str, transfer: int, outcome: Outcome, reason: str) -> None:
        """Close the file, tell how it ended."""
        entry = self._entry(handle, transfer)
        if entry is None:
            return
        del self._transfers[transfer]
        self._cancel(("p2p", transfer))
        path = ""
        if entry.source is not None:
            entry.source.close()
        if entry.sink is not None:
            try:
                if outcome is Outcome.COMPLETED:
                    path = str(entry.sink.finish())
            except OSError as error:
                outcome, reason = Outcome.FAILED, f"cannot write the file: {error}"
            entry.sink.abandon()
        if entry.reply is not None:
            entry.reply.errback(RequestFailed("INVITE", reason))
        else:
            self._tell(events.TransferEnded(transfer, outcome, reason, path))

    def _peerLeft(self, handle: str) -> None:
        """End the transfers with somebody who has left."""
        peer = self._peers.pop(handle.lower(), None)
        if peer is not None:
            for action in peer.connection_lost():
                if isinstance(action, Ended):
                    self._act(handle, action)

    def _letGo(self) -> None:
        """Close the files of transfers that nobody has ended."""
        super()._letGo()
        while self._transfers:
            _, entry = self._transfers.popitem()
            if entry.source is not None:
                entry.source.close()
            if entry.sink is not None:
                entry.sink.abandon()

    def _peersLost(self) -> None:
        """End all transfers: the conversation is over."""
        for handle in list(self._peers):
            self._peerLeft(handle)


__kamaelia_components__ = ()
