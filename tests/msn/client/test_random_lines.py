"""Lines at random, with numbers of requests that wait: nothing ends a client's run.

Beside whole lines of the reference with words replaced there are lines that are made
up, payloads of every kind that clients read, requests, and time that passes.
"""

import logging
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from .server import ALICE, BOB, CAROL, Server, conversation, joined, notification
from .server import signed_on as signing_on
from .test_foreign_lines import LINES, ROOM_LINES, name
from .test_harness import ANN, CAT, World
from .test_harness import BOB as BOB_X
from .test_lists import filled

STEPS = 2500

TEXT = (
    "0 1 -1 99999999999 4294967295 ² ٣ % %zz %ff @ a@b N= C= N=a@b C=x F=% = : 1:2 :: "
    "NS SB XX AL FL RL PL al A N NLN FLN xyz 5, 1,2 OK RINGING CKI host:99999 [::1]:5 "
    "192.0.2.1:1863 PHH MFN MOB S I MD5 TWN 268435492 \u00a0"
)
GUID = "7a6b5c4d-0009-4000-8000-00000000c001"
WORDS = (*TEXT.split(" "), "", "x" * 300, BOB, CAROL, ALICE, GUID)
NAMES = sorted({name(line).split(" ")[0] for line in LINES + ROOM_LINES})
PAYLOAD = ("MSG", "UBX", "NOT", "IPG", "UBN", "UBM", "NFY")
FIELDS = (
    "Invitation-Command: INVITE",
    "Invitation-Command: ACCEPT",
    "Invitation-Command: CANCEL",
    "Invitation-Cookie: 5",
    "Invitation-Cookie: x",
    "Application-File: a",
    "Application-FileSize: 5",
    "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}",
    "Port: 5",
    "IP-Address: 192.0.2.1",
    "IP-Address-Internal: bad",
    "AuthCookie: 9",
    "Sender-Connect: TRUE",
    "Cancel-Code: X",
)
BODIES = (
    "",
    "\r\n\r\n",
    "Content-Type: text/plain; charset=utf-16\r\n\r\nx",
    "Content-Type: text/plain; charset=base64\r\n\r\nx",
    f"Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: {ALICE}\r\n\r\n",
    "Content-Type: text/x-msmsgsprofile\r\nClientPort: x\r\n",
    "Content-Type: text/x-msmsgscontrol\r\nTypingUser: x\r\n\r\n",
    "Content-Type: text/x-mms-emoticon\r\n\r\n:)\t<msnobj>\t",
    "Content-Type: image/gif\r\n\r\nbase64:!!",
    "Content-Type: text/x-msnmsgr-datacast\r\n\r\nID: x\r\nData: y",
    "Message-ID: {a}\r\nChunks: 3\r\n\r\n",
    "Message-ID: {a}\r\nChunk: 1\r\n\r\nq",
    "Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 1\r\nArg1: x\r\n",
)
ARGUMENTS = (BOB, CAROL, "fl", "al", 1, 2, 0, "NLN", "PHH", "x", 5, "INBOX", True)
TALK_OF_FILES = {"logOut", "sendFile", "acceptFile"}  # these touch the disk, or end it
COMMANDS: tuple[tuple[Any, ...], ...] = (
    ("message", BOB_X, "Hi"),
    ("typing", BOB_X),
    ("nudge", BOB_X),
    ("invite", BOB_X, CAT),
    ("leave", BOB_X),
    ("status", "AWY"),
    ("name", "x"),
    ("add", CAT),
    ("remove", BOB_X),
    ("allow", CAT),
    ("block", BOB_X),
    ("send file", BOB_X, __file__),
    ("cancel file", 5),
    ("set picture", b"p"),
    ("picture", BOB_X),
)


def payload(chance: Random) -> bytes:
    """Return a message, or something like it."""
    body = chance.choice(BODIES)
    if chance.random() < 0.2:
        fields = chance.sample(FIELDS, chance.randint(1, 7))
        head = "Content-Type: text/x-msmsgsinvite\r\n\r\n"
        body = head + "\r\n".join(fields) + "\r\n\r\n"
    data = body.encode()
    if "p2p" in body or chance.random() < 0.1:
        data += chance.randbytes(chance.choice([0, 5, 48, 52, 60]))
    return data


