"""A small MSN service on loopback, for the MSN examples: sockets, and Passport."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote

from Kamaelia.Protocol.MSN.wire.command import Command, CommandDecoder, Sender
from tests.msn.client.service import Line, Service


class SocketLine(Line):
    """A connection over a socket: stands where a Line stands."""

    def __init__(self, service: Service, writer: asyncio.StreamWriter) -> None:
        super().__init__(service, "127.0.0.1", 0)
        self.writer = writer

    def say(self, line: str, payload: bytes = b"") -> None:
        self.writer.write(f"{line}\r\n".encode() + payload)

    def close(self, why: str = "reset") -> None:
        self.closed = why
        self.writer.close()


class World:
    """The service and where it is.

    Attributes:
        service: accounts, presence, conversations.
        port: of the notification server and the switchboards.
        nexus: address of the Passport nexus.
    """

    def __init__(self, version: int = 8) -> None:
        self.service = Service(version, ann="a", bob="b", cat="c", gate="g")
        self.port = 0
        self.nexus = ""
        self.tasks: set[asyncio.Task[None]] = set()

    async def talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        line = SocketLine(self.service, writer)
        decoder = CommandDecoder(Sender.CLIENT)
        self.service.connections.append(line)
        try:
            while data := await reader.read(65536):
                decoder.receive_data(data)
                for command in decoder.commands():
                    self.act(line, command)
        except OSError:
            pass  # the client cut the connection
        finally:
            self.service.gone(line)
            writer.close()

    def act(self, line: SocketLine, command: Command) -> None:
        """Answer a command, unless the connection was closed."""
        if line.closed is None:
            line.lines.append(command)
            self.service.act(line, command)

    async def passport(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one HTTP request."""
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        header = f"PassportURLs: DALogin={self.nexus}/login"
        if request.startswith("GET /login"):
            fields = dict(
                each.partition("=")[::2]
                for each in request.partition("Passport1.4 ")[2].split(",")
            )
            name, word = unquote(fields["sign-in"]), unquote(fields["pwd"])
            ticket = f"from-PP='t={name}:{word}'"
            header = f"Authentication-Info: Passport1.4 da-status=success,{ticket}"
        head = f"HTTP/1.1 200 OK\r\n{header}\r\nContent-Length: 0\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode())
        writer.close()


@asynccontextmanager
async def msn(version: int = 8) -> AsyncIterator[World]:
    """Run the service on free ports of loopback."""
    world = World(version)
    talk = await asyncio.start_server(world.talk, "127.0.0.1", 0)
    http = await asyncio.start_server(world.passport, "127.0.0.1", 0)
    world.port = talk.sockets[0].getsockname()[1]
    world.nexus = f"http://127.0.0.1:{http.sockets[0].getsockname()[1]}"
    world.service.board = f"127.0.0.1:{world.port}"
    try:
        yield world
    finally:
        for listener in (talk, http):
            listener.close()  # from 3.12 on, to wait for it is to wait for the clients
        for line in list(world.service.connections):
            line.close()
        await asyncio.sleep(0)
