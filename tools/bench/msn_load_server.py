"""What `msn_load` loads: our MSN server, and a bare relay, one a process.

    python -m tools.bench.msn_load_server KIND USERS CONTACTS

Prints one line of JSON: `port`, `http` (Passport) and `tickets`, one for each user,
each good for one sign-on. Runs until it is ended, and no longer than `TIME_LIMIT`.

User N is `userN@example.com`; its contacts are those before and behind it, in a ring.
`passport` is the server with the password costs it is delivered with.
"""

import asyncio
import gc
import json
import resource
import signal
import sys
import uuid
from collections.abc import Sequence
from typing import Any

import uvloop

HOST = "127.0.0.1"
PASSWORD = "secret"
TIME_LIMIT = 170
"""Seconds after which a server that was left alone ends."""

DOMAIN = "example.com"


def handle_of(number: int) -> str:
    """Return a user's account name."""
    return f"user{number}@{DOMAIN}"


def contacts_of(number: int, users: int, contacts: int) -> list[int]:
    """Return a user's neighbours in the ring: each is a contact of the other."""
    half = contacts // 2
    near = [*range(-half, 0), *range(1, half + 1)]
    return [(number + step) % users for step in near]


def allow_many_files() -> None:
    """Raise the limit of open files as far as it may be raised."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def fill(store: Any, users: int, contacts: int) -> None:
    """Make accounts, and put them on each other's lists: all at once, for speed."""
    from sqlalchemy import Connection, insert, select

    from Kamaelia.store.schema import ACCOUNT, MSN_CONTACT

    names = [handle_of(number) for number in range(users)]
    for start in range(0, users, 400):  # no more passwords at once are taken
        some = names[start : start + 400]
        await asyncio.gather(*(store.accounts.put("msn", n, PASSWORD) for n in some))

    def befriend(connection: Connection) -> None:
        found = connection.execute(select(ACCOUNT.c.name, ACCOUNT.c.id))
        numbers = {row.name: row.id for row in found}
        rows = [
            {
                "account_id": numbers[names[number]],
                "handle": names[other],
                "guid": str(uuid.uuid4()),
                "lists": 11,  # FL, AL and RL
                "friendly_name": names[other],
            }
            for number in range(users)
            for other in contacts_of(number, users, contacts)
        ]
        connection.execute(insert(MSN_CONTACT), rows)

    await store._database.write(befriend)


async def serve_msn(users: int, contacts: int, *, quick: bool = True) -> None:
    """Run our server with an empty database in memory."""
    from argon2 import PasswordHasher

    from Kamaelia.Protocol.MSN.Server.limits import Limits, Rate
    from Kamaelia.Protocol.MSN.Server.MSNServer import MSNServer
    from Kamaelia.store.passwords import HASHER
    from Kamaelia.store.store import open_store

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hasher = cheap if quick else HASHER
    async with await open_store("memory", hasher=hasher) as store:
        await fill(store, users, contacts)
        # All users here have one address, as no family has.
        limits = Limits(
            connections_per_address=20_000, failures_per_address=Rate(10**6, 10**6)
        )
        server = MSNServer(host=HOST, port=0, http_port=0, store=store, limits=limits)
        serving = asyncio.create_task(server.runAsync())
        while not (server.state and server.ports):  # noqa: ASYNC110 - it tells no more
            await asyncio.sleep(0.01)
        state, ports = server.state, server.ports
        names = map(handle_of, range(users))
        tickets = [state.tickets.issue(name, state.clock()) for name in names]
        gc.collect()
        gc.freeze()  # as `kamaelia serve` does
        _tell(ports["msn"], ports["http"], tickets)
        await serving


class Relay(asyncio.Protocol):
    """The least that carries a conversation: reads frames, hands them on.

    A connection begins with `JOIN ROOM NAME`; then `MSG trid ack length` with its
    payload goes to the others of the room as `MSG name name length`, and ack A is
    answered with ACK. Anything else is not answered.
    """

    rooms: dict[bytes, list["Relay"]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport: Any = transport
        self._rest = b""
        self._head = b""
        self._room: list[Relay] = []

    def data_received(self, data: bytes) -> None:
        """Hand on whole frames."""
        if self._rest:
            data = self._rest + data
        start = 0
        while (end := data.find(b"\r\n", start)) >= 0:
            words = data[start:end].split(b" ")
            next_start = end + 2
            if words[0] == b"MSG":
                next_start += int(words[3])
                if next_start > len(data):
                    break
                frame = self._head + words[3] + data[end:next_start]
                for other in self._room:
                    if other is not self:
                        other._transport.write(frame)
                if words[2] == b"A":
                    self._transport.write(b"ACK " + words[1] + b"\r\n")
            elif words[0] == b"JOIN":
                self._head = b"MSG %s %s " % (words[2], words[2])
                self._room = self.rooms.setdefault(words[1], [])
                self._room.append(self)
                self._transport.write(b"JOINED\r\n")
            start = next_start
        self._rest = data[start:]

    def connection_lost(self, error: Exception | None) -> None:
        """Leave the room."""
        if self in self._room:
            self._room.remove(self)


async def serve_relay() -> None:
    """Run the relay."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Relay, HOST, 0, backlog=1024)
    _tell(server.sockets[0].getsockname()[1], 0, [])
    await server.serve_forever()


def _tell(port: int, http: int, tickets: Sequence[str]) -> None:
    line = {"port": port, "http": http, "tickets": list(tickets)}
    print(json.dumps(line), flush=True)


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit status."""
    kind, users, contacts = arguments[0], *map(int, arguments[1:])
    allow_many_files()
    signal.alarm(TIME_LIMIT)
    work = {
        "msn": lambda: serve_msn(users, contacts),
        "passport": lambda: serve_msn(users, contacts, quick=False),
        "relay": serve_relay,
    }[kind]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
