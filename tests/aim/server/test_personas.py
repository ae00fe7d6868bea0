"""Whole sign-ons of real clients, in their own order: each gets what it waits for."""

import struct

from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from tests.aim.server.clients import Clock, online, run
from tests.aim.server.personas import (
    Persona,
    bucp,
    classes,
    flap_login,
    open_bos,
    read_info,
    read_tlvs,
    s8,
    tlv,
    u16,
    who,
)

AIM_59 = who(b"AOL Instant Messenger, version 5.9.3702/WIN32", 0x109, (5, 9, 0, 3702))
AIM_40 = who(b"AOL Instant Messenger, version 4.0.2110/WIN32", 0x109, (4, 0, 0, 2110))
AIM_20 = who(b"AOL Instant Messenger (TM), version 2.0.996/WIN32", 4, (2, 0, 0, 996))
ICQ_2003 = who(
    b"ICQ Inc. - Product of ICQ (TM).2003b.5.37.1.3728.85", 0x10A, (5, 37, 1, 3728)
)
ICQ_5 = who(b"ICQBasic", 0x10A, (20, 34, 0, 2321))
JIMM = who(b"ICQ Inc. - Product of ICQ (TM).2003b.5.37.1.3728.85", 0x10A, (5, 37, 1, 1))
MIRANDA = who(b"ICQ Client", 0x10A, (5, 45, 0, 3777))

CHAT_CAP = bytes.fromhex("748F2420628711D18222444553540000")
FILE_CAP = bytes.fromhex("094613434C7F11D18222444553540000")
CLASS_IDS = u16(1, 2, 3, 4, 5)


def versions(*families: int, oservice: int = 3) -> bytes:
    pairs = [u16(1, oservice), *(u16(family, 1) for family in families)]
    return b"".join(pairs)


def ready(*families: int, oservice: int = 3) -> bytes:
    tools = [u16(1, oservice, 0x0110, 0x08E5)]
    return b"".join([*tools, *(u16(f, 1, 0x0110, 0x08E5) for f in families)])


def item(name: bytes, group: int, number: int, kind: int, tlvs: bytes = b"") -> bytes:
    head = struct.pack(">HHHH", group, number, kind, len(tlvs))
    return u16(len(name)) + name + head + tlvs


def meta(uin: int, number: int, subtype: int, data: bytes = b"") -> bytes:
    """Return the body of a meta request, little-endian inside its TLV."""
    inner = struct.pack("<IHHH", uin, 0x07D0, number, subtype) + data
    return tlv(1, struct.pack("<H", len(inner)) + inner)


def read_meta(body: bytes) -> tuple[int, int, int, int, bytes]:
    """Return UIN, type, number, subtype and data of an answer."""
    value = read_tlvs(body)[1]
    length, uin, kind, number, subtype = struct.unpack_from("<HIHHH", value)
    assert length == len(value) - 2
    return uin, kind, number, subtype, value[12:]


async def queries(client: Persona, *list_query: int, flags: bytes = b"") -> None:
    """Send the burst of rights queries; every one must be answered."""
    own = read_info(await client.ask(0x01, 0x0E))
    assert {0x01, 0x06} <= own.tlvs.keys()
    assert len(read_tlvs(await client.ask(0x02, 0x02))) >= 2
    assert read_tlvs(await client.ask(0x03, 0x02, body=flags)).keys() >= {1, 2}
    assert len(await client.ask(0x04, 0x04)) == 16
    assert read_tlvs(await client.ask(0x09, 0x02)).keys() >= {1, 2}
    if list_query:
        assert read_tlvs(await client.ask(0x13, 0x02))[0x04]
        stamp = bytes(6) if list_query == (0x13, 0x05) else b""
        replies = await client.say(*list_query, body=stamp)
        [answer] = [r for r in replies if r.kind == (0x13, 0x06)]
        assert answer.body[:3] == bytes(3)  # version 0, no items
        assert any(answer.body[3:])  # a time of 0 would say that more is to come
        assert answer.flags == 0


