"""What the sans-I/O P2P machines ask for and report; done or told in order."""

from dataclasses import dataclass
from typing import TypeAlias

from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.p2p import P2PPacket
from Kamaelia.Protocol.MSN.wire.p2p_ink import Ink
from Kamaelia.Protocol.MSN.wire.p2p_transport import TransportAnswer, TransportRequest

__all__ = [
    "Accepted",
    "Action",
    "DataReceived",
    "DirectAnswered",
    "DirectInvited",
    "Ended",
    "FileOffered",
    "Ignored",
    "InkReceived",
    "ObjectReceived",
    "ObjectRequested",
    "Progress",
    "SendPacket",
]


@dataclass(frozen=True, slots=True)
class SendPacket:
    """Send to the peer: `packet.to_bytes()` is the body of an x-msnmsgrp2p message.

    On a direct connection it is `packet.to_bytes(footer=False)` in a frame.
    """

    packet: P2PPacket


@dataclass(frozen=True, slots=True)
class FileOffered:
    """The peer offers a file: accept or decline it by its session id.

    Attributes:
        session_id: names the transfer from here on.
        name: as the peer wrote it; see file_name.safe_file_name.
        size: bytes.
        preview: a PNG of up to 96 by 96, or b"".
    """

    session_id: int
    name: str
    size: int
    preview: bytes = b""


@dataclass(frozen=True, slots=True)
class ObjectRequested:
    """The peer fetches a picture or emoticon of ours; it will be sent."""

    session_id: int
    wanted: MSNObject


@dataclass(frozen=True, slots=True)
class Accepted:
    """The peer agrees to what we offered or asked for."""

    session_id: int


@dataclass(frozen=True, slots=True)
class DataReceived:
    """The next bytes of a file, in order."""

    session_id: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ObjectReceived:
    """The picture or emoticon that we asked for; size and digest agree."""

    session_id: int
    wanted: MSNObject
    data: bytes


@dataclass(frozen=True, slots=True)
class InkReceived:
    """The peer drew something; it belongs into the conversation."""

    ink: Ink


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` bytes have been received, or handed over for sending."""

    session_id: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The transfer is over; comes exactly once. Delete a partial file."""

    session_id: int
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class DirectInvited:
    """The peer would like a direct connection: answer with `answer_direct`."""

    session_id: int
    request: TransportRequest


@dataclass(frozen=True, slots=True)
class DirectAnswered:
    """Where the peer listens; `answer.listening` False: it doesn't."""

    session_id: int
    answer: TransportAnswer


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something that could not be acted on, for the log."""

    reason: str


Action: TypeAlias = (
    SendPacket
    | FileOffered
    | ObjectRequested
    | Accepted
    | DataReceived
    | ObjectReceived
    | InkReceived
    | Progress
    | Ended
    | DirectInvited
    | DirectAnswered
    | Ignored
)
