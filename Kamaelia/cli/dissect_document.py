"""The JSON document of `kamaelia dissect --json`, as docs/howto/dissect.md has it."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Final

from Kamaelia.cli.dissect_flows import Dissector, FlowReader
from Kamaelia.cli.dissect_records import (
    CommandSeen,
    Event,
    Fields,
    FileSeen,
    FLAPSeen,
    LineSeen,
    Note,
    OFTSeen,
    PassportSeen,
    Place,
    TransferLineSeen,
)
from Kamaelia.cli.dissect_snac import frame_tlvs, message_of, show_tlvs, tlvs_of
from Kamaelia.cli.dissect_talk import Conversation
from Kamaelia.cli.tcp_stream import Stream
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA
from Kamaelia.Protocol.AIM.wire.foodgroups import family_name, name_of
from Kamaelia.Protocol.AIM.wire.oft import OFTHeader
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.p2p import P2PPacket
from Kamaelia.Protocol.wire.errors import ProtocolError

FORMAT: Final = 1
SOURCE: Final = "kamaelia dissect"
P2P_TYPE: Final = "application/x-msnmsgrp2p"


class Document:
    """Collect a capture's events into one JSON document."""

    def __init__(self) -> None:
        self._talk = Conversation()
        self._oscar: list[Fields] = []
        self._commands: list[Fields] = []
        self._lines: list[Fields] = []
        self._headers: list[Fields] = []
        self._files: dict[str, list[Fields]] = {"oft": [], "msnftp": []}
        self._transfer_lines: list[Fields] = []
        self._passport: list[Fields] = []
        self._warnings: list[tuple[int, str]] = []
        self._tally: Counter[str] = Counter()

    def receive(self, event: Event) -> None:
        """Take the next event."""
        self._talk.receive(event)
        if isinstance(event, FLAPSeen):
            self._oscar.append(self._frame(event))
        elif isinstance(event, CommandSeen):
            self._tally[f"msn {event.command.name} {event.place.dir}"] += 1
            self._commands.append(show_command(event))
        elif isinstance(event, LineSeen):
            self._lines.append({**_where(event.place), "line": event.line})
        elif isinstance(event, OFTSeen):
            self._tally[f"oft {event.header.type:04x}"] += 1
            self._headers.append(_header(event))
        elif isinstance(event, Note):
            self._warnings.append((event.stream, str(event)))
        else:
            self._transfer(event)

    def _transfer(self, event: Event) -> None:
        if isinstance(event, FileSeen):
            self._files[event.protocol].append(_file(event))
        elif isinstance(event, TransferLineSeen):
            self._transfer_lines.append({**_where(event.place), "line": event.line})
        elif isinstance(event, PassportSeen):
            headers = [list(pair) for pair in event.headers]
            fields = {"line": event.line, "headers": headers}
            self._passport.append({**_where(event.place), **fields})

    def finish(self, path: Path, dissector: Dissector) -> Fields:
        """Return the document.

        Raises:
            OSError: the capture cannot be read any more.
        """
        return {
            "format": FORMAT,
            "generator": {"script": SOURCE},
            "capture": _capture(path, dissector),
            "flows": [_flow(reader) for reader in dissector.readers],
            "oscar": _in_order(self._oscar),
            "msn": {"lines": _in_order(self._lines), "commands": self._msn_commands()},
            "oft": self._oft(),
            "msnftp": self._msnftp(),
            "passport": _in_order(self._passport),
            "conversation": [
                {
                    "time": said.time,
                    "network": said.network,
                    "stream": said.stream,
                    "frame": said.frame,
                    "sender": said.sender,
                    "recipients": list(said.recipients),
                    "text": said.text,
                    "words": said.words,
                }
                for said in self._talk.said()
            ],
            "warnings": [text for _, text in sorted(self._warnings, key=_stream)],
            "tally": dict(sorted(self._tally.items())),
        }

    def _msn_commands(self) -> list[Fields]:
        return _in_order(self._commands)

    def _oft(self) -> Fields | None:
        if not self._headers and not self._files["oft"]:
            return None
        headers = _in_order(self._headers)
        return {"source": SOURCE, "headers": headers, "files": self._files["oft"]}

    def _msnftp(self) -> Fields | None:
        if not self._transfer_lines and not self._files["msnftp"]:
            return None
        lines = _in_order(self._transfer_lines)
        return {"source": SOURCE, "lines": lines, "files": self._files["msnftp"]}

    def _frame(self, event: FLAPSeen) -> Fields:
        place = event.place
        fields: Fields = {
            "offset": place.offset,
            "channel": event.channel,
            "seq": event.sequence,
            "len": len(event.payload),
            "stream": place.stream,
            "dir": place.dir,
            "first_frame": place.first_frame,
            "time": place.time,
            "frame": place.frame,
            "payload_sha256": hashlib.sha256(event.payload).hexdigest(),
        }
        try:
            if event.channel != CHANNEL_DATA:
                self._tally[f"flap channel {event.channel}"] += 1
                tlvs = frame_tlvs(event.channel, event.payload)
            else:
                snac = SNAC.from_bytes(event.payload)
                fields["snac"] = _snac(snac)
                self._tally["snac {:04x}/{:04x}".format(*snac.type)] += 1
                if message := message_of(snac, place.dir):
                    fields["icbm"] = message
                tlvs = tlvs_of(snac)
        except ProtocolError as error:
            fields["error"] = str(error)
            return fields
        if tlvs:
            fields["tlvs"] = show_tlvs(tlvs)
        return fields


