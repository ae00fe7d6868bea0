"""Whole sign-ons and a conversation, as bytes, in the order that clients have."""

import pytest

from Kamaelia.Protocol.MSN.wire.challenge import answer, login_digest
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.notices import PROFILE, Profile, read_notice
from Kamaelia.Protocol.MSN.wire.switchboard import Incoming
from Kamaelia.store.msn import Lists

from .hall import CHALLENGE, Hall, in_hall

PICTURE = "%3Cmsnobj%20Creator%3D%22alice%40example.com%22%20Size%3D%2212%22%2F%3E"


def typed(client_raw: bytes) -> Profile:
    """Return the profile in what a client has received."""
    start = client_raw.index(b"MIME-Version")
    return _profile(Message.from_bytes(client_raw[start:]))


def _profile(message: Message) -> Profile:
    found = read_notice(message)
    assert isinstance(found, Profile)
    assert message.content_type == PROFILE
    return found


async def befriend(hall: Hall) -> None:
    """Lists as in the reference: Bob on FL, AL, RL in two groups; Carol on RL."""
    msn, alice = hall.store.msn, "alice@example.com"
    await msn.add_group(alice, "Friends")
    await msn.add_to_list(alice, "bob@example.com", Lists.FL, group=1)
    await hall.store.add_contact("carol@example.com", alice)
    await msn.set_property(alice, "PHH", "555 1234")
    await msn.set_property("bob@example.com", "PHH", "555 9999")
    await msn.set_friendly_name(alice, "Alice Liddell")


def test_msnp7_from_dispatch_to_pong() -> None:
    async def scenario(hall: Hall) -> None:
        await befriend(hall)
        door = hall.dispatch()
        assert await door.say("VER 1 MSNP7 MSNP6 MSNP5 MSNP4 CVR0") == ["VER 1 MSNP7"]
        assert await door.say("INF 2") == ["INF 2 MD5"]
        assert await door.say("USR 3 MD5 I alice@example.com") == [
            "XFR 3 NS 192.0.2.30:1863 0 192.0.2.30:1864"
        ]
        client = hall.connect()
        assert await client.say("VER 4 MSNP7 MSNP6 MSNP5 MSNP4 CVR0") == ["VER 4 MSNP7"]
        assert await client.say("INF 5") == ["INF 5 MD5"]
        (line,) = await client.say("USR 6 MD5 I alice@example.com")
        assert line.startswith("USR 6 MD5 S ")
        digest = login_digest(line.split(" ")[4], "alicepw")
        heard = await client.say(f"USR 7 MD5 S {digest}")
        assert heard[0] == "USR 7 OK alice@example.com Alice%20Liddell 1"
        assert heard[1].startswith("MSG Hotmail Hotmail ")
        assert typed(client.raw).client_ip is None
        burst = await client.say("SYN 8 0")
        version = burst[0].split(" ")[2]
        bob = ["BPR V bob@example.com PHH 555%209999", "BPR V bob@example.com PHW"]
        bob += ["BPR V bob@example.com PHM", "BPR V bob@example.com MOB N"]
        assert [
            " ".join("V" if word == version else word for word in line.split(" "))
            for line in burst
        ] == [
            "SYN 8 V",
            "GTC 8 V A",
            "BLP 8 V AL",
            "PRP 8 V PHH 555%201234",
            "PRP 8 V PHW",
            "PRP 8 V PHM",
            "PRP 8 V MOB N",
            "PRP 8 V MBE N",
            "LSG 8 V 1 2 0 Other%20Contacts 0",
            "LSG 8 V 2 2 1 Friends 0",
            "LST 8 FL V 1 1 bob@example.com Bob 0,1",
            *bob,
            "LST 8 AL V 1 1 bob@example.com Bob",
            "LST 8 BL V 0 0",
            "LST 8 RL V 1 2 bob@example.com Bob",
            "LST 8 RL V 2 2 carol@example.com Carol",
        ]
        await hall.online("bob", 9, "AWY")
        assert await client.say("CHG 9 NLN") == [
            "CHG 9 NLN",
            "ILN 9 AWY bob@example.com Bob",
            f"CHL 0 {CHALLENGE}",
        ]
        (line,) = await client.say(
            "CVR 10 0x0409 winnt 5.1 i386 MSMSGS 4.7.0041 MSMSGS"
        )
        assert line.startswith("CVR 10 4.7.0041 4.7.0041 4.7.0041 http")
        reply = b"QRY 11 msmsgs@msnmsgr.com 32\r\n8ba1bb9d6dbf624fee31a2053af5fdd0"
        assert await client.say(reply) == ["QRY 11"]
        assert await client.say("PNG") == ["QNG"]

    in_hall(scenario)