def test_aim_5_9_gets_its_list_its_status_and_every_snac_in_a_rate_class() -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob", "Alice")
        answer = await bucp(
            state, b"alice", "strong", AIM_59 + tlv(0x4A, b"\1"), tlv(0x4B) + tlv(0x5A)
        )
        assert answer[0x01] == b"Alice"
        client = await open_bos(state, answer)
        spoken = (0x13, 2, 3, 4, 6, 8, 9, 0x0A, 0x0B)
        assert await client.ask(1, 0x17, body=versions(*spoken)) == versions(*spoken)
        rates, members = classes(await client.ask(1, 0x06), 35)
        assert set(rates) == {1, 2, 3, 4, 5}
        assert await client.say(1, 0x08, body=CLASS_IDS) == []
        await queries(client, 0x13, 0x05, flags=tlv(5, u16(3)))
        for kind, body in (
            ((0x01, 0x14), u16(0, 3)),
            ((0x02, 0x04), tlv(1, b"text/aolrtf") + tlv(2, b"hi") + tlv(5, CHAT_CAP)),
            ((0x04, 0x02), u16(0, 0, 0x0B, 8000, 999, 999, 0, 0)),
            ((0x13, 0x07), b""),
            ((0x01, 0x02), ready(*spoken)),
            ((0x0B, 0x03), bytes(8)),
            ((0x01, 0x11), bytes(4)),
        ):
            assert kind in members
            await client.say(*kind, body=body)
        assert {(1, 4), (1, 0x1E), (4, 6), (4, 8), (4, 0x14), (0x13, 8)} <= members
        edit = item(b"", 0, 0, 1, tlv(0xC8, u16(7)))
        edit += item(b"Buddies", 7, 0, 1, tlv(0xC8, u16(9))) + item(b"bob", 7, 9, 0)
        came = await client.say(0x13, 0x08, body=edit)
        order = [r.kind for r in came if r.kind in ((0x13, 0x0E), (3, 0x0B))]
        assert order == [(0x13, 0x0E), (3, 0x0B)]  # the answer, then what it changed
        arrived = read_info(client.unasked((3, 0x0B))[-1])
        assert (arrived.name, arrived.tlvs[1]) == (b"bob", u16(0x10))
        service = read_tlvs(await client.ask(1, 4, body=u16(0x10)))
        assert (service[0x0D], len(service[6])) == (u16(0x10), 256)
        assert bob.kinds().count((3, 0x0B)) == 1

    run(scenario)


def test_aim_4_0_proves_itself_weakly_and_brings_its_list() -> None:
    async def scenario(state: ServerState) -> None:
        await online(state, "bob")
        client = await open_bos(state, await bucp(state, b"Alice", "weak", AIM_40))
        spoken = (2, 3, 4, 6, 8, 9, 0x0A, 0x0B)
        await client.ask(1, 0x17, body=versions(*spoken))
        classes(await client.ask(1, 0x06), 35)
        await client.say(1, 0x08, body=CLASS_IDS)
        await queries(client)
        await client.say(2, 0x04, body=tlv(5, CHAT_CAP + FILE_CAP))
        await client.say(4, 0x02, body=u16(0, 0, 3, 8000, 999, 999, 0, 0))
        await client.say(3, 0x04, body=s8(b"bob") + s8(b"Carol C"))
        await client.say(9, 0x07, body=s8(b"Alice"))
        await client.say(1, 0x02, body=ready(*spoken))
        assert read_info(client.unasked((3, 0x0B))[0]).name == b"bob"
        # A whole sign-off frame makes these hang: they get its first four bytes.
        await open_bos(state, await bucp(state, b"Alice", "weak", AIM_40))
        [last] = [m for m in client.end.heard if m.channel == 4]
        assert last.short
        assert client.end.closed

    run(scenario)


def test_aim_2_0_states_no_versions_and_gets_short_rate_classes() -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob", "Alice")
        client = await open_bos(state, await flap_login(state, b"Alice", AIM_20))
        classes(await client.ask(1, 0x06), 30)
        await client.say(1, 0x08, body=CLASS_IDS)
        await queries(client)
        await client.say(2, 0x04, body=tlv(1, b"text/x-aolrtf") + tlv(2, b"me"))
        await client.say(3, 0x04, body=s8(b"bob"))
        await client.say(1, 0x02, body=ready(2, 3, 4, 9, oservice=1))
        assert read_info(client.unasked((3, 0x0B))[0]).name == b"bob"
        assert bob.kinds() == [(3, 0x0B)]
        await bob.disconnect()
        client.hear()
        assert read_info(client.unasked((3, 0x0C))[0]).name == b"bob"

    run(scenario)