def _stream(warning: tuple[int, str]) -> int:
    return warning[0]


def _where(place: Place) -> Fields:
    return {
        "stream": place.stream,
        "dir": place.dir,
        "frame": place.frame,
        "time": place.time,
        "offset": place.offset,
    }


def _in_order(found: list[Fields]) -> list[Fields]:
    """Return entries by the packet in which they begin."""
    return sorted(found, key=_first_frame)


def _first_frame(entry: Fields) -> int:
    frame: int = entry["first_frame" if "first_frame" in entry else "frame"]
    return frame


def _snac(snac: SNAC) -> Fields:
    header = snac.header
    return {
        "family": header.family,
        "subtype": header.subtype,
        "flags": header.flags,
        "reqid": header.request_id,
        "family_name": family_name(header.family),
        "subtype_name": name_of(*header.type).split(" ", 1)[1],
    }


def _header(event: OFTSeen) -> Fields:
    header = event.header
    return {**_where(event.place), "header": show_header(header)}


def show_header(header: OFTHeader) -> Fields:
    """Return a header of OSCAR file transfer as the JSON document shows it."""
    length = len(header.to_bytes())
    fields: Fields = {"magic": header.magic.decode("ascii"), "header_len": length}
    for name in header.__dataclass_fields__:
        value = getattr(header, name)
        if name not in {"magic", "raw_name"}:
            fields[name] = value.hex() if isinstance(value, bytes) else value
    return {**fields, "name": header.name}


def _file(event: FileSeen) -> Fields:
    place = event.place
    return {
        "stream": place.stream,
        "dir": place.dir,
        "offset": place.offset,
        "name": event.name,
        "size": event.size,
        "got": event.got,
        "md5": event.md5,
        "sha256": event.sha256,
    }


def show_command(event: CommandSeen) -> Fields:
    """Return an MSN command as the JSON document shows it."""
    command = event.command
    fields: Fields = {
        **_where(event.place),
        "line": event.line,
        "cmd": command.name,
        "args": list(command.tokens),
    }
    if command.payload is None:
        return fields
    fields["payload_len"] = len(command.payload)
    fields["payload_sha256"] = hashlib.sha256(command.payload).hexdigest()
    if command.name != "MSG":
        fields["payload"] = command.payload.decode("utf-8", "replace")
        return fields
    message = Message.from_bytes(command.payload)
    fields["headers"] = _header_lines(command.payload)
    if message.content_type == P2P_TYPE:
        fields["p2p"] = show_p2p(message.body)
    fields["body"] = message.text
    return fields


def _header_lines(payload: bytes) -> list[list[str]]:
    """Return the lines before the first empty one, each split at colon and blank."""
    head = payload.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    return [line.split(": ", 1) for line in head.split("\r\n")] if head else []


def show_p2p(body: bytes) -> Fields:
    """Return a P2P packet as the JSON document shows it."""
    try:
        packet = P2PPacket.from_bytes(body)
    except ProtocolError as error:
        return {"error": str(error)}
    fields: Fields = {
        name: getattr(packet, name)
        for name in packet.__dataclass_fields__
        if name != "data"
    }
    fields["data_len"] = len(packet.data)
    if line := slp_line(packet):
        fields["slp"] = line
    return fields


def slp_line(packet: P2PPacket) -> str:
    """Return the first line of the SLP message that a packet begins, or nothing."""
    if packet.session_id or packet.offset or not packet.data:
        return ""
    line = packet.data[:200].split(b"\r\n", 1)[0]
    return line.decode("utf-8", "replace") if b"MSNSLP/" in line else ""


def _capture(path: Path, dissector: Dissector) -> Fields:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
        size = file.tell()
    return {
        "name": path.name,
        "size": size,
        "sha256": digest.hexdigest(),
        "packets": dissector.packets,
    }


def _flow(reader: FlowReader) -> Fields:
    flow = reader.flow
    return {
        "stream": flow.number,
        "proto": reader.proto,
        "application": reader.application,
        "client": str(flow.client),
        "server": str(flow.server),
        "syn_seen": flow.syn_seen,
        "c2s": _direction(flow.c2s),
        "s2c": _direction(flow.s2c),
    }


def _direction(stream: Stream) -> Fields:
    return {
        "bytes": stream.bytes,
        "segments": stream.segments,
        "duplicate_segments": stream.duplicate_segments,
        "sha256": stream.sha256(),
        "gaps": [list(gap) for gap in stream.gaps],
    }
