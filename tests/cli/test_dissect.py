import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from Kamaelia.cli.dissect import dissect_to_document, dissect_to_lines
from Kamaelia.cli.main import app
from Kamaelia.Protocol.AIM.wire.flap import FLAPEncoder
from Kamaelia.Protocol.AIM.wire.foodgroups import ICBM
from Kamaelia.Protocol.AIM.wire.icbm import MessageToClient, MessageToHost
from Kamaelia.Protocol.AIM.wire.oft import OFTHeader, OFTType
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.msnftp import END_BLOCK, pack_blocks
from Kamaelia.Protocol.MSN.wire.p2p import P2PPacket
from tests.helpers.capture_writer import PcapFile, Talk, Turn, capture_of
from tests.helpers.pcap import capture_path

AIM = ["aim-puzzle1", "aim-libpurple"]
MSN = ["msn-ppa1e", "msnp8-twisted"]
SNAC_FIELDS = ("family", "subtype", "flags", "reqid")
TLV_FIELDS = ("type", "len", "value_hex")
COOKIE = b"12345678"

Document = dict[str, Any]


def golden(name: str) -> Document:
    found: Document = json.loads(
        capture_path(f"{name}.golden.json").read_text(encoding="utf-8")
    )
    return found


def ours(name: str) -> Document:
    return dissect_to_document(capture_path(f"{name}.pcap"))


def document(folder: Path, *talks: Talk) -> Document:
    return document_of(folder, capture_of(*talks))


def document_of(folder: Path, data: bytes) -> Document:
    path = folder / "made.pcap"
    path.write_bytes(data)
    return dissect_to_document(path)


def listing(path: Path) -> list[str]:
    lines: list[str] = []
    dissect_to_lines(path, lambda line: lines.append(line.text))
    return lines


def pick(fields: Document, names: tuple[str, ...]) -> Document:
    return {name: fields[name] for name in names}


def tlvs(found: list[Document]) -> list[Document]:
    return [pick(tlv, TLV_FIELDS) for tlv in found]


@pytest.mark.parametrize("name", AIM)
def test_every_frame_equals_its_golden_decode(name: str) -> None:
    wanted, found = golden(name)["oscar"], ours(name)["oscar"]
    assert len(found) == len(wanted) == {"aim-puzzle1": 31, "aim-libpurple": 358}[name]
    for mine, theirs in zip(found, wanted, strict=True):
        plain = set(theirs) - {"snac", "tlvs", "icbm", "ws", "malformed"}
        assert {key: mine[key] for key in plain} == {key: theirs[key] for key in plain}
        assert ("snac" in mine) == ("snac" in theirs)
        if "snac" in theirs:
            assert pick(mine["snac"], SNAC_FIELDS) == pick(theirs["snac"], SNAC_FIELDS)
        assert "error" not in mine


@pytest.mark.parametrize("name", AIM)
def test_every_message_equals_its_golden_decode(name: str) -> None:
    count = 0
    for mine, theirs in zip(ours(name)["oscar"], golden(name)["oscar"], strict=True):
        wanted = theirs.get("icbm")
        assert (wanted is None) == ("icbm" not in mine)
        if wanted is None:
            continue
        wanted.pop("text_ws", None)
        if "rendezvous" in wanted:
            rendezvous = wanted["rendezvous"]
            rendezvous["tlvs"] = tlvs(rendezvous["tlvs"])
        assert mine["icbm"] == wanted
        count += "text" in wanted
    assert count == 4


@pytest.mark.parametrize("name", AIM)
def test_the_tlvs_are_those_of_the_golden_decode(name: str) -> None:
    for mine, theirs in zip(ours(name)["oscar"], golden(name)["oscar"], strict=True):
        wanted = tlvs(theirs.get("tlvs", []))
        found = mine.get("tlvs", [])
        # Of several feedbag items Wireshark shows the first one's only.
        assert found[: len(wanted)] == wanted
        if wanted and theirs.get("snac", {}).get("subtype") != 8:
            assert found == wanted


@pytest.mark.parametrize(("name", "count"), [("msn-ppa1e", 25), ("msnp8-twisted", 116)])
def test_every_command_and_line_equals_its_golden_decode(name: str, count: int) -> None:
    wanted, found = golden(name)["msn"], ours(name)["msn"]
    assert len(found["commands"]) == len(wanted["commands"]) == count
    for kind in ("commands", "lines"):
        for mine, theirs in zip(found[kind], wanted[kind], strict=True):
            assert {key: mine.get(key) for key in theirs} == theirs


