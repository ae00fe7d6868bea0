"""The client sides of a recording, said to our server, which answers as recorded.

Three of Twisted's old clients (MSNP8) talk to Escargot. What a server chooses is
substituted: tickets, cookies, session ids, addresses, list versions, the profile. What
Escargot does otherwise than the protocol is named in `NOT_OURS`.
"""

from collections import defaultdict
from typing import Any

from Kamaelia.Protocol.MSN.Server.state.state import Settings

from ..wire import recordings
from .hall import Client, Hall, in_hall

NOTIFICATION = {0: "alice", 2: "bob", 8: "carol"}
SWITCHBOARD = {6: "alice", 7: "bob", 11: "carol"}
VERSIONED = {"SYN": 1, "ADD": 2, "BPR": 0, "ADG": 1, "REA": 1}

NOT_OURS = {
    # Presence in two copies: the second comes from Escargot's delayed queue.
    2: ["NLN NLN alice@example.com Alice 0", "FLN alice@example.com"],
    # Alice had added Carol before: she is on Carol's reverse list too (11, not 3).
    8: ["FLN alice@example.com", "LST alice@example.com Alice 3 0"],
}
OURS = {
    # A new name is told to those who are online.
    2: ["NLN BSY alice@example.com Alice%20Two 0"],
    8: ["NLN BSY alice@example.com Alice%20Two 0", "LST alice@example.com Alice 11 0"],
}


class Replay:
    """The recording's connections, to a server of ours."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.clients: dict[int, Client] = {}
        self.heard: dict[int, list[str]] = defaultdict(list)
        self.words: dict[str, str] = {}  # recorded -> ours
        self.commands = recordings.golden("msnp8-twisted")["msn"]["commands"]
        self.payloads = _payloads()

    async def run(self) -> None:
        for command in self.commands:
            stream = command["stream"]
            if command["dir"] == "s2c":
                continue
            if stream not in self.clients:
                self.clients[stream] = self.hall.connect()
            line = command["line"].strip()
            ours = self._translate(line)
            if command["cmd"] == "USR" and "TWN S" in line:
                handle = f"{NOTIFICATION[stream]}@example.com"
                ticket = self.hall.state.tickets.issue(handle, self.hall.now)
                ours = f"USR 4 TWN S {ticket}"
            data = ours.encode() + b"\r\n"
            if "payload_len" in command:
                data += self.payloads[stream].pop(0)
            self._note(stream, await self.clients[stream].say(data))
            self._collect()
        for stream in (6, 7):  # where the recorded clients closed
            self.clients[stream].drop()
            self._collect()

    def _collect(self) -> None:
        for stream, client in self.clients.items():
            self._note(stream, client.heard())

    def _note(self, stream: int, lines: list[str]) -> None:
        for line in lines:
            self.heard[stream].append(line)
            self._learn(stream, line)

    def _learn(self, stream: int, line: str) -> None:
        """Pair what our server chose with what the recorded one did."""
        tokens = line.split(" ")
        places = {"XFR": [5], "RNG": [1, 4]}.get(tokens[0], [])
        if places:
            theirs = [
                command["line"].split(" ")
                for command in self.commands
                if command["stream"] == stream
                and command["cmd"] == tokens[0]
                and command["dir"] == "s2c"
            ]
            index = sum(t.startswith(tokens[0]) for t in self.heard[stream]) - 1
            for place in places:
                self.words[theirs[index][place]] = tokens[place]

    def _translate(self, line: str) -> str:
        return " ".join(self.words.get(word, word) for word in line.split(" "))


def _payloads() -> dict[int, list[bytes]]:
    """Return the payloads of each client, in their order."""
    found: dict[int, list[bytes]] = defaultdict(list)
    for (stream, direction), parts in recordings.segments("msnp8-twisted").items():
        data = b"".join(parts)
        while direction == "c2s" and b"\r\n" in data:
            line, data = data.split(b"\r\n", 1)
            if line.startswith(b"MSG "):
                size = int(line.split(b" ")[-1])
                found[stream].append(data[:size])
                data = data[size:]
    return found


def normal(line: str) -> str:
    """Return a line without what each server chooses."""
    tokens = line.strip().split(" ")
    name = tokens[0]
    if name in VERSIONED and len(tokens) > VERSIONED[name] + 1:
        tokens[VERSIONED[name] + 1] = "VERSION"
    if name == "CVR":
        tokens[5:] = ["URL", "URL"]
    if name == "USR" and tokens[2:4] == ["TWN", "S"]:
        tokens[4] = "CHALLENGE"
    if name == "XFR":
        tokens[3], tokens[5] = "ADDRESS", "COOKIE"
    if name == "RNG":
        tokens[1:3] = ["SESSION", "ADDRESS"]
        tokens[4] = "COOKIE"
    if name == "CAL":
        tokens[3] = "SESSION"
    if name == "MSG" and tokens[1] == "Hotmail":
        tokens[3] = "LENGTH"
    if name == "LST" and not int(tokens[3]) & 1:
        del tokens[4:]  # groups exist on the forward list only
    return " ".join(tokens)


def replayed() -> tuple[Replay, list[dict[str, Any]]]:
    found: list[Replay] = []

    async def scenario(hall: Hall) -> None:
        await hall.store.add_contact("carol@example.com", "alice@example.com")
        replay = Replay(hall)
        await replay.run()
        found.append(replay)

    in_hall(scenario, settings=Settings(challenge=False))
    return found[0], found[0].commands


def test_every_connection_is_answered_as_recorded() -> None:
    replay, commands = replayed()
    for stream in (*NOTIFICATION, *SWITCHBOARD):
        recorded = [
            normal(command["line"])
            for command in commands
            if command["stream"] == stream and command["dir"] == "s2c"
        ]
        for line in NOT_OURS.get(stream, ()):
            recorded.remove(line)
        ours = [normal(line) for line in replay.heard[stream]]
        for line in OURS.get(stream, ()):
            ours.remove(line)
        assert ours == recorded, stream


def test_messages_arrive_as_the_bytes_that_were_sent() -> None:
    replay, _ = replayed()
    sent = b"".join(b"".join(parts) for parts in _payloads().values())
    for stream, name in ((7, b"alice"), (6, b"bob")):
        other = 6 if stream == 7 else 7
        for payload in _payloads()[other]:
            head = b"MSG " + name + b"@example.com "
            assert head in replay.clients[stream].raw
            assert payload in replay.clients[stream].raw
    assert sent
