"""Modules with few users: ticks, sinks, limits of time, services, prompts, packets."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Axon.AxonExceptions import ServiceAlreadyExists
from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Apps.SA.Chassis import REQUESTS, TTL
from Kamaelia.Apps.SA.DSL import DataSink
from Kamaelia.Apps.SA.Time import PeriodicTick, SingleTick
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Experimental.PythonInterpreter import (
    InterpreterTransformer,
    StandaloneInterpreter,
)
from Kamaelia.Experimental.Services import RegisterService, Subscribe, ToService
from Kamaelia.File.BetterReading import IntelligentFileReader
from Kamaelia.IPC import serverShutdown
from Kamaelia.Protocol import FortuneCookieProtocol
from Kamaelia.Protocol.Packetise import MaxSizePacketiser
from Kamaelia.Protocol.RecoverOrder import RecoverOrder
from Kamaelia.Protocol.SimpleReliableMulticast import SRM_Receiver, SRM_Sender
from Kamaelia.Util.DataSource import DataSource
from Kamaelia.Visualisation.PhysicsGraph.chunks_to_lines import chunks_to_lines
from Kamaelia.Visualisation.PhysicsGraph.lines_to_tokenlists import lines_to_tokenlists
from tests.helpers.runs import Collect, run_all


def sent(made: Any, *messages: Any) -> list[Any]:
    """Return what a component sends for messages."""
    with Probe(made) as probe:
        for message in messages:
            probe.deliver(message)
        return list(probe.take())


def test_lines_come_whole_however_the_text_is_cut() -> None:
    text = "ADD NODE é\r\nDEL ALL\n\nrest".encode()
    pieces = [text[at : at + 1] for at in range(len(text))]
    assert sent(chunks_to_lines(), *pieces) == ["ADD NODE é", "DEL ALL", ""]
    assert sent(chunks_to_lines(), "a\nb", "c\n") == ["a", "bc"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"""a "b c" 'd "e"' j""", ["a", "b c", 'd "e"', "j"]),
        (r""" "f \"g\"" "h\\i" k\l""", ['f "g"', r"h\i", r"k\l"]),
        ("  it's\tplain  ", ["it's", "plain"]),
        ('"" x', ["", "x"]),
    ],
)
def test_a_line_is_split_into_words(line: str, words: list[str]) -> None:
    assert sent(lines_to_tokenlists(), line) == [words]


@pytest.mark.parametrize("line", ["", "   ", 'one "two', '"one"two', "a 'b\\'"])
def test_of_a_line_without_words_or_with_odd_quotes_nothing_comes(line: str) -> None:
    assert sent(lines_to_tokenlists(), line) == []


def test_a_single_tick_comes_once_after_its_time() -> None:
    with Probe(SingleTick(5, tick_mesg="now", check_interval=0.1)) as probe:
        probe.advance(4.9)
        assert probe.take() == []
        probe.advance(0.2)
        assert probe.take() == ["now"]
        assert isinstance(probe.take("signal")[0], producerFinished)


def test_periodic_ticks_keep_their_times() -> None:
    with Probe(PeriodicTick(0.5)) as probe:
        probe.advance(0.4)
        assert probe.take() == []
        for _ in range(3):
            probe.advance(0.5)
            assert probe.take() == [True]
        probe.deliver("enough", "control")
        assert probe.take("signal") == ["enough"]
        assert probe.ended


@pytest.mark.parametrize("pass_thru", [True, False])
def test_a_sink_keeps_what_comes_up_to_its_limit(pass_thru: bool) -> None:
    kept: list[int] = []
    with Probe(DataSink(kept, limit=2, pass_thru=pass_thru)) as probe:
        for number in range(4):
            probe.deliver(number)
        assert kept == [0, 1]
        assert probe.take() == ([0, 1] if pass_thru else [])
        assert isinstance(probe.take("signal")[0], producerFinished)


def test_a_sink_at_the_end_of_a_pipeline_has_all() -> None:
    kept: list[int] = []
    Pipeline(DataSource([1, 2, 3]), DataSink(kept)).run()
    assert kept == [1, 2, 3]


class Deaf(component):
    """Keeps what it is told and goes on, or ends at the message of a class."""

    Inboxes = ["inbox", "control"]
    ends_on: type = type(None)

    def main(self) -> Any:
        self.told: list[Any] = []
        while not any(isinstance(message, self.ends_on) for message in self.told):
            self.told += self.Inbox("control")
            self.send(len(self.told))
            yield 1


@pytest.mark.parametrize(
    ("ends_on", "told"),
    [
        (producerFinished, [producerFinished]),
        (serverShutdown, [producerFinished, shutdownMicroprocess, serverShutdown]),
        (type(None), list(REQUESTS)),
    ],
)
def test_when_its_time_is_up_a_component_is_told_in_ever_clearer_words(
    ends_on: type, told: list[type]
) -> None:
    child = Deaf(ends_on=ends_on)
    held = TTL(child, 0.02)
    run_all(held)
    assert [type(message) for message in child.told] == told
    assert child._isStopped()
    assert "_sigkill" not in held.inboxes


def test_a_component_that_ends_in_time_is_left_alone() -> None:
    ears, kept = Collect(), TTL(DataSource([1, 2]), 60)
    ears.link((kept, "outbox"), (ears, "inbox"))
    ears.link((kept, "signal"), (ears, "control"))
    run_all(ears, kept)
    assert ears.heard == [1, 2]


class Service(component):
    """Answers each request with a text; ends when nobody is left."""

    def main(self) -> Any:
        self.asked: list[Any] = []
        users = 1
        while users:
            for kind, request, _ in self.Inbox():
                self.asked.append((kind, request))
                users = sum(1 if kind == "ADD" else -1 for kind, _ in self.asked)
            self.pause()
            yield 1


def test_a_subscription_lasts_as_long_as_its_component() -> None:
    service = RegisterService(Service(), {"News": "inbox"})
    reader = Subscribe("News", "local", "foreign")
    with Probe(reader) as probe:
        probe.deliver("headline")
        assert probe.take() == ["headline"]
        probe.deliver(producerFinished(), "control")
        assert probe.ended
    assert [service.recv()[:2] for _ in range(service.dataReady())] == [
        ("ADD", "local"),
        ("ADD", "foreign"),
        ("REMOVE", "foreign"),
        ("REMOVE", "local"),
    ]


def test_what_is_sent_to_a_service_reaches_it() -> None:
    service = RegisterService(Service(), {"News": "inbox"})
    with Probe(ToService("News")) as probe:
        probe.deliver(("ADD", "x", None))
        assert service.recv() == ("ADD", "x", None)
    with pytest.raises(ServiceAlreadyExists):
        RegisterService(Service(), {"News": "inbox"})


class Typist(component):
    """Sends lines, waits for as many answers as there are to be, then ends."""

    def __init__(self, lines: list[str], answers: int) -> None:
        super().__init__()
        self.lines, self.wanted = lines, answers
        self.answers: list[Any] = []

    def main(self) -> Any:
        for line in self.lines:
            self.send(line)
        while len(self.answers) < self.wanted:
            self.pause()
            yield 1
            self.answers += self.Inbox()
        self.send(producerFinished(self), "signal")


def test_the_interpreter_shows_values_and_errors() -> None:
    lines = ["x = 20", "def f(y):", "    return x + y", "", "f(1)", "_ * 2", "1/0", "("]
    typist, python = Typist(lines, 7), InterpreterTransformer()
    typist.link((typist, "outbox"), (python, "inbox"))
    typist.link((typist, "signal"), (python, "control"))
    typist.link((python, "outbox"), (typist, "inbox"))
    run_all(python, typist)
    assert typist.answers[:6] == [" ", " ", " ", 21, 42, "EPIC FAIL"]
    assert "ZeroDivisionError" in typist.answers[6]


def test_the_interpreter_works_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(["n = 6", "n * 7"])

    def ask(prompt: str) -> str:
        for line in lines:
            return line
        raise EOFError

    monkeypatch.setattr("builtins.input", ask)
    run_all(StandaloneInterpreter())
    assert capsys.readouterr().out.split() == ["42"]


def test_a_fortune_is_told_and_the_connection_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FortuneCookieProtocol, "COMMAND", "echo luck")
    monkeypatch.setattr(FortuneCookieProtocol, "CHUNKRATE", 1000)
    monkeypatch.setattr(FortuneCookieProtocol, "BITRATE", 16000)
    ears, teller = Collect(), FortuneCookieProtocol.FortuneCookieProtocol(debug=0)
    ears.link((teller, "outbox"), (ears, "inbox"))
    ears.link((teller, "signal"), (ears, "control"))
    run_all(ears, teller)
    assert b"".join(ears.heard) == b"luck\n"
    assert isinstance(ears.said[0], producerFinished)


def test_packets_are_not_too_long() -> None:
    assert sent(MaxSizePacketiser(4), b"0123456789", b"ab") == [
        b"0123",
        b"4567",
        b"89",
        b"ab",
    ]


def test_late_messages_take_their_place_across_the_wrap() -> None:
    order = [250, 252, 251, 253, 255, 254, 1, 0, 2, 2, 3]
    with Probe(RecoverOrder(bufsize=4, modulo=256)) as probe:
        for number in order:
            probe.deliver((number, "x"))
        probe.deliver(producerFinished(), "control")
        numbers = [number for number, _ in probe.take()]
    assert numbers == [*range(250, 256), 0, 1, 2, 3]


@given(st.integers(0, 2**16 - 1), st.integers(0, 100), st.randoms())
def test_any_small_disorder_is_mended(
    first: int, count: int, chance: random.Random
) -> None:
    numbers = [(first + number) % 2**16 for number in range(count)]
    places = sorted((at + chance.random() * 5, n) for at, n in enumerate(numbers))
    order = RecoverOrder(bufsize=8, modulo=2**16)
    out = [item for _, n in places for item in order.treat((n, None))]
    out += order.remainder()
    assert [number for number, _ in out] == numbers


def test_numbered_frames_survive_a_network_that_doubles_and_reorders() -> None:
    with Probe(SRM_Sender()) as sender:
        for number in range(50):
            sender.deliver(f"text {number}\n")
        chunks = sender.take()
    heard: list[Any] = []
    with Probe(SRM_Receiver()) as receiver:
        for at in range(0, len(chunks), 2):
            for chunk in (*reversed(chunks[at : at + 2]), chunks[at]):
                receiver.deliver(chunk)
            heard += receiver.take()
        receiver.deliver(producerFinished(), "control")
        heard += receiver.take()
    assert [number for number, _ in heard] == list(range(1, len(heard) + 1))
    assert heard[:2] == [(1, "text 0\n"), (2, "text 1\n")]
    assert len(heard) >= 49


def test_a_file_is_read_a_little_ahead(tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    path.write_bytes(bytes(range(10)))
    reader, slow = IntelligentFileReader(str(path), chunksize=2, maxqueue=3), Collect()
    waiting: list[int] = []

    class Slow(component):
        def main(self) -> Any:
            heard = b""
            while len(heard) < 10:
                for _ in range(10):
                    yield 1
                waiting.append(self.dataReady())
                heard += self.recv()
            assert heard == bytes(range(10))

    taker = Slow()
    slow.link((reader, "outbox"), (taker, "inbox"))
    slow.link((reader, "signal"), (slow, "control"))
    run_all(slow, reader, taker)
    assert max(waiting) == 3
    assert isinstance(slow.said[0], producerFinished)


def test_a_file_is_read_no_further_after_shutdown(tmp_path: Path) -> None:
    path = tmp_path / "zeros"
    path.write_bytes(bytes(100))
    reader, taker, ears = IntelligentFileReader(str(path), 1, 2), component(), Collect()
    ears.link((reader, "outbox"), (taker, "inbox"))
    ears.link((reader, "signal"), (ears, "control"))
    stop = shutdownMicroprocess()
    reader._deliver(stop, "control")
    run_all(ears, reader)
    assert ears.said == [stop]
    assert taker.dataReady() == 0
