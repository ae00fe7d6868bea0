"""URL, FND, SND, IMS, GCF, pages, LST and LSG; commands out of their dialect."""

import pytest

from .hall import Hall, in_hall


@pytest.mark.parametrize(
    ("dialect", "line", "heard"),
    [
        (8, "URL 9 INBOX", "URL 9 /page/inbox http://192.0.2.30:8080/page 2"),
        (2, "URL 9 INBOX", "URL 9 /page/inbox http://192.0.2.30:8080/page"),
        (8, "URL 9 NONSENSE", "201 9"),
        (8, "URL 9", "200 9"),
        (2, "FND 9 fname=A lname=B city=* state=* country=US", "FND 9 0 0"),
        (2, "FND 9", "300 9"),
        (4, "SND 9 dave@example.com", "502 9"),
        (3, "IMS 9 OFF", "IMS 9 0 OFF"),
        (2, "IMS 9 OFF", "502 9"),
        (3, "IMS 9 MAYBE", "201 9"),
        (11, "GCF 9 Other.xml", "510 9"),
        (10, "GCF 9 Shields.xml", "502 9"),
        (8, "LST 9 FL", "502 9"),
        (8, "XFR 9 NS", "XFR 9 NS 192.0.2.30:1863 0 192.0.2.30:1863"),
        (8, "XFR 9 XX", "201 9"),
        (8, "XFR 9", "200 9"),
        (8, "FOO 9", "200 9"),
        (8, "LKP 9 x", "502 9"),
        (6, "ADG 9 x 0", "502 9"),
        (4, "PRP 9 PHH 1", "502 9"),
        (8, "UUX 9 0", "502 9"),
        (5, "QRY 9 x 0", "502 9"),
        (8, "CAL 9 bob@example.com", "200 9"),
    ],
)
def test_answers(dialect: int, line: str, heard: str) -> None:
    async def scenario(hall: Hall) -> None:
        hall.state.web = ("http", 8080)
        client = await hall.online("alice", dialect)
        assert await client.say(line) == [heard]
        assert client.reason is None

    in_hall(scenario)


@pytest.mark.parametrize(
    ("dialect", "line", "heard"),
    [
        (8, b"PAG 9 bob@example.com 2\r\nhi", "220 9"),
        (9, b"PAG 9 bob@example.com 2\r\nhi", "502 9"),
        (9, b"PGD 9 bob@example.com 1 2\r\nhi", "220 9"),
        (9, b"PGD 9 bob@example.com 7 2\r\nhi", "201 9"),
        (8, b"SDC 9 x@example.com 0x0409 MSMSGS MSMSGS X X Al 2\r\nhi", "502 9"),
        (12, b"ADL 9 9\r\n<ml></ml>", "502 9"),
        (8, b"MSG 9 U 2\r\nhi", "200 9"),
    ],
)
def test_answers_to_payloads(dialect: int, line: bytes, heard: str) -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", dialect)
        assert await client.say(line) == [heard]
        assert await client.say("PNG") == ["QNG" if dialect == 8 else "QNG 50"]

    in_hall(scenario)


def test_the_policy_file_comes_after_the_lists() -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.sign_on("alice", 11)
        assert await client.say("GCF 5 Shields.xml") == ["715 5"]
        await client.say("SYN 6 0 0", "GCF 7 Shields.xml")
        assert b'<?xml version="1.0"' in client.raw

    in_hall(scenario)


def test_no_pages_without_a_web_server() -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", 8)
        assert await client.say("URL 9 INBOX") == ["504 9"]

    in_hall(scenario)


def test_lists_one_by_one_up_to_msnp7() -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", 7)
        version = client.session.roster.version  # type: ignore[attr-defined]
        assert await client.say("LST 9 FL") == [
            f"LST 9 FL {version} 1 1 bob@example.com Bob 0"
        ]
        assert await client.say("LST 9 BL") == [f"LST 9 BL {version} 0 0"]
        assert await client.say("LST 9 PL") == ["201 9"]
        assert await client.say("LSG 9") == [
            f"LSG 9 {version} 1 1 0 Other%20Contacts 0"
        ]

    in_hall(scenario)
