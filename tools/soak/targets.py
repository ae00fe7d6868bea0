"""Every decoder of the codecs, found by what it is, and good inputs to spoil."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from Kamaelia.cli.tcp_flows import Segment, read_flows
from Kamaelia.Protocol.AIM import wire as aim_wire
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, FLAPDecoder, FLAPFrame
from Kamaelia.Protocol.AIM.wire.icq_details import ACKNOWLEDGED_BY, read_setting
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.MSN import wire as msn_wire
from Kamaelia.Protocol.MSN.wire.command import Command, CommandDecoder, Kind, Sender
from Kamaelia.Protocol.MSN.wire.msnftp import MSNFTPDecoder
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = ["Target", "aim_frames", "aim_streams", "find_targets", "msn_streams"]

TRANSCRIPTS = Path(__file__).parents[2] / "tests/transcripts"


@dataclass(frozen=True, slots=True)
class Target:
    """Something that decodes bytes.

    Attributes:
        name: for people.
        decode: called with bytes; raises nothing but ProtocolError.
        seeds: good inputs.
    """

    name: str
    decode: Callable[[bytes], Any]
    seeds: list[bytes]


def find_targets() -> list[Target]:
    """Return every decoder of the codecs."""
    aim, msn, frames = aim_streams(), msn_streams(), aim_frames()
    bodies = [
        frame.payload[10:] for frame in frames if frame.channel == CHANNEL_DATA
    ] + [frame.payload for frame in frames]
    commands = [command for stream in msn for command in _commands(stream)]
    payloads = [command.payload for command in commands if command.payload]
    return [
        Target("FLAP stream", _all(FLAPDecoder, "frames"), aim),
        Target("MSNP stream", _decode_msnp, msn),
        Target("MSNFTP stream", _all(MSNFTPDecoder, "items"), [_MSNFTP]),
        Target("SNAC", SNAC.from_bytes, bodies),
        *_from_bytes(aim_wire, bodies),
        *_icq_settings(bodies),
        *_from_bytes(msn_wire, payloads + msn),
        *_from_commands(commands),
    ]


def _icq_settings(bodies: list[bytes]) -> list[Target]:
    """Return what reads the details that ICQ users set, a target for each request."""
    return [
        Target(f"ICQ setting {kind:04X}", partial(read_setting, kind), bodies)
        for kind in ACKNOWLEDGED_BY
    ]


def aim_streams() -> list[bytes]:
    """Return what each side of each recorded OSCAR connection said."""
    return list(_streams("aim-libpurple.pcap"))


def aim_frames() -> list[FLAPFrame]:
    """Return every recorded FLAP frame."""
    return [frame for stream in aim_streams() for frame in _frames(stream)]


def msn_streams() -> list[bytes]:
    """Return what each side of each recorded MSN connection said."""
    return list(_streams("msnp8-twisted.pcap"))


_MSNFTP = b"VER MSNFTP\r\nUSR bob@example.com 93301\r\nFIL 5\r\nTFR\r\n\0\5\0hello"


def _streams(name: str) -> Iterator[bytes]:
    """Yield each direction of each recorded connection."""
    found: dict[tuple[int, str], bytes] = {}
    for event in read_flows(TRANSCRIPTS / name):
        if isinstance(event, Segment):
            key = event.flow.number, event.direction
            found[key] = found.get(key, b"") + event.data
    yield from found.values()


def _frames(stream: bytes) -> list[FLAPFrame]:
    decoder = FLAPDecoder()
    decoder.receive_data(stream)
    try:
        return list(decoder.frames())
    except ProtocolError:
        return []


def _commands(stream: bytes) -> list[Command]:
    decoder = CommandDecoder(Sender.SERVER)
    decoder.receive_data(stream)
    try:
        return list(decoder.commands())
    except ProtocolError:
        return []


def _all(kind: Any, method: str) -> Callable[[bytes], Any]:
    """Return a function that decodes a stream in two pieces."""

    def decode(data: bytes) -> list[Any]:
        decoder = kind()
        found = []
        for piece in (data[: len(data) // 2], data[len(data) // 2 :]):
            decoder.receive_data(piece)
            found += list(getattr(decoder, method)())
        return found

    return decode


def _decode_msnp(data: bytes) -> None:
    for sender in Sender:
        for kind in Kind:
            decoder = CommandDecoder(sender, kind, 8)
            decoder.receive_data(data)
            for command in decoder.commands():
                command.to_bytes()


def _from_bytes(package: Any, seeds: list[bytes]) -> Iterator[Target]:
    """Yield a target for each class with a `from_bytes` that needs bytes alone."""
    for kind in _classes(package):
        decode = getattr(kind, "from_bytes", None)
        if decode is None or issubclass(kind, int):
            continue
        needed = [
            given
            for given in inspect.signature(decode).parameters.values()
            if given.default is given.empty and given.kind is not given.VAR_KEYWORD
        ]
        if len(needed) == 1:
            yield Target(f"{kind.__module__}.{kind.__name__}", decode, seeds)


def _from_commands(commands: list[Command]) -> Iterator[Target]:
    """Yield a target for each class that reads a command line of MSNP."""
    seeds = [command.to_bytes() for command in commands]
    for kind in _classes(msn_wire):
        for method in ("from_command", "from_request", "from_reply"):
            read = getattr(kind, method, None)
            if read is not None:
                name = f"{kind.__module__}.{kind.__name__}.{method}"
                yield Target(name, _reader(read), seeds)


def _reader(read: Callable[..., Any]) -> Callable[[bytes], Any]:
    """Return a function that decodes commands and has each read."""
    dialects = "dialect" in inspect.signature(read).parameters

    def decode(data: bytes) -> None:
        decoder = CommandDecoder(Sender.SERVER)
        decoder.receive_data(data)
        for command in decoder.commands():
            for dialect in (2, 7, 8, 10, 12) if dialects else (None,):
                try:
                    read(command, *([] if dialect is None else [dialect]))
                except ProtocolError:
                    continue

    return decode


def _classes(package: Any) -> Iterator[type]:
    """Yield the classes that the modules of a package define, by name."""
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(found.name)
        for _, kind in sorted(inspect.getmembers(module, inspect.isclass)):
            if kind.__module__ == found.name and not kind.__name__.startswith("_"):
                yield kind
