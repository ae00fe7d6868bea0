"""Chat rooms as clients of several ages enter them and talk in them, as bytes."""

import struct

from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from tests.aim.server.clients import run
from tests.aim.server.personas import (
    Persona,
    bucp,
    open_bos,
    read_info,
    read_tlvs,
    s8,
    tlv,
    u16,
    who,
)

IDENTITY = who(b"AOL Instant Messenger, version 4.0.9/Mac", 0x109, (4, 0, 0, 9))
CREATE = (
    u16(4)
    + s8(b"create")
    + u16(0xFFFF)
    + b"\1"
    + u16(3)
    + tlv(0xD7, b"en")
    + tlv(0xD6, b"us-ascii")
    + tlv(0xD3, b"Demo")
)


async def bos(state: ServerState, name: bytes) -> Persona:
    client = await open_bos(state, await bucp(state, name, "strong", IDENTITY))
    await client.say(1, 0x17, body=u16(1, 3, 2, 1, 3, 1, 4, 1))
    await client.say(1, 0x02, body=u16(1, 3, 0x110, 1))
    return client


async def service(
    state: ServerState, client: Persona, family: int, more: bytes = b""
) -> Persona:
    """Open another connection, as far as its rates."""
    answer = read_tlvs(await client.ask(1, 4, body=u16(family) + more))
    other = Persona(state, tlv(6, answer[6]))
    [families] = await other.connect()
    assert families.body == u16(1, family)
    await other.ask(1, 0x17, body=u16(1, 3, family, 1))
    await other.ask(1, 0x06)
    await other.say(1, 0x08, body=u16(1, 2, 3, 4, 5))
    return other


async def make_room(state: ServerState, client: Persona) -> bytes:
    """Create the room or find it; return exchange, cookie and instance."""
    nav = await service(state, client, 0x0D)
    [rights] = [r for r in await nav.say(0x0D, 0x02) if r.kind == (0x0D, 0x09)]
    exchange = read_tlvs(rights.body)[0x03]
    count = struct.unpack_from(">H", exchange, 2)[0]
    inside = read_tlvs(exchange[4:])
    assert len(inside) == count
    assert inside[0x03]  # AIM 2 and 3 look for the number of rooms here
    await nav.say(1, 0x02, body=u16(1, 3, 0x110, 1, 0x0D, 1, 0x110, 1))
    [made] = [r for r in await nav.say(0x0D, 8, body=CREATE) if r.kind == (0x0D, 9)]
    info = read_tlvs(made.body)[0x04]
    end = 3 + info[2] + 2
    assert info[end] == 2  # the level of detail that libpurple insists on
    assert read_tlvs(info[end + 3 :])[0xD3] == b"Demo"
    return info[:end]


async def enter(state: ServerState, client: Persona, room: bytes) -> Persona:
    talk = await service(state, client, 0x0E, tlv(1, room))
    came = await talk.say(1, 0x02, body=u16(1, 3, 0x110, 1, 0x0E, 1, 0x110, 1))
    kinds = [reply.kind for reply in came]
    assert kinds.index((0x0E, 3)) < kinds.index((0x0E, 2))
    return talk


def test_a_room_of_a_mac_a_kopete_and_an_old_aim() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await bos(state, b"Alice"), await bos(state, b"bob")
        room = await make_room(state, alice)
        assert await make_room(state, bob) == room
        mac, old = await enter(state, alice, room), await enter(state, bob, room)
        joined = [r.body for r in mac.hear() if r.kind == (0x0E, 3)]
        assert [read_info(body).name for body in joined] == [b"bob"]
        block = tlv(2, b"ISO 8859") + tlv(3, b"en") + tlv(1, b"caf\xe9")
        said = b"cookie!!" + u16(0xFFFF) + tlv(1) + tlv(6) + tlv(5, block)
        replies = await mac.say(0x0E, 5, body=said)
        [reflected] = [r for r in replies if r.kind == (0x0E, 6)]
        assert reflected.request_id < 0x8000_0000
        [heard] = [r for r in old.hear() if r.kind == (0x0E, 6)]
        assert heard.request_id >> 31
        assert heard.body == reflected.body
        assert heard.body[:12] == b"cookie!!" + u16(3) + u16(3)  # the sender is first
        tlvs = read_tlvs(heard.body[10:])
        assert read_info(tlvs[3]).name == b"Alice"
        good = tlv(2, b"ISO-8859-1") + tlv(3, b"en") + tlv(1, b"caf\xe9")
        assert tlvs[5] == good
        await mac.end.disconnect()
        left = [r.body for r in old.hear() if r.kind == (0x0E, 4)]
        assert [read_info(body).name for body in left] == [b"Alice"]

    run(scenario)


def test_a_message_block_that_cannot_be_read_is_passed_on_as_it_is() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await bos(state, b"Alice"), await bos(state, b"bob")
        room = await make_room(state, alice)
        one, two = await enter(state, alice, room), await enter(state, bob, room)
        two.hear()
        said = b"cookie!!" + u16(3) + tlv(1) + tlv(5, b"\0\1\0\x09x")
        await one.say(0x0E, 5, body=said)
        [heard] = [r for r in two.hear() if r.kind == (0x0E, 6)]
        assert read_tlvs(heard.body[10:])[5] == b"\0\1\0\x09x"

    run(scenario)