def test_icq_2003_signs_on_with_direct_info_stored_messages_and_details() -> None:
    direct = bytes.fromhex("C0A80002 0000 0457 04 0008 11223344 00000050 00000003")
    direct += bytes(14)

    async def scenario(state: ServerState) -> None:
        friend = await online(state, "100300")
        answer = await flap_login(state, b"100200", ICQ_2003)
        assert answer[0x01] == b"100200"
        client = await open_bos(state, answer)
        spoken = (0x13, 2, 3, 0x15, 4, 6, 9, 0x0A, 0x0B)
        await client.ask(1, 0x17, body=versions(*spoken))
        classes(await client.ask(1, 0x06), 35)
        await client.say(1, 0x08, body=CLASS_IDS)
        await queries(client, 0x13, 0x05)
        await client.say(2, 0x04, body=tlv(5, CHAT_CAP))
        await client.say(4, 0x02, body=u16(1, 0, 3, 8000, 999, 999, 0, 0))
        [own] = await client.say(1, 0x1E, body=tlv(6, bytes(4)) + tlv(0x0C, direct))
        assert read_info(own.body).tlvs[0x01] == u16(0x50)
        await client.say(3, 0x04, body=s8(b"100300"))
        await client.say(1, 0x11, body=bytes(4))
        await client.say(1, 0x02, body=ready(*spoken))
        await client.say(0x13, 0x07)
        arrived = read_info(client.unasked((3, 0x0B))[0])
        assert len(arrived.tlvs[0x0C]) == 37  # without it the arrival is ignored
        stored = tlv(1, struct.pack("<HIHH", 8, 100200, 0x3C, 1))
        done = read_tlvs(await client.ask(0x15, 0x02, body=stored))[1]
        assert done == struct.pack("<HIHHB", 9, 100200, 0x42, 1, 0)
        await friend.disconnect()
        client.hear()
        gone = read_info(client.unasked((3, 0x0C))[0])
        assert gone.tlvs == {0x01: u16(0)}
        await ask_details(client)

    run(scenario)


async def ask_details(client: Persona) -> None:
    """Ask what an ICQ client asks after its sign-on; nothing ends the session."""
    replies = await client.say(
        0x15, 2, body=meta(100200, 2, 0x4D0, struct.pack("<I", 100200))
    )
    parts = [read_meta(reply.body)[3] for reply in replies]
    assert parts == [0xC8, 0xDC, 0xEB, 0x10E, 0xD2, 0xE6, 0xF0, 0xFA]
    assert [reply.flags & 1 for reply in replies] == [1] * 7 + [0]
    short = await client.ask(
        0x15, 2, body=meta(100200, 3, 0x4BA, struct.pack("<I", 100300))
    )
    assert read_meta(short)[:4] == (100200, 0x7DA, 3, 0x104)
    assert read_meta(short)[4][:1] == b"\x0a"
    key = b"<key>BannersIP</key>\0"
    banner = await client.ask(
        0x15, 2, body=meta(100200, 4, 0x898, struct.pack("<H", len(key)) + key)
    )
    assert read_meta(banner)[3] == 0x8A2
    assert read_meta(banner)[4][:1] == b"\x0a"
    for number, subtype in enumerate((0x758, 0xAD7, 0x1482, 0x7777), 5):
        unknown = await client.ask(0x15, 2, body=meta(100200, number, subtype))
        assert read_meta(unknown)[2] == number
    assert client.end.closed is None


def test_icq_5_is_ready_before_it_activates_its_list() -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "100300", "100200")
        client = await open_bos(state, await bucp(state, b"100200", "strong", ICQ_5))
        spoken = (0x13, 2, 3, 0x15, 4, 9, 0x0A, 0x0B)
        await client.ask(1, 0x17, body=versions(*spoken, oservice=4))
        classes(await client.ask(1, 0x06), 35)
        await client.say(1, 0x08, body=CLASS_IDS)
        await queries(client, 0x13, 0x05)
        await client.say(1, 0x1E, body=tlv(6, bytes(4)))
        await client.say(1, 0x02, body=ready(*spoken, oservice=4))
        assert bob.kinds() == []
        await client.say(0x13, 0x07)
        assert bob.kinds() == [(3, 0x0B)]
        # QIP counts wrongly here: the number after type and length is the UIN.
        wrong = struct.pack("<HHI", 0x136, 9, 100300)
        found = await client.ask(0x15, 2, body=meta(100200, 2, 0x569, wrong))
        data = read_meta(found)[4]
        length = struct.unpack_from("<H", data, 1)[0]
        assert data[3:7] == struct.pack("<I", 100300)
        assert data[3 + length :] == bytes(12)  # it hides rows without these
        # SNACs (13, 19), (13, 1B) and (13, 1C) begin with the family's version.
        please = s8(b"100300") + u16(3) + b"hey" + u16(0)
        await client.say(0x13, 0x18, body=please)
        [request] = [s for s in bob.snacs() if s.type == (0x13, 0x19)]
        assert request.header.flags & 0x8000

    run(scenario)


def test_jimm_waits_for_news_and_announces_more_capabilities_than_it_sends() -> None:
    async def scenario(state: ServerState) -> None:
        client = await open_bos(state, await flap_login(state, b"100200", JIMM))
        replies = await client.say(1, 0x17, body=versions(0x13, 2, 3, 0x15, 4, 6, 9))
        assert [reply.kind for reply in replies] == [(1, 0x18), (1, 0x13)]
        assert replies[1].body[:2] == u16(4)
        classes(await client.ask(1, 0x06), 35)
        await client.say(1, 0x08, body=CLASS_IDS)
        await queries(client, 0x13, 0x04)
        overrun = u16(5, 0x30) + CHAT_CAP + FILE_CAP
        assert await client.say(2, 0x04, body=overrun) == []
        await client.say(0x13, 0x07)
        await client.say(1, 0x02, body=ready(0x13, 2, 3, 0x15, 4, 6, 9))
        own = read_info(await client.ask(1, 0x0E))
        assert own.tlvs[0x0D] == CHAT_CAP + FILE_CAP
        assert client.end.closed is None

    run(scenario)