@pytest.mark.parametrize("name", AIM + MSN)
def test_connections_warnings_files_and_counts_are_golden(name: str) -> None:
    wanted, found = golden(name), ours(name)
    assert found["format"] == wanted["format"]
    capture = wanted["capture"]
    assert pick(found["capture"], tuple(capture)) == capture
    assert found["warnings"] == wanted["warnings"]
    assert found["tally"] == wanted["tally"]
    for mine, theirs in zip(found["flows"], wanted["flows"], strict=True):
        for direction in ("c2s", "s2c"):
            theirs[direction].pop("file", None)
        assert pick(mine, tuple(theirs)) == theirs
    if wanted["oft"] is None:
        assert found["oft"] is None
    else:
        assert found["oft"]["headers"] == wanted["oft"]["headers"]
        assert found["oft"]["files"] == wanted["oft"]["files"]


def test_the_conversation_has_each_message_once() -> None:
    def said(name: str) -> list[tuple[str, list[str], str]]:
        return [
            (each["sender"], each["recipients"], each["words"])
            for each in ours(name)["conversation"]
        ]

    assert said("aim-libpurple") == [
        ("alice", ["bob"], "hello <bob> & hé 你"),
        ("bob", ["alice"], "reply from bob"),
        ("alice", ["room interop room"], "to all"),
        ("bob", ["room interop room"], "chat from bob"),
    ]
    alice, bob, carol = (f"{name}@example.com" for name in ("alice", "bob", "carol"))
    assert said("msnp8-twisted") == [
        (alice, [bob], "héllo bob 你好"),
        (bob, [alice], "hi alice"),
        (carol, [alice, bob], "we are three"),
    ]


def test_a_connection_joined_in_the_middle_names_its_user_by_address() -> None:
    said = ours("aim-puzzle1")["conversation"]
    assert [(each["sender"], each["recipients"]) for each in said] == [
        ("192.168.1.158:51128", ["Sec558user1"]),
        ("Sec558user1", ["192.168.1.158:51128"]),
        ("Sec558user1", ["192.168.1.158:51128"]),
        ("192.168.1.158:51128", ["Sec558user1"]),
    ]
    assert said[1]["words"] == "thanks dude"


def message(text: str, cookie: bytes = COOKIE) -> SNAC:
    body = MessageToHost.of_text("bob", text, cookie).to_bytes()
    return SNAC.make(ICBM.CHANNEL_MSG_TO_HOST, body, request_id=7)


def stream(*texts: str, sequence: int = 1) -> list[bytes]:
    """Return frames: a sign-on, then a message for each text."""
    encoder = FLAPEncoder(sequence)
    frames = [encoder.encode(1, b"\0\0\0\1")]
    for number, text in enumerate(texts):
        cookie = number.to_bytes(8, "big")
        frames.append(encoder.encode(2, message(text, cookie).to_bytes()))
    return frames


def texts(found: Document) -> list[str]:
    return [f["icbm"]["text"] for f in found["oscar"] if "text" in f.get("icbm", {})]


def test_oscar_is_found_on_any_port(tmp_path: Path) -> None:
    turns = [("c2s", frame) for frame in stream("one", "two")]
    found = document(tmp_path, Talk(turns, server_port=31337))
    assert found["flows"][0]["proto"] == "oscar"
    assert texts(found) == ["one", "two"]


@pytest.mark.parametrize("cut", [1, 3, 7, 30, 40])
def test_a_stream_joined_inside_a_frame_is_read_from_the_next_on(
    tmp_path: Path, cut: int
) -> None:
    data = b"".join(stream("one", "two", "three")[1:])[cut:]
    found = document(tmp_path, Talk([("c2s", data)], 4443, whole=False))
    assert found["flows"][0]["proto"] == "oscar"
    assert texts(found) == ["two", "three"]
    assert not [w for w in found["warnings"] if "left" in w]