@pytest.mark.parametrize("dialect", [8, 9])
def test_msnp8_and_9(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        await befriend(hall)
        client = hall.connect()
        offer = f"VER 1 MSNP{dialect} CVR0"
        assert await client.say(offer) == [f"VER 1 MSNP{dialect}"]
        (line,) = await client.say(
            "CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS alice@example.com"
        )
        assert line.startswith("CVR 2 5.0.0544 5.0.0544 5.0.0544 http")
        (line,) = await client.say("USR 6 TWN I alice@example.com")
        assert line.startswith("USR 6 TWN S ct=")
        ticket = hall.state.tickets.issue("alice@example.com", hall.now)
        heard = await client.say(f"USR 7 TWN S t={ticket}&p=")
        assert heard[0] == "USR 7 OK alice@example.com Alice%20Liddell 1 0"
        assert heard[1].startswith("MSG Hotmail Hotmail ")
        assert len(heard) == 2
        profile = typed(client.raw)
        assert (profile.client_ip, profile.client_port) == ("192.0.2.1", 51234)
        assert profile.get("ABCHMigrated") is None
        burst = await client.say("SYN 8 0")
        assert burst[0].startswith("SYN 8 ")
        assert burst[0].endswith(" 2 2")
        assert burst[1:] == [
            "GTC A",
            "BLP AL",
            "PRP PHH 555%201234",
            "LSG 0 Other%20Contacts 0",
            "LSG 1 Friends 0",
            "LST bob@example.com Bob 11 0,1",
            "BPR PHH 555%209999",
            "LST carol@example.com Carol 8",
        ]
        picture = f" {PICTURE}" if dialect == 9 else ""
        bob = await hall.online("bob", 12)
        heard = await client.say(f"CHG 9 NLN 268435492{picture}")
        assert heard == [
            f"CHG 9 NLN 268435492{picture}",
            "ILN 9 NLN bob@example.com Bob 268435492",
            f"CHL 0 {CHALLENGE}",
        ]
        assert bob.heard() == [
            f"NLN NLN alice@example.com Alice%20Liddell 268435492{picture}"
        ]
        assert await client.say("PNG") == ["QNG" if dialect == 8 else "QNG 50"]

    in_hall(scenario)


@pytest.mark.parametrize("dialect", [10, 11, 12])
def test_msnp10_to_12(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        await befriend(hall)
        client = hall.connect()
        offer = f"VER 1 MSNP{dialect} MSNP{dialect - 1} CVR0"
        assert await client.say(offer) == [f"VER 1 MSNP{dialect}"]
        await client.say(
            "CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5.0324 msmsgs alice@example.com"
        )
        await client.say("USR 3 TWN I alice@example.com")
        ticket = hall.state.tickets.issue("alice@example.com", hall.now)
        heard = await client.say(f"USR 4 TWN S t={ticket}&p=")
        assert heard[0] == "USR 4 OK alice@example.com 1 0"
        assert ("SBS 0 null" in heard) == (dialect >= 11)
        assert heard[-1].startswith("MSG Hotmail Hotmail ")
        assert typed(client.raw).get("ABCHMigrated") == "1"
        lists = await hall.store.msn.synchronise("alice@example.com")
        bob = next(c for c in lists.contacts if c.handle == "bob@example.com")
        group = next(g for g in lists.groups if g.name == "Friends")
        kind = " 1" if dialect == 12 else ""
        burst = await client.say("SYN 5 0 0")
        sync = burst[0].split(" ")
        assert sync[:2] == ["SYN", "5"]
        assert sync[4:] == ["2", "1"]
        assert len(sync[2]) == len(sync[3]) == len("2005-06-01T10:20:30.1230000-07:00")
        assert burst[1:] == [
            "GTC A",
            "BLP AL",
            "PRP MFN Alice%20Liddell",
            "PRP PHH 555%201234",
            "PRP MBE N",
            f"LSG Friends {group.guid}",
            f"LST N=bob@example.com F=Bob C={bob.guid} 11{kind} {group.guid}",
            "BPR PHH 555%209999",
            f"LST N=carol@example.com F=Carol 16{kind}",
        ]
        if dialect >= 11:
            (line,) = await client.say("GCF 6 Shields.xml")
            assert line.startswith("GCF 6 Shields.xml ")
            xml = (
                b"<Data><PSM>Out &amp; about</PSM><CurrentMedia></CurrentMedia></Data>"
            )
            assert len(xml) == 68
            assert await client.say(b"UUX 7 68\r\n" + xml) == ["UUX 7 0"]
        other = await hall.online("bob", 11)
        payload = b"<Data><PSM>hi</PSM><CurrentMedia></CurrentMedia></Data>"
        await other.say(b"UUX 7 %d\r\n" % len(payload) + payload)
        heard = await client.say("CHG 8 NLN 1342521420 0")
        ubx = [f"UBX bob@example.com {len(payload)}"] if dialect >= 11 else []
        assert heard == [
            "CHG 8 NLN 1342521420 0",
            "ILN 8 NLN bob@example.com Bob 268435492",
            *ubx,
            f"CHL 0 {CHALLENGE}",
        ]
        seen = other.heard()
        assert seen[0] == "NLN NLN alice@example.com Alice%20Liddell 1342521420"
        assert seen[1:] == (["UBX alice@example.com 68"] if dialect >= 11 else [])
        product = "PROD0090YUAUV{2B"
        digest = answer(CHALLENGE, product, dialect).encode()
        assert await client.say(b"QRY 9 %b 32\r\n%b" % (product.encode(), digest)) == [
            "QRY 9"
        ]
        assert await client.say("PNG") == ["QNG 50"]

    in_hall(scenario)


def test_a_conversation_of_two() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 9)
        bob = await hall.online("bob", 9)
        alice.heard()
        (line,) = await alice.say("XFR 12 SB")
        _, _, kind, address, cki, cookie = line.split(" ")
        assert (kind, address, cki) == ("SB", "192.0.2.30:1863", "CKI")
        caller = hall.connect()
        assert await caller.say(f"USR 1 alice@example.com {cookie}") == [
            "USR 1 OK alice@example.com Alice"
        ]
        (line,) = await caller.say("CAL 2 bob@example.com")
        number = line.split(" ")[3]
        assert line == f"CAL 2 RINGING {number}"
        (line,) = bob.heard()
        ring = line.split(" ")
        assert ring[:4] == ["RNG", number, "192.0.2.30:1863", "CKI"]
        assert ring[5:] == ["alice@example.com", "Alice"]
        callee = hall.connect()
        assert await callee.say(f"ANS 1 bob@example.com {ring[4]} {number}") == [
            "IRO 1 1 1 alice@example.com Alice",
            "ANS 1 OK",
        ]
        assert caller.heard() == ["JOI bob@example.com Bob"]
        text = bytes(range(132))
        assert await caller.say(b"MSG 3 A 132\r\n" + text) == ["ACK 3"]
        (message,) = callee.commands()
        assert Incoming.from_command(message).payload == text
        assert message.tokens == ("alice@example.com", "Alice", "132")
        assert await callee.say("OUT") == []
        assert caller.heard() == ["BYE bob@example.com"]

    in_hall(scenario)


def test_a_second_sign_on_ends_the_first() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 8)
        old = await hall.online("alice", 8)
        bob.heard()
        new = await hall.sign_on("alice", 12)
        assert old.heard() == ["OUT OTH"]
        assert old.reason is not None
        assert bob.heard() == []
        await new.say("CHG 6 AWY 0")
        assert bob.heard() == ["NLN AWY alice@example.com Alice 0"]
        await new.say("OUT")
        assert bob.heard() == ["FLN alice@example.com"]

    in_hall(scenario)


def test_who_takes_over_and_hides_or_leaves_is_seen_to_go() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 8)
        await hall.online("alice", 8)
        hidden = await hall.sign_on("alice", 8)
        bob.heard()
        await hidden.say("CHG 6 HDN 0")
        assert bob.heard() == ["FLN alice@example.com"]
        await hidden.say("CHG 7 NLN 0")
        gone = await hall.sign_on("alice", 8)
        bob.heard()
        gone.drop()
        assert bob.heard() == ["FLN alice@example.com"]

    in_hall(scenario)
