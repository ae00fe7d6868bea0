"""A small MSN service in memory, for tests of several clients that meet.

It is no part of Kamaelia's server: it speaks the lines of the reference for MSNP8 to
MSNP12, and does only what these tests need. `Line` stands for TCPClient.
"""

from collections.abc import Callable, Generator
from itertools import count
from typing import Any

from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.Protocol.MSN.wire.command import Command, CommandDecoder, Sender

CLIENT_ID = "268435492"


class Line(component):
    """What carries bytes between a client and the service."""

    sock: Any = None

    def __init__(self, service: "Service", host: str, port: int) -> None:
        super().__init__()
        self.service = service
        self.address = (host, port)
        self.decoder = CommandDecoder(Sender.CLIENT)
        self.handle = ""
        self.status = ""
        self.room: str | None = None
        self.closed: str | None = None
        self.lines: list[Command] = []

    def main(self) -> Generator[int, None, None]:
        """Hand on what the client says."""
        if self.service.down:
            self.closed = "connection refused"
        else:
            self.service.connections.append(self)
        stop = None
        while stop is None and self.closed is None:
            stop = self.stopMessage()
            for data in self.Inbox("inbox"):
                self.decoder.receive_data(data)
            for command in self.decoder.commands():
                self.lines.append(command)
                self.service.act(self, command)
            if stop is None and self.closed is None:
                self.pause()
                yield 1
        self.service.gone(self)
        self.send(producerFinished(self, self.closed), "signal")

    def say(self, line: str, payload: bytes = b"") -> None:
        """Say a line."""
        self.send(f"{line}\r\n".encode() + payload, "outbox")

    def close(self, why: str = "reset") -> None:
        """Cut the connection."""
        self.closed = why
        self.wake()