def test_bytes_that_are_no_frame_are_skipped_and_told(tmp_path: Path) -> None:
    one, two, three = stream("one", "two")
    found = document(tmp_path, Talk([("c2s", one + two + b"\0noise*" + three)]))
    assert texts(found) == ["one", "two"]
    bad, again = found["warnings"]
    at = len(one + two)
    assert bad == (
        f"stream 0 c2s: bad FLAP marker at offset {at}; looking for the next frame"
    )
    assert again.startswith(f"stream 0 c2s: a frame again at offset {at + 7}")


def test_a_length_that_lies_does_not_hide_the_frames_after_it(tmp_path: Path) -> None:
    one, two, three = stream("one", "two")
    lying = two[:4] + b"\xff\xff" + two[6:]
    found = document(tmp_path, Talk([("c2s", one + lying + three)]))
    assert texts(found) == ["two"]
    assert "looking inside it" in found["warnings"][0]


def test_a_gap_costs_the_frames_it_covers(tmp_path: Path) -> None:
    file = PcapFile()
    frames = stream("one", "two" * 300, "three", "four")
    turns: list[Turn] = [("c2s", frame) for frame in frames]
    server = FLAPEncoder(9)
    turns += [("s2c", server.keep_alive()) for _ in range(8)]
    file.add(Talk(turns))
    lost = file.packets[:5] + file.packets[6:]  # after 3 packets to open it
    found = document_of(tmp_path, file.to_bytes(lost))
    assert texts(found) == ["one", "three", "four"]
    assert "bytes missing at offset" in found["warnings"][0]
    assert found["flows"][0]["c2s"]["gaps"]


def test_numbers_that_jump_are_told(tmp_path: Path) -> None:
    frames = stream("one", "two", "three")
    del frames[2]
    found = document(tmp_path, Talk([("c2s", b"".join(frames))]))
    assert "frame 4 follows frame 2" in found["warnings"][0]


def test_a_body_that_cannot_be_read_is_told_with_its_frame(tmp_path: Path) -> None:
    encoder = FLAPEncoder()
    snac = SNAC.make(ICBM.CHANNEL_MSG_TO_HOST, b"short").to_bytes()
    data = encoder.encode(1, b"\0\0\0\1") + encoder.encode(2, snac)
    found = document(tmp_path, Talk([("c2s", data)]))
    assert "message to host" in found["oscar"][1]["error"]
    lines = listing(tmp_path / "made.pcap")
    assert any("unreadable: message to host" in line for line in lines)


def test_what_users_write_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    evil = "\x1b[31m[bold]red[/bold]\r\n\u202e12.0 fake line\x07"
    encoder = FLAPEncoder()
    heard = MessageToClient(
        COOKIE, 1, UserInfo("ev\x1bil"), MessageToHost.of_text("x", evil, COOKIE).tlvs
    )
    data = encoder.encode(1, b"\0\0\0\1") + encoder.encode(
        2, SNAC.make(ICBM.CHANNEL_MSG_TO_CLIENT, heard.to_bytes()).to_bytes()
    )
    path = tmp_path / "evil.pcap"
    path.write_bytes(capture_of(Talk([("s2c", data)])))
    result = CliRunner().invoke(app, ["dissect", str(path)])
    assert result.exit_code == 0
    assert not set("\x1b\r\x07\u202e") & set(result.stdout)
    assert r"\x1b[31m[bold]red[/bold]\r\n\u202e12.0 fake line\x07" in result.stdout
    assert r"from ev\x1bil" in result.stdout


def command(name: str, *args: str, payload: bytes | None = None) -> bytes:
    return Command(name, None, args, payload).to_bytes()


SWITCHBOARD: list[Turn] = [
    ("c2s", b"USR 1 ann@example.com 123.456\r\n"),
    ("s2c", b"USR 1 OK ann@example.com Ann\r\n"),
    ("s2c", b"JOI bob@example.com Bob\r\n"),
]


def msn_text(text: str) -> bytes:
    return Message.of_type("text/plain; charset=UTF-8", text.encode()).to_bytes()


def test_msn_is_found_on_any_port_and_joined_in_a_payload(tmp_path: Path) -> None:
    first = command("MSG", "4", "N", payload=msn_text("first"))
    rest = command("MSG", "5", "N", payload=msn_text("second"))
    data = first[20:] + rest
    found = document(
        tmp_path,
        Talk([("c2s", data)], 99, 41000, whole=False),
        Talk([*SWITCHBOARD, ("c2s", first)], 98),
    )
    assert [flow["proto"] for flow in found["flows"]] == ["msnp", "msnp"]
    bodies = [c["body"] for c in found["msn"]["commands"] if c["cmd"] == "MSG"]
    assert bodies == ["second", "first"]


