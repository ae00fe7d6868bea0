"""The listing of `kamaelia dissect`: a line for each event, safe to print."""

from typing import Final, NamedTuple

from Kamaelia.cli.dissect_document import P2P_TYPE, slp_line
from Kamaelia.cli.dissect_records import (
    CommandSeen,
    Event,
    FileSeen,
    FLAPSeen,
    FlowFound,
    Note,
    OFTSeen,
    PassportSeen,
    Place,
    TransferLineSeen,
)
from Kamaelia.cli.dissect_snac import essence_of, frame_tlvs
from Kamaelia.cli.dissect_talk import Said
from Kamaelia.cli.plain_text import plain, quoted
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA
from Kamaelia.Protocol.AIM.wire.foodgroups import name_of
from Kamaelia.Protocol.AIM.wire.oft import OFTType
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.contents import Text, Typing, read_content
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.p2p import P2PPacket
from Kamaelia.Protocol.wire.errors import ProtocolError

LONGEST_LINE: Final = 500
_CHANNELS: Final = {1: "sign-on", 3: "error", 4: "sign-off", 5: "keep-alive"}


class Line(NamedTuple):
    """A line of the listing.

    Attributes:
        text: without a line end, escaped.
        style: what it is about: "flow", "c2s", "s2c", "note" or "said".
    """

    text: str
    style: str


def line_of(event: Event) -> Line | None:
    """Return the line for an event; None for those that the listing leaves out."""
    if isinstance(event, FlowFound):
        return _flow(event)
    if isinstance(event, Note):
        where = f"{event.time:12.6f}  {event.stream:>3} {event.dir}"
        return Line(f"{where}  ! {plain(event.text)}", "note")
    text = _text(event)
    if text is None or not hasattr(event, "place"):
        return None
    place: Place = event.place
    where = f"{place.time:12.6f}  {place.stream:>3} {place.dir}"
    return Line(f"{where}  {text}", place.dir)


def said_line(said: Said) -> Line:
    """Return the line for something said."""
    who = f"{plain(said.sender)} to {plain(', '.join(said.recipients))}"
    words = quoted(said.words, limit=10_000)
    return Line(f"{said.time:12.6f}  {said.network} {who}: {words}", "said")


def _flow(event: FlowFound) -> Line | None:
    if event.application == "other":
        return None
    flow = event.flow
    ends = f"{flow.client} > {flow.server}"
    joined = "" if flow.syn_seen else ", joined in the middle"
    return Line(
        f"{event.time:12.6f}  {flow.number:>3}      connection {ends}: "
        f"{event.application}{joined}",
        "flow",
    )


def _text(event: Event) -> str | None:
    if isinstance(event, FLAPSeen):
        return frame_text(event)
    if isinstance(event, CommandSeen):
        return command_text(event)
    if isinstance(event, OFTSeen):
        header = event.header
        known = header.type in set(OFTType)
        kind = OFTType(header.type).name if known else f"0x{header.type:04x}"
        return f"OFT {kind} {quoted(header.name)} {header.size} bytes"
    if isinstance(event, FileSeen):
        name = f"{quoted(event.name)} " if event.name else ""
        got = "" if event.got == event.size else f" of {event.size}"
        return f"file {name}{event.got}{got} bytes, MD5 {event.md5}"
    if isinstance(event, TransferLineSeen):
        return f"MSNFTP {plain(event.line)}"
    if isinstance(event, PassportSeen):
        headers = "".join(f"; {name}: {value}" for name, value in event.headers)
        return f"Passport {plain(event.line + headers)}"
    return None


def command_text(event: CommandSeen) -> str:
    """Return what an MSN command is and says, on one line, escaped."""
    line = event.line
    cut = line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "..."
    return f"MSNP {plain(cut)}{_payload(event.command)}"


def frame_text(event: FLAPSeen) -> str:
    """Return what a FLAP frame is and says, on one line, escaped."""
    head = f"FLAP ch {event.channel} seq {event.sequence} len {len(event.payload)}"
    try:
        if event.channel != CHANNEL_DATA:
            return f"{head}  {_channel(event)}"
        snac = SNAC.from_bytes(event.payload)
        header = snac.header
        text = (
            f"{head}  SNAC {header.family:04x}/{header.subtype:04x} "
            f"{name_of(*header.type)} flags {header.flags:04x} "
            f"reqid {header.request_id:08x}"
        )
    except ProtocolError as error:
        return f"{head} unreadable: {plain(str(error))}"
    try:
        essence = essence_of(snac)
    except ProtocolError as error:
        return f"{text} unreadable: {plain(str(error))}"
    return f"{text}  {essence}" if essence else text


def _channel(event: FLAPSeen) -> str:
    name = _CHANNELS.get(event.channel, "unknown channel")
    tlvs = frame_tlvs(event.channel, event.payload)
    if not tlvs:
        return name
    listed = " ".join(f"{tlv.tag:04x}({len(tlv.value)})" for tlv in tlvs)
    return f"{name}, TLVs {listed}"


def _payload(command: Command) -> str:
    """Return what a command's payload says."""
    if command.payload is None:
        return ""
    if command.name != "MSG":
        return f"  {quoted(command.payload.decode('utf-8', 'replace'))}"
    message = Message.from_bytes(command.payload)
    if message.content_type == P2P_TYPE:
        return f"  P2P {_p2p(message.body)}"
    content = read_content(message)
    if isinstance(content, Text):
        return f"  {quoted(content.text)}"
    if isinstance(content, Typing):
        return f"  {plain(content.handle)} is typing"
    body = quoted(message.text, limit=300) if message.body.strip() else ""
    return f"  {plain(message.content_type)} {body}".rstrip()


def _p2p(body: bytes) -> str:
    try:
        packet = P2PPacket.from_bytes(body)
    except ProtocolError as error:
        return f"unreadable: {plain(str(error))}"
    line = slp_line(packet)
    return (
        f"session {packet.session_id} message {packet.message_id} "
        f"bytes {packet.offset}-{packet.end} of {packet.total_size} "
        f"flags {packet.flags:x}" + (f"  {quoted(line)}" if line else "")
    )