class Service:
    """Accounts, presence and conversations.

    Attributes:
        passwords: of the accounts.
        version: number of the dialect it chooses.
        down: whether connections are refused.
        refuse: command -> error number, for the next one.
    """

    def __init__(self, version: int = 8, **passwords: str) -> None:
        self.passwords = {f"{name}@x.org": word for name, word in passwords.items()}
        self.version = version
        self.down = False
        self.refuse: dict[str, int] = {}
        self.silent: set[str] = set()
        self.dispatch = False
        self.client_id = CLIENT_ID
        self.connections: list[Line] = []
        self.online: dict[str, Line] = {}
        self.rooms: dict[str, list[Line]] = {}
        self.numbers = count(1)
        self.board = "sb:1863"  # where switchboards are

    def transport(self, host: str, port: int) -> Line:
        """Return a connection."""
        return Line(self, host, port)

    async def passport(self, handle: str, password: str, challenge: str) -> str:
        """Give a ticket, right or wrong."""
        return f"t={handle}:{password}"

    def act(self, line: Line, command: Command) -> None:
        """Answer a command."""
        if command.name in self.silent:
            return
        if command.name in self.refuse:
            line.say(f"{self.refuse.pop(command.name)} {command.trid}")
            return
        handler: Callable[[Line, Command], None] | None
        handler = getattr(self, command.name, None)
        if handler is None:
            line.say(f"200 {command.trid}")
        else:
            handler(line, command)

    def gone(self, line: Line) -> None:
        """Forget a connection."""
        if line in self.connections:
            self.connections.remove(line)
        if self.online.get(line.handle) is line:
            del self.online[line.handle]
            self.tell(line.handle, f"FLN {line.handle}")
        if line.room is not None and line in self.rooms[line.room]:
            self.rooms[line.room].remove(line)
            for other in self.rooms[line.room]:
                other.say(f"BYE {line.handle}")

    def tell(self, about: str, text: str) -> None:
        """Say something to everybody else."""
        for handle, line in self.online.items():
            if handle != about:
                line.say(text)

    def name(self, handle: str) -> str:
        """Return a friendly name."""
        return handle.partition("@")[0].title()

    def VER(self, line: Line, c: Command) -> None:
        line.say(f"VER {c.trid} MSNP{self.version}")

    def CVR(self, line: Line, c: Command) -> None:
        line.say(f"CVR {c.trid} 1 1 1 http://x/ http://x/")

    def USR(self, line: Line, c: Command) -> None:
        if "@" in c.args[0]:
            line.handle, line.room = c.args
            self.rooms[line.room] = [line]
            line.say(f"USR {c.trid} OK {line.handle} {self.name(line.handle)}")
        elif c.args[1] == "I":
            line.handle = c.args[2]
            if self.dispatch and line.address[0] == "ds":
                line.say(f"XFR {c.trid} NS ns:1863 0 ds:1863")
            else:
                line.say(f"USR {c.trid} TWN S ct=1")
        elif c.args[2] != f"t={line.handle}:{self.passwords.get(line.handle)}":
            line.say(f"911 {c.trid}")
            line.close("closed")
        else:
            name = "" if self.version >= 10 else f" {self.name(line.handle)}"
            line.say(f"USR {c.trid} OK {line.handle}{name} 1 0")

    def SYN(self, line: Line, c: Command) -> None:
        others = [each for each in self.passwords if each != line.handle]
        new = self.version >= 10
        versions = "v1 v2" if new else "7"
        line.say(f"SYN {c.trid} {versions} {len(others)} 1")
        line.say("GTC A")
        line.say("BLP AL")
        line.say("LSG Friends 1" if new else "LSG 0 Friends 0")
        kind = " 1" if self.version >= 12 else ""
        for other in others:
            name = self.name(other)
            if new:
                line.say(f"LST N={other} F={name} C=id-{other[:3]} 11{kind} 1")
            else:
                line.say(f"LST {other} {name} 11 0")

    def CHG(self, line: Line, c: Command) -> None:
        first = line.handle not in self.online
        line.status = " ".join(c.args)
        self.online[line.handle] = line
        line.say(f"CHG {c.trid} {line.status}")
        if first:
            for handle, other in self.online.items():
                if other is not line:
                    state, *rest = other.status.split(" ", 1)
                    text = " ".join([state, handle, self.name(handle), *rest])
                    line.say(f"ILN {c.trid} {text}")
        state, *rest = line.status.split(" ", 1)
        text = " ".join([state, line.handle, self.name(line.handle), *rest])
        self.tell(line.handle, f"NLN {text}")

    def XFR(self, line: Line, c: Command) -> None:
        line.say(f"XFR {c.trid} SB {self.board} CKI room{next(self.numbers)}")

    def CAL(self, line: Line, c: Command) -> None:
        called = self.online.get(c.args[0])
        if called is None:
            line.say(f"217 {c.trid}")
            return
        line.say(f"CAL {c.trid} RINGING {line.room}")
        name = self.name(line.handle)
        room, where = line.room, self.board
        called.say(f"RNG {room} {where} CKI {room} {line.handle} {name}")

    def ANS(self, line: Line, c: Command) -> None:
        line.handle, line.room = c.args[0], c.args[1]
        others = self.rooms[line.room]
        for index, other in enumerate(others, 1):
            name = self.name(other.handle)
            line.say(f"IRO {c.trid} {index} {len(others)} {other.handle} {name}")
            other.say(f"JOI {line.handle} {self.name(line.handle)}")
        line.say(f"ANS {c.trid} OK")
        others.append(line)

    def MSG(self, line: Line, c: Command) -> None:
        assert line.room is not None
        payload = c.payload or b""
        others = [other for other in self.rooms[line.room] if other is not line]
        for other in others:
            name = self.name(line.handle)
            other.say(f"MSG {line.handle} {name} {len(payload)}", payload)
        kind = c.args[0]
        if others and kind in ("A", "D"):
            line.say(f"ACK {c.trid}")
        elif not others and kind != "U":
            line.say(f"NAK {c.trid}")

    def OUT(self, line: Line, c: Command) -> None:
        line.close("closed")

    def PNG(self, line: Line, c: Command) -> None:
        line.say("QNG 50")

    def ADD(self, line: Line, c: Command) -> None:
        rest = " ".join(c.args[1:])
        line.say(f"ADD {c.trid} {c.args[0]} 9 {rest}")

    def ADC(self, line: Line, c: Command) -> None:
        line.say(f"ADC {c.trid} {' '.join(c.args)}")

    def REM(self, line: Line, c: Command) -> None:
        version = "" if self.version >= 10 else " 9"
        line.say(f"REM {c.trid} {c.args[0]}{version} {' '.join(c.args[1:])}")

    def REA(self, line: Line, c: Command) -> None:
        line.say(f"REA {c.trid} 9 {' '.join(c.args)}")

    def PRP(self, line: Line, c: Command) -> None:
        line.say(f"PRP {c.trid} {' '.join(c.args)}")

    def UUX(self, line: Line, c: Command) -> None:
        payload = c.payload or b""
        line.say(f"UUX {c.trid} 0")
        for handle, other in self.online.items():
            if handle != line.handle:
                other.say(f"UBX {line.handle} {len(payload)}", payload)
