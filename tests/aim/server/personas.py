"""Real clients as bytes: what each sends when it signs on, and how it reads answers.

Builders and readers here are made of struct alone and know nothing of the wire
package: a mistake that codec and server share would show.

Source: the sign-on sequences and traps of AOL's and third-party clients as collected
by libpurple, NINA's wiki and Open OSCAR Server.
"""

import struct
from hashlib import md5
from typing import NamedTuple

from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from tests.aim.server.clients import MemoryClient

SUFFIX = b"AOL Instant Messenger (SM)"
TABLE = bytes.fromhex("F32681C43986DB9271A3B9E6537A957C")

Kind = tuple[int, int]


class Reply(NamedTuple):
    """A SNAC that came: header fields and body."""

    kind: Kind
    flags: int
    request_id: int
    body: bytes


class Info(NamedTuple):
    """A user-info block, and what follows it."""

    name: bytes
    warning: int
    tlvs: dict[int, bytes]
    rest: bytes


def u16(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}H", *numbers)


def s8(text: bytes) -> bytes:
    return bytes((len(text),)) + text


def tlv(kind: int, value: bytes = b"") -> bytes:
    return struct.pack(">HH", kind, len(value)) + value


def read_tlvs(data: bytes) -> dict[int, bytes]:
    """Return TLVs by type, the first of each; every byte must be used."""
    found: dict[int, bytes] = {}
    while data:
        kind, length = struct.unpack_from(">HH", data)
        assert len(data) >= 4 + length
        found.setdefault(kind, data[4 : 4 + length])
        data = data[4 + length :]
    return found


def read_info(data: bytes) -> Info:
    end = 1 + data[0]
    name, (warning, count) = data[1:end], struct.unpack_from(">HH", data, end)
    start = end = end + 4
    for _ in range(count):
        end += 4 + struct.unpack_from(">H", data, end + 2)[0]
    return Info(name, warning, read_tlvs(data[start:end]), data[end:])


def roasted(password: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(password, TABLE, strict=False))


def strong(key: bytes, password: bytes) -> bytes:
    return md5(key + md5(password).digest() + SUFFIX).digest()


def weak(key: bytes, password: bytes) -> bytes:
    return md5(key + password + SUFFIX).digest()


def who(text: bytes, client_id: int, version: tuple[int, int, int, int]) -> bytes:
    """Return the identity TLVs that every client sends in some order."""
    major, minor, point, build = version
    return (
        tlv(0x03, text)
        + tlv(0x16, u16(client_id))
        + tlv(0x17, u16(major))
        + tlv(0x18, u16(minor))
        + tlv(0x19, u16(point))
        + tlv(0x1A, u16(build))
        + tlv(0x14, u16(0, 0x55))
        + tlv(0x0F, b"en")
        + tlv(0x0E, b"us")
    )


class Persona:
    """One connection of a client; its request IDs count from 1.

    Attributes:
        end: the client's end of the connection.
        heard: every SNAC that came, in order.
        last: payload of the frame on channel 4, None before.
    """

    def __init__(self, state: ServerState, first: bytes) -> None:
        self.end = MemoryClient(state)
        self.heard: list[Reply] = []
        self.last: bytes | None = None
        self._first = u16(0, 1) + first
        self._id = 0

    async def connect(self) -> list[Reply]:
        """Send the first frame, having heard the server's; return what came."""
        assert self.end.heard.popleft()[:2] == (1, u16(0, 1))
        await self.end.frame(1, self._first)
        return self.hear()

    def hear(self) -> list[Reply]:
        """Take what came."""
        new = []
        for channel, payload, _ in self.end.heard:
            if channel == 4:
                self.last = payload
                continue
            assert channel == 2
            family, subtype, flags, number = struct.unpack_from(">HHHI", payload)
            new.append(Reply((family, subtype), flags, number, payload[10:]))
        self.end.heard.clear()
        self.heard += new
        return new

    async def say(self, *kind: int, body: bytes = b"") -> list[Reply]:
        """Send a SNAC; return what came before and after it."""
        self._id += 1
        header = struct.pack(">HHHI", *kind, 0, self._id)
        await self.end.frame(2, header + body)
        return self.hear()

    async def ask(self, *kind: int, body: bytes = b"") -> bytes:
        """Send a request that is answered by the next subtype; return its body.

        The answer must carry the request's ID and no flag that a reader of the old
        days does not know.
        """
        for reply in await self.say(*kind, body=body):
            if reply.kind == (kind[0], kind[1] + 1):
                assert (reply.request_id, reply.flags) == (self._id, 0)
                return reply.body
        raise AssertionError(f"no answer to {kind}")

    def unasked(self, kind: Kind) -> list[bytes]:
        """Return bodies of what came by itself; its request ID must show that."""
        return [r.body for r in self.heard if r.kind == kind and r.request_id >> 31]


async def bucp(
    state: ServerState, name: bytes, proof: str, identity: bytes, extra: bytes = b""
) -> dict[int, bytes]:
    """Sign on at the authorizer with a digest.

    Args:
        state: the server.
        name: screen name or UIN; the password is secret9.
        proof: "strong" or "weak".
        identity: the client's TLVs.
        extra: TLVs of the first request after the name.

    Returns:
        The TLVs of the answer; the server has closed.
    """
    client = Persona(state, b"")
    assert await client.connect() == []
    challenge = await client.ask(0x17, 0x06, body=tlv(0x01, name) + extra)
    key = challenge[2 : 2 + int.from_bytes(challenge[:2], "big")]
    digest = (strong if proof == "strong" else weak)(key, b"secret9")
    mark = tlv(0x4C) if proof == "strong" else b""
    body = tlv(0x01, name) + tlv(0x25, digest) + mark + identity
    answer = await client.ask(0x17, 0x02, body=body)
    assert client.last == b""
    assert client.end.closed
    return read_tlvs(answer)


async def flap_login(
    state: ServerState, name: bytes, identity: bytes
) -> dict[int, bytes]:
    """Sign on at the authorizer with a roasted password in the first frame."""
    password = tlv(0x02, roasted(b"secret9"))
    client = Persona(state, tlv(0x01, name) + password + identity)
    assert await client.connect() == []
    assert client.last is not None
    assert client.end.closed
    return read_tlvs(client.last)


async def open_bos(state: ServerState, answer: dict[int, bytes]) -> Persona:
    """Open BOS with the authorizer's answer; the families have come."""
    assert len(answer[0x06]) == 256
    host, port = answer[0x05].split(b":")
    assert host
    assert int(port)
    client = Persona(state, tlv(0x06, answer[0x06]))
    [families] = await client.connect()
    assert families.kind == (0x01, 0x03)
    return client


def classes(body: bytes, size: int) -> tuple[dict[int, bytes], set[Kind]]:
    """Return the rate classes of SNAC (01, 07) by ID, and every SNAC in them."""
    count = int.from_bytes(body[:2], "big")
    found = {}
    for number in range(count):
        one = body[2 + number * size : 2 + (number + 1) * size]
        found[int.from_bytes(one[:2], "big")] = one
    position, members = 2 + count * size, set()
    for _ in range(count):
        _, pairs = struct.unpack_from(">HH", body, position)
        numbers = struct.unpack_from(f">{2 * pairs}H", body, position + 4)
        members |= set(zip(numbers[::2], numbers[1::2], strict=True))
        position += 4 + 4 * pairs
    assert position == len(body)
    return found, members