def test_miranda_sets_its_details_and_fetches_messages_the_new_way() -> None:
    async def scenario(state: ServerState) -> None:
        sender = await online(state, "100300")
        text = tlv(2, bytes.fromhex("05010001 0101010006") + u16(0, 0) + b"hi")
        kept = bytes(8) + u16(1) + s8(b"100200") + text + tlv(6)
        await sender.say((4, 6), kept)
        identity = MIRANDA + tlv(0x4A, b"\1")
        client = await open_bos(state, await bucp(state, b"100200", "strong", identity))
        spoken = (0x13, 2, 3, 0x15, 4, 6, 9, 0x0A, 0x0B)
        await client.ask(1, 0x17, body=versions(*spoken))
        classes(await client.ask(1, 0x06), 35)
        await client.say(1, 0x08, body=CLASS_IDS)
        await queries(client, 0x13, 0x05)
        await client.say(1, 0x1E, body=tlv(6, u16(0x1000, 0)) + tlv(0x0C, bytes(37)))
        await client.say(0x13, 0x07)
        await client.say(1, 0x02, body=ready(*spoken))
        permission = struct.pack("<HHBHHB", 0x2F8, 1, 1, 0x30C, 1, 0)
        stored = await client.ask(0x15, 2, body=meta(100200, 2, 0xC3A, permission))
        assert read_meta(stored)[3:] == (0xC3F, b"\x0a")
        replies = await client.say(4, 0x10)
        assert [r.kind for r in replies] == [(4, 7), (4, 0x17)]
        sent = read_info(replies[0].body[10:])
        assert sent.name == b"100300"
        tlvs = read_tlvs(sent.rest)
        assert tlvs[2].endswith(b"hi")
        assert tlvs[6] == b""
        assert len(tlvs[0x16]) == 4

    run(scenario)


def test_aim_6_is_told_of_each_session_of_its_name_its_own_first() -> None:
    async def scenario(state: ServerState) -> None:
        identity = who(b"AOL Instant Messenger, version 6.8", 0x109, (6, 8, 14, 6))
        identity += tlv(0x4A, b"\1")
        old = await open_bos(state, await bucp(state, b"Alice", "strong", identity))
        await old.ask(1, 0x17, body=versions(2, 3, 4))
        client = await open_bos(state, await bucp(state, b"Alice", "strong", identity))
        await client.ask(1, 0x17, body=versions(2, 3, 4, oservice=4))
        own = read_info(await client.ask(1, 0x0E))
        assert own.tlvs[0x14] == b"\2"
        other = read_info(own.rest)
        assert (other.tlvs[0x14], other.rest) == (b"\1", b"")
        assert read_info(await old.ask(1, 0x0E)).rest == b""

    run(scenario)


def test_twisted_finds_an_address_in_a_refusal() -> None:
    async def scenario(state: ServerState) -> None:
        client = Persona(state, b"")
        await client.connect()
        await client.ask(0x17, 6, body=tlv(1, b"Alice") + tlv(0x4B))
        refused = tlv(1, b"Alice") + tlv(0x25, bytes(16)) + tlv(0x4C) + AIM_59
        tlvs = read_tlvs(await client.ask(0x17, 2, body=refused))
        assert tlvs == {1: b"Alice", 4: b"", 8: u16(5)}

    run(scenario)


def test_kamaelia_of_old_tells_its_status_last_and_is_there() -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob", "Alice")
        zeros = tlv(0x4B, u16(0)) + tlv(0x5A, u16(0))
        old = who(b"KamaeliaAIM/0.1", 0x109, (0, 1, 0, 42)) + tlv(0x4A, b"\1")
        client = await open_bos(
            state, await bucp(state, b"Alice", "strong", old, zeros)
        )
        spoken = (2, 3, 4, 8, 9, 0x0A, 0x0B, 0x13, 0x15)
        await client.ask(1, 0x17, body=versions(*spoken))
        await client.ask(1, 0x06)
        await client.say(1, 0x08, body=CLASS_IDS)
        await queries(client, 0x13, 0x04)
        for kind, body in (
            ((0x02, 0x04), tlv(5)),
            ((0x13, 0x12), b""),
            ((0x13, 0x07), b""),
            ((0x01, 0x1E), tlv(6, u16(0x0100, 0))),
            ((0x01, 0x02), ready(*spoken)),
        ):
            await client.say(*kind, body=body)
        assert bob.kinds() == [(3, 0x0B)]

    run(scenario, clock=Clock())
