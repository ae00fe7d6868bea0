"""What a harness tells when the server refuses what was asked for, or is silent."""

from collections.abc import Iterator
from typing import Any

import pytest

from Axon.testing import Probe
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness

from .test_harness import ANN, BOB, CAT, World

NEW = "dan@x.org"
CASES: list[tuple[int, tuple[Any, ...], str]] = [
    (8, ("status", "AWY"), "CHG"),
    (8, ("name", "Ann B."), "REA"),
    (10, ("name", "Ann B."), "PRP"),
    (11, ("personal message", "Hi"), "UUX"),
    (8, ("add", NEW), "ADD"),
    (8, ("add", NEW, 0), "ADD"),
    (10, ("add", NEW), "ADC"),
    (8, ("remove", BOB), "REM"),
    (10, ("remove", BOB), "REM"),
    (8, ("allow", NEW), "ADD"),
    (8, ("block", NEW), "ADD"),
    (8, ("unblock", NEW), "ADD"),
    (8, ("block", BOB), "REM"),
    (8, ("nudge", BOB), "XFR"),
    (8, ("invite", BOB, CAT), "XFR"),
    (8, ("send file", BOB, __file__), "XFR"),
    (8, ("send file", BOB, "/there is no such file"), ""),
    (8, ("picture", BOB), ""),
    (8, ("set picture", b"png"), "CHG"),
    (8, ("accept file", 77, "/tmp"), ""),
]
WITHOUT_ERROR = {"message", "typing", "leave", "list", "cancel file", "sign off"}


@pytest.fixture
def worlds() -> Iterator[list[World]]:
    made: list[World] = []
    yield made
    for each in made:
        each.scheduler.close()


def start(worlds: list[World], version: int) -> tuple[World, Probe]:
    """Return a service, and Ann who is signed on as Bob is."""
    world = World(version)
    worlds.append(world)
    world.keep = world.client(BOB)  # type: ignore[attr-defined]
    ann = world.client(ANN)
    ann.take()
    return world, ann


def errors(probe: Probe) -> list[Any]:
    return [event for event in probe.take() if event[0] == "error"]


def test_every_command_is_in_these_tests() -> None:
    tested = {command[0] for _, command, _ in CASES} | WITHOUT_ERROR
    assert tested == set(MSNHarness(ANN, "a")._commands)


@pytest.mark.parametrize(("version", "command", "request_"), CASES)
def test_a_refusal_is_told_once(
    worlds: list[World], version: int, command: tuple[Any, ...], request_: str
) -> None:
    world, ann = start(worlds, version)
    if request_:
        world.service.refuse[request_] = 500
    ann.deliver(command)
    (told,) = errors(ann)
    assert told.code == (500 if request_ else None)
    assert told.about == command[0]
    ann.deliver(("status", "BSY"))
    assert ("status", "BSY") in ann.take()


@pytest.mark.parametrize(
    ("version", "command", "request_"), [case for case in CASES if case[2]]
)
def test_silence_is_told_once(
    worlds: list[World], version: int, command: tuple[Any, ...], request_: str
) -> None:
    world, ann = start(worlds, version)
    world.service.silent = {request_}
    ann.deliver(command)
    assert errors(ann) == []
    ann.advance(31)
    (told,) = errors(ann)
    assert told.code is None
    assert "no answer" in told[1]
    world.service.silent = set()
    ann.deliver(("status", "BSY"))
    assert ("status", "BSY") in ann.take()


def test_added_by_what_is_no_account_does_no_harm(worlds: list[World]) -> None:
    world, ann = start(worlds, 8)
    (line,) = [each for each in world.service.connections if each.handle == ANN]
    line.say("GTC 0 9 N")
    line.say("ADD 0 RL 10 nobody Nobody")
    assert [event for event in ann.take() if event[0] == "added you"] == [
        ("added you", "nobody")
    ]
    line.say(f"ADD 0 RL 11 {NEW} Dan")
    ann.settle()
    assert line.lines[-1].name == "ADD"
    assert line.lines[-1].args[:2] == ("AL", NEW)


@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize("text", ["\ud800", 5, None])
def test_what_cannot_be_said_comes_back(
    worlds: list[World], text: Any, online: bool
) -> None:
    _, ann = start(worlds, 8)
    if online:
        ann.deliver(("message", BOB, "Hi"))
        ann.take()
    ann.deliver(("message", BOB, text))
    told = [e for e in ann.take() if e[0] in ("undelivered", "error")]
    assert [event[0] for event in told] == ["undelivered"]
    assert not ann.component._sending
    ann.deliver(("message", BOB, "Hi"))
    assert ("accepted", BOB) in ann.take()


@pytest.mark.parametrize("buddy", ["two words", "nobody", "", "a@b\r\nOUT", 5])
@pytest.mark.parametrize("kind", ["message", "nudge", "invite", "typing", "add"])
def test_who_cannot_be_one_is_told(
    worlds: list[World], kind: str, buddy: Any, caplog: pytest.LogCaptureFixture
) -> None:
    _, ann = start(worlds, 8)
    ann.deliver((kind, buddy, "Hi") if kind in ("message", "invite") else (kind, buddy))
    told = [e for e in ann.take() if e[0] in ("error", "undelivered")]
    assert len(told) == (0 if kind == "typing" and buddy != 5 else 1)
    ann.deliver(("invite", BOB, buddy))
    assert len(errors(ann)) == 1
    ann.deliver(("status", "BSY"))
    assert ("status", "BSY") in ann.take()
    assert ann.component.rooms == () or ann.component.rooms[0].called == BOB


@pytest.mark.parametrize("request_", ["SYN", "CHG"])
def test_a_list_or_a_status_that_is_refused_keeps_nobody_out(
    worlds: list[World], request_: str
) -> None:
    world = World(8)
    worlds.append(world)
    bob = world.client(BOB)
    world.service.refuse[request_] = 502
    ann = world.client(ANN)
    told = ann.take()
    assert "signed on" in [event[0] for event in told]
    failures = [event.about for event in told if event[0] == "error"]
    assert failures == (["status"] if request_ == "CHG" else [])
    ann.deliver(("message", BOB, "Hi"))
    kinds = [event[0] for event in ann.take()]
    assert "accepted" in kinds
    assert ("message", ANN, "Hi") in bob.take()
