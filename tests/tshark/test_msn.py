"""tshark as the referee of our MSN server, beside recorded clients and servers."""

from pathlib import Path

import pytest

from Kamaelia.Protocol.MSN.wire.message import Message
from tests.helpers.capture_writer import Talk, Turn
from tests.helpers.tshark import MSNLine, msn_lines, require_tshark
from tests.msn.server.hall import Client, Hall, in_hall
from tests.tshark.recorded import msn_marks


@pytest.fixture(autouse=True)
def referee() -> None:
    require_tshark()


class Line:
    """A connection whose turns are kept."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.turns: list[Turn] = []
        self._seen = 0

    async def say(self, data: bytes) -> None:
        self.hear()
        self.turns.append(("c2s", data))
        await self.client.say(data)

    def hear(self) -> None:
        """Keep what came since the last time."""
        if new := self.client.raw[self._seen :]:
            self.turns.append(("s2c", new))
        self._seen = len(self.client.raw)


def text(number: int, words: str) -> bytes:
    body = Message.of_type("text/plain; charset=UTF-8", words.encode()).to_bytes()
    return f"MSG {number} A {len(body)}\r\n".encode() + body


async def conversation(dialect: int, hall: Hall) -> list[Line]:
    alice = Line(await hall.online("alice", dialect))
    bob = Line(await hall.online("bob", dialect))
    rooms = [Line(room) for room in await hall.room(alice.client, bob.client)]
    await rooms[0].say(text(5, "h\u00e9llo \u4f60"))
    await rooms[1].say(text(6, "hi"))
    await alice.say(b"CHG 20 BSY\r\n")
    await alice.say(b"PNG\r\n")
    await rooms[1].say(b"OUT\r\n")
    await alice.say(b"OUT\r\n")
    lines = [alice, bob, *rooms]
    for line in lines:
        line.hear()
    return lines


@pytest.mark.parametrize("dialect", [7, 8, 12])
def test_tshark_reads_our_servers_lines_as_msn(dialect: int, tmp_path: Path) -> None:
    lines = in_hall(lambda hall: conversation(dialect, hall))
    talks = [
        Talk(line.turns, 1863, 40_000 + number) for number, line in enumerate(lines)
    ]
    found = msn_lines(tmp_path, *talks)
    for direction in ("c2s", "s2c"):
        sent = b"".join(
            data for talk in talks for way, data in talk.turns if way == direction
        )
        assert "".join(
            line.text for line in found if line.direction == direction
        ) == sent.decode("utf-8", "replace")
    assert _marks(found) <= msn_marks()
    assert any(line.text.startswith("MSG alice@example.com") for line in found)


def _marks(lines: list[MSNLine]) -> frozenset[str]:
    return frozenset(mark for line in lines for mark in line.marks)