def test_who_says_the_same_again_says_it_twice(tmp_path: Path) -> None:
    again = command("MSG", "4", "N", payload=msn_text("hi")) * 2
    heard = command("MSG", "ann@example.com", "Ann", payload=msn_text("hi")) * 2
    found = document(
        tmp_path,
        Talk([*SWITCHBOARD, ("c2s", again)], 1863),
        Talk([("c2s", b"ANS 1 bob@example.com 1.2 3\r\n"), ("s2c", heard)], 98, 41000),
    )
    said = [(each["sender"], each["words"]) for each in found["conversation"]]
    assert said == [("ann@example.com", "hi")] * 2


def test_a_bad_line_costs_msn_nothing_but_itself(tmp_path: Path) -> None:
    more = command("MSG", "5", "N", payload=msn_text("still here"))
    turns = [*SWITCHBOARD, ("c2s", b"\xff\xfe not a line\r\n" + more)]
    found = document(tmp_path, Talk(turns, 1863))
    assert found["conversation"][0]["words"] == "still here"
    assert "looking for the next command" in found["warnings"][0]


def test_a_payload_that_never_ends_does_not_hide_commands(tmp_path: Path) -> None:
    more = command("MSG", "5", "N", payload=msn_text("still here"))
    turns = [*SWITCHBOARD, ("c2s", b"MSG 4 N 1600\r\n" + more)]
    found = document(tmp_path, Talk(turns, 1863))
    assert [each["words"] for each in found["conversation"]] == ["still here"]
    assert "looking inside it" in found["warnings"][0]


def test_p2p_packets_are_shown(tmp_path: Path) -> None:
    slp = b"INVITE MSNMSGR:bob@example.com MSNSLP/1.0\r\n\r\n"
    packet = P2PPacket(message_id=9, total_size=len(slp), data=slp)
    body = Message.of_type("application/x-msnmsgrp2p", packet.to_bytes())
    sent = command("MSG", "4", "D", payload=body.to_bytes())
    found = document(tmp_path, Talk([*SWITCHBOARD, ("c2s", sent)], 1863))
    shown = found["msn"]["commands"][-1]["p2p"]
    assert (shown["message_id"], shown["data_len"]) == (9, len(slp))
    assert shown["slp"] == "INVITE MSNMSGR:bob@example.com MSNSLP/1.0"
    lines = listing(tmp_path / "made.pcap")
    assert any("P2P session 0 message 9 bytes 0-45 of 45" in line for line in lines)


def test_an_msnftp_transfer_gives_the_file(tmp_path: Path) -> None:
    data = bytes(range(256)) * 20
    found = document(
        tmp_path,
        Talk(
            [
                ("c2s", b"VER MSNFTP\r\n"),
                ("s2c", b"VER MSNFTP\r\n"),
                ("c2s", b"USR bob@example.com 51877\r\n"),
                ("s2c", b"FIL 5120\r\n"),
                ("c2s", b"TFR\r\n"),
                ("s2c", pack_blocks(data) + END_BLOCK),
                ("c2s", b"BYE 16777989\r\n"),
            ],
            6891,
        ),
    )
    assert found["flows"][0]["application"] == "msnftp"
    (file,) = found["msnftp"]["files"]
    assert (file["size"], file["got"]) == (5120, 5120)
    assert len(found["msnftp"]["lines"]) == 6


def test_a_resumed_oft_transfer_counts_what_came(tmp_path: Path) -> None:
    prompt = OFTHeader(OFTType.PROMPT, size=10, total_size=10, raw_name=b"f.txt")
    resume = OFTHeader(OFTType.RESUME, COOKIE, bytes_received=4, raw_name=b"f.txt")
    accept = OFTHeader(OFTType.RESUME_ACCEPT, COOKIE, bytes_received=4)
    found = document(
        tmp_path,
        Talk(
            [
                ("s2c", prompt.to_bytes()),
                ("c2s", resume.to_bytes()),
                ("s2c", accept.to_bytes()),
                ("s2c", b"567890"),
            ],
            4443,
        ),
    )
    assert [h["header"]["type"] for h in found["oft"]["headers"]] == [
        0x0101,
        0x0205,
        0x0106,
    ]
    (file,) = found["oft"]["files"]
    assert (file["name"], file["size"], file["got"]) == ("f.txt", 10, 6)


