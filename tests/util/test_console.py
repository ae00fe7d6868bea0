import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Util.Console import ConsoleEchoer, ConsoleReader
from tests.helpers.runs import Collect, run_all


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A pipe in place of standard input: its writing end."""
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as stdin, open(writing, "wb", 0) as keyboard:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield keyboard
        keyboard.close()
        for thread in threading.enumerate():
            if thread.name == "standard input":
                thread.join(5)


def test_lines_are_sent_and_the_end_is_orderly(typed: Any) -> None:
    typed.write("one\ntwø\r\nthree".encode())
    typed.close()
    sink = Collect()
    run_all(Pipeline(ConsoleReader(prompt="", eol="!"), sink))
    assert sink.heard == ["one!", "twø!", "three!"]
    assert type(sink.said[0]) is producerFinished


def test_shutdown_ends_it_while_it_waits_for_a_line(typed: Any) -> None:
    stop = shutdownMicroprocess()
    with Probe(ConsoleReader(prompt="")) as probe:
        probe.deliver(stop, "control")
        assert probe.ended
        assert probe.take("signal") == [stop]


def test_a_line_that_nobody_wanted_is_kept_for_the_next(typed: Any) -> None:
    with Probe(ConsoleReader(prompt="")) as first:
        first.deliver(shutdownMicroprocess(), "control")
    with Probe(ConsoleReader(prompt="", eol="")) as second:
        typed.write(b"late\n")
        second.wait("outbox")
        assert second.take("outbox") == ["late"]


def test_what_stands_for_standard_input_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a\nb\n"))
    sink = Collect()
    run_all(Pipeline(ConsoleReader(prompt="? "), sink))
    assert sink.heard == ["a\n", "b\n"]
    assert capsys.readouterr().out == "? ? ? "


def test_a_program_ends_while_nobody_types() -> None:
    program = (
        "from Axon.Ipc import producerFinished as p\n"
        "from Kamaelia.Util.Console import ConsoleReader\n"
        "r = ConsoleReader(); r._deliver(p(), 'control'); r.run()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stderr is not None
        try:
            assert running.wait(20) == 0
            assert running.stderr.read() == b""
        finally:
            running.kill()


def test_messages_are_written_with_no_line_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    probe = Probe(ConsoleEchoer(tag="#"))
    probe.deliver("a")
    probe.deliver(1)
    assert capsys.readouterr().out == "#a#1"
    assert probe.take("outbox") == []


def test_a_forwarder_passes_on_what_it_writes_as_repr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    probe = Probe(ConsoleEchoer(forwarder=True, use_repr=True))
    probe.deliver("a")
    assert capsys.readouterr().out == "'a'"
    assert probe.take("outbox") == ["a"]


def test_anything_on_control_ends_it_after_the_inbox(
    capsys: pytest.CaptureFixture[str],
) -> None:
    echoer = ConsoleEchoer()
    echoer._deliver("last", "inbox")
    echoer._deliver("bye", "control")
    echoer._deliver("bye bye", "control")
    probe = Probe(echoer)
    assert probe.take("signal") == ["bye", "bye bye"]
    assert capsys.readouterr().out == "last"
    assert probe.ended