def line(chance: Random, waiting: list[int]) -> bytes:
    """Return a command of a server, whole, with its payload."""
    known = chance.choice([*LINES, *ROOM_LINES])
    words = name(known).split(" ")
    data = b"" if isinstance(known, str) else known[1].encode()
    if chance.random() < 0.6:
        words = [chance.choice(NAMES)]
        words += [chance.choice(WORDS) for _ in range(chance.randint(0, 6))]
        known = "" if words[0] not in PAYLOAD else ("", "")
    elif chance.random() < 0.5:
        place = chance.randint(1, len(words))
        words[place : place + 1] = [chance.choice(WORDS)]
    if waiting and chance.random() < 0.4:
        trid = str(chance.choice(waiting))
        words[1:2] = [trid]
    if isinstance(known, str):
        return (" ".join(words) + "\r\n").encode()
    if chance.random() < 0.8:
        data = payload(chance)
    return f"{' '.join(words)} {len(data)}\r\n".encode() + data


def start(chance: Random) -> Server:
    """Return a client somewhere in its life."""
    version = chance.choice([2, 7, 8, 9, 10, 11, 12])
    made: list[Callable[[], Server]] = [
        lambda: filled(version),
        lambda: signing_on(version, sync=True),
        lambda: notification(version),
        lambda: conversation(entered=False),
        joined,
    ]
    return chance.choice(made)()


@pytest.mark.parametrize("seed", range(4))
def test_nothing_ends_the_run_of_a_client(seed: int) -> None:
    logging.disable(logging.WARNING)
    chance = Random(seed)
    server = start(chance)
    try:
        for _ in range(STEPS):
            if server.ended or chance.random() < 0.02:
                server.probe.close()
                server = start(chance)
            act = chance.random()
            if act < 0.15:
                requests = sorted(server.client.REQUESTS - TALK_OF_FILES)
                arguments = chance.choices(ARGUMENTS, k=chance.randint(0, 3))
                request = (chance.choice(requests), *arguments)
                server.probe.deliver(request, "talk")
            elif act < 0.18:
                server.wait(chance.choice([1, 31, 61, 301]))
            else:
                server.send(line(chance, list(server.client.ids)))
    finally:
        logging.disable(logging.NOTSET)
        server.probe.close()


@pytest.mark.parametrize("seed", range(3))
def test_nothing_ends_the_run_of_a_harness(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.disable(logging.ERROR)
    chance = Random(seed)
    monkeypatch.setattr("tests.msn.client.service.Service.act", lambda *_: None)
    try:
        for version in (8, 9, 10, 12):
            play(World(version), chance)
    finally:
        logging.disable(logging.NOTSET)


def play(world: World, chance: Random) -> None:
    """Let a harness hear random lines, from its session and its conversations."""
    ann = world.client(ANN)
    try:
        for _ in range(STEPS // 10):
            lines = world.service.connections
            session = ann.component._session
            if session is not None and not session.signedOn and lines:
                sign_on(session, lines[0], world)
            act = chance.random()
            if act < 0.2:
                ann.deliver(chance.choice(COMMANDS))
            elif act < 0.23 or not lines:
                ann.advance(chance.choice([1, 31, 61, 301]))
            else:
                waiting = list(session.ids) if session else []
                waiting += [trid for room in ann.component.rooms for trid in room.ids]
                chance.choice(lines).send(line(chance, waiting), "outbox")
                ann.settle()
            if ann.ended:
                break
    finally:
        world.scheduler.close()


def sign_on(session: Any, server: Any, world: World) -> None:
    """Bring a session to where it has its list."""
    for text in (f"VER {{}} MSNP{world.service.version}", "CVR {} 1 1 1 x x"):
        server.say(text.format(session._signOn._waits_for if session._signOn else 0))
        world.scheduler.settle()
    signing = session._signOn
    if signing is None:
        return
    server.say(f"USR {signing._waits_for} TWN S ct=1")
    world.scheduler.settle()
    flags = "1 0" if world.service.version >= 10 else "Ann 1 0"
    server.say(f"USR {signing._waits_for} OK {ANN} {flags}")
    world.scheduler.settle()
    for trid, reply in list(session.ids.items()):
        if reply.request == "SYN":
            server.say(f"SYN {trid} 1 0 0")
    world.scheduler.settle()