def test_passport_sign_ons_are_shown_without_passwords() -> None:
    path = capture_path("msnp8-twisted.pcap")
    lines = [line for line in listing(path) if "Passport" in line]
    assert any("pwd=...," in line for line in lines)
    assert not any("alicepw" in line for line in lines)


def test_other_protocols_are_left_alone(tmp_path: Path) -> None:
    found = document(
        tmp_path,
        Talk([("c2s", b"GET / HTTP/1.1\r\n\r\n"), ("s2c", b"HTTP/1.1 200 OK\r\n\r\n")]),
        Talk([("s2c", b"220 mail ready\r\n"), ("c2s", b"EHLO x\r\n")], 25, 40001),
        Talk([("c2s", b"\x16\x03\x01\x02\x00" + bytes(600))], 443, 40002),
        Talk([("c2s", bytes(200_000))], 7, 40003),
        Talk([], 9, 40004),
    )
    assert [flow["proto"] for flow in found["flows"]] == [
        "other",
        "other",
        "tls",
        "other",
        "other",
    ]
    assert found["warnings"] == []


@pytest.mark.parametrize("name", AIM + MSN)
def test_a_capture_that_was_cut_off_is_read_up_to_there(
    name: str, tmp_path: Path
) -> None:
    data = capture_path(f"{name}.pcap").read_bytes()
    for part in (0.3, 0.71):
        found = document_of(tmp_path, data[: int(len(data) * part)])
        assert found["oscar"] or found["msn"]["commands"]


@pytest.mark.parametrize("name", AIM + MSN)
def test_damaged_captures_are_survived(name: str, tmp_path: Path) -> None:
    data = capture_path(f"{name}.pcap").read_bytes()
    dice = random.Random(name)
    path = tmp_path / "damaged.pcap"
    for _ in range(4):
        damaged = bytearray(data)
        for _ in range(dice.choice((3, 30, 300))):
            damaged[dice.randrange(24, len(data))] = dice.randrange(256)
        path.write_bytes(damaged)
        json.dumps(dissect_to_document(path))
        assert listing(path)


@pytest.mark.parametrize("name", ["aim-libpurple", "msnp8-twisted"])
def test_lost_packets_are_survived(name: str, tmp_path: Path) -> None:
    data = capture_path(f"{name}.pcap").read_bytes()
    dice = random.Random(name)
    records, at = [], 24
    while at < len(data):
        size = 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        records.append(data[at : at + size])
        at += size
    for share in (0.02, 0.2):
        kept = [record for record in records if dice.random() > share]
        dice.shuffle(kept[len(kept) // 2 : len(kept) // 2 + 20])
        found = document_of(tmp_path, data[:24] + b"".join(kept))
        assert len(found["oscar"]) > 100 or len(found["msn"]["commands"]) > 40
        assert listing(tmp_path / "made.pcap")


def test_noise_in_every_direction_is_survived_in_linear_time(tmp_path: Path) -> None:
    dice = random.Random(5)
    marker = bytes(dice.choice(b"*\0\1\2\3\4\5") for _ in range(60_000))
    lines = b"MSG 1 N 1600\r\n" * 5_000
    found = document(
        tmp_path,
        Talk([("c2s", stream()[0] + marker), ("s2c", marker)]),
        Talk([("c2s", lines), ("s2c", lines)], 1863, 40001),
        Talk([("c2s", b"OFT2\x01\x00" + marker)], 4443, 40002),
        Talk([("c2s", b"VER MSNFTP\r\n" + marker)], 6891, 40003),
    )
    assert len(found["warnings"]) > 3


def test_the_command_prints_the_listing_and_the_document() -> None:
    path = str(capture_path("aim-libpurple.pcap"))
    result = CliRunner().invoke(app, ["dissect", path])
    assert result.exit_code == 0
    frames = [line for line in result.stdout.splitlines() if "  FLAP ch " in line]
    assert len(frames) == 358
    assert result.stdout.splitlines()[-1].startswith(
        "1453 packets, 16 connections, 16 of them shown"
    )
    result = CliRunner().invoke(app, ["dissect", path, "--json"])
    assert json.loads(result.stdout) == ours("aim-libpurple")
