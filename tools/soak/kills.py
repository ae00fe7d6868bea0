"""Claim: what was acknowledged is there after kill -9, twenty times under load.

`kamaelia serve` with a SQLite file is killed at a random moment while clients change
their lists as fast as they are answered: ADD and REM (MSNP7), ADC and REM (MSNP12),
buddies of AIM's feedbag; and while AIM messages to users who are not there are sent.
Then it is started again, the clients sign on, and compare the lists that it gives them
with every answer that they had read: nothing acknowledged is lost, nothing removed is
back, and the database is whole.

Run: python -m tools.soak kills
"""

import asyncio
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher

from Kamaelia.store.passwords import Scheme
from Kamaelia.store.store import open_store
from tools.bench.environment import ROOT
from tools.bench.msn_load_client import buy_ticket
from tools.soak._kill_clients import (
    PASSWORD,
    AIMBuddies,
    AIMSender,
    MSNContacts,
    Worker,
)

__all__ = ["Report", "soak"]

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
POOL = 40  # names that go on lists and come off
ABSENT = 16  # AIM users who are not there
SENDERS = ("sender1", "sender2", "sender3", "sender4")
START = 30.0  # seconds that the server may take until it is ready
SCHEMES: frozenset[Scheme] = frozenset({"msn-md5", "oscar-strong"})


@dataclass(slots=True)
class Report:
    """What a soak saw.

    Attributes:
        kills: how often the server was killed.
        changes: changes that were acknowledged.
        messages: messages that were acknowledged as kept.
    """

    kills: int = 0
    changes: int = 0
    messages: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills; {self.changes} list changes and {self.messages} "
            "offline messages acknowledged, none of them lost"
        )


class Server:
    """`kamaelia serve` on a database file.

    Attributes:
        ports: scheme -> port, once it is ready.
    """

    def __init__(self, url: str) -> None:
        line = [sys.executable, "-m", "Kamaelia.cli.main", "serve", "--db", url]
        zero = ["--aim-port", "0", "--msn-port", "0", "--http-port", "0"]
        allow = [word for name in sorted(SCHEMES) for word in ("--allow", name)]
        self._process = subprocess.Popen(
            [*line, *zero, *allow], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self.ports: dict[str, int] = {}

    async def ready(self) -> None:
        """Wait until it serves."""
        async with asyncio.timeout(START):
            await asyncio.to_thread(self._read)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip() == "ready":
                return
            if found := re.fullmatch(r"(\w+)://127\.0\.0\.1:(\d+)\s*", line):
                self.ports[found[1]] = int(found[2])
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        self._process.kill()
        self._process.communicate()


async def _fill(url: str) -> None:
    """Make the accounts, with passwords that cost nothing to check."""
    async with await open_store(url, schemes=SCHEMES, hasher=QUICK) as store:
        names = [f"c{number}@x.org" for number in range(POOL)]
        for name in (*names, "m0@x.org", "m1@x.org", "m2@x.org", "m3@x.org"):
            await store.accounts.put("msn", name, PASSWORD)
        for name in ("ann", "bea", *SENDERS, *_absent()):
            await store.accounts.put("aim", name, PASSWORD)


def _absent() -> list[str]:
    return [f"absent{number}" for number in range(ABSENT)]


def _workers(path: Path, chance: random.Random, server: list[Server]) -> list[Worker]:
    """Return the clients."""
    contacts = [f"c{number}@x.org" for number in range(POOL)]
    buddies = [f"buddy{number}" for number in range(POOL)]

    async def ticket(name: str) -> str:
        return await buy_ticket(server[-1].ports["http"], name, PASSWORD)

    async def stored() -> set[str]:
        return await asyncio.to_thread(_texts, path)

    return [
        MSNContacts("m0@x.org", contacts, chance),
        MSNContacts("m1@x.org", contacts, chance),
        MSNContacts("m2@x.org", contacts, chance, ticket=ticket),
        MSNContacts("m3@x.org", contacts, chance, ticket=ticket),
        AIMBuddies("ann", buddies, chance),
        AIMBuddies("bea", buddies, chance),
        *(AIMSender(name, _absent(), chance, stored=stored) for name in SENDERS),
    ]


def _texts(path: Path) -> set[str]:
    """Return the texts of the stored messages, and see that the file is whole."""
    connection = sqlite3.connect(path)
    try:
        (whole,) = connection.execute("PRAGMA quick_check").fetchone()
        assert whole == "ok", f"the database is damaged: {whole}"
        rows = connection.execute("SELECT body FROM aim_offline_message").fetchall()
    finally:
        connection.close()
    found = (re.findall(rb"sender\d \d+", body) for (body,) in rows)
    return {text.decode() for texts in found for text in texts}


async def _once(server: Server, workers: list[Worker], seconds: float) -> None:
    """Serve, let everybody work, kill."""
    try:
        await server.ready()
        aim, msn = server.ports["aim"], server.ports["msn"]
        async with asyncio.timeout(START):
            for worker in workers:
                await worker.sign_on(msn if "@" in worker.name else aim)
        tasks = [asyncio.create_task(worker.work()) for worker in workers]
        await asyncio.wait(tasks, timeout=seconds)
    finally:
        server.kill()
    async with asyncio.timeout(START):
        await asyncio.gather(*tasks)


async def _soak(kills: int, seed: int, progress: Callable[[int], object]) -> Report:
    chance, report = random.Random(seed), Report()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kills.db"
        url = f"sqlite:///{path}"
        await _fill(url)
        servers: list[Server] = []
        workers = _workers(path, chance, servers)
        for number in range(kills + 1):
            servers.append(Server(url))
            # The last time is for what the clients see after the last kill.
            seconds = chance.uniform(0.4, 1.4) if number < kills else 0.0
            await _once(servers[-1], workers, seconds)
            progress(number)
        report.kills = kills
        for worker in workers:
            if isinstance(worker, AIMSender):
                report.messages += worker.changes
            else:
                report.changes += worker.changes
    assert report.changes > kills, "hardly anything was changed"
    assert report.messages > kills, "hardly anything was sent"
    return report


def soak(
    kills: int, seed: int, progress: Callable[[int], object] = lambda done: None
) -> Report:
    """Kill a server under load, again and again.

    Args:
        kills: how often.
        seed: decides when, and what the clients do.
        progress: called with the number of kills done.

    Raises:
        AssertionError: something acknowledged was lost.
    """
    return asyncio.run(_soak(kills, seed, progress))


def main(inputs: int = 20, seed: int = 1) -> None:
    """Soak with a bar that shows how far it is."""
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task("kills", total=inputs)
        report = soak(inputs, seed, lambda done: bar.update(task, completed=done))
    print(f"kills, seed {seed}: {report}")
