import io
import sys
from pathlib import Path
from typing import Any

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.File.Append import Append
from Kamaelia.File.MaxSpeedFileReader import MaxSpeedFileReader
from Kamaelia.File.ReadFileAdaptor import ReadFileAdaptor
from Kamaelia.File.Reading import (
    FixedRateControlledReusableFileReader,
    PromptedFileReader,
    RateControlledFileReader,
    RateControlledReusableFileReader,
    ReusableFileReader,
    SimpleReader,
)
from Kamaelia.File.TriggeredFileReader import TriggeredFileReader
from Kamaelia.File.UnixProcess import UnixProcess
from Kamaelia.File.WholeFileWriter import WholeFileWriter
from Kamaelia.File.Writing import SimpleFileWriter
from tests.helpers.runs import Collect, Send, run_all


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo\nthree")
    return path


def heard(*components: Any) -> tuple[list[Any], list[type]]:
    """Run a pipeline; return what came out, and the kinds of its signals."""
    sink = Collect()
    run_all(Pipeline(*components, sink))
    return sink.heard, [type(said) for said in sink.said]


def test_a_writer_writes_what_waits_then_stops(tmp_path: Path) -> None:
    path = tmp_path / "out"
    for kind in (producerFinished, shutdownMicroprocess):
        writer = SimpleFileWriter(str(path))
        for data in (b"a", bytearray(b"b")):
            writer._deliver(data)
        writer._deliver(stop := kind(), "control")
        probe = Probe(writer)
        assert probe.take("signal") == [stop]
        assert path.read_bytes() == b"ab"
        assert writer.file.closed


def test_a_writer_can_append_and_write_text(tmp_path: Path) -> None:
    path = tmp_path / "out"
    for mode in ("w", "a"):
        probe = Probe(SimpleFileWriter(str(path), mode=mode))
        probe.deliver("ø\n")
        assert path.read_text("utf-8").endswith("ø\n")
        probe.deliver(producerFinished(), "control")
    assert path.read_text("utf-8") == "ø\nø\n"


def test_a_writer_that_is_stopped_closes_its_file(tmp_path: Path) -> None:
    probe = Probe(SimpleFileWriter(str(tmp_path / "out")))
    probe.deliver(b"a")
    probe.component.stop()
    assert probe.component.file.closed


def test_append_appends_and_forwards(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("old\n")
    for options in ({}, {"hold_open": False, "forwarder": False}, {"blat_file": True}):
        probe = Probe(Append(filename=str(path), **options))
        probe.deliver("new\n")
        expected = ["new\n"] if options.get("forwarder", True) else []
        assert probe.take() == expected
        probe.deliver("bye", "control")
        assert probe.take("signal") == ["bye"]
    assert path.read_text() == "new\n"
    with pytest.raises(ValueError, match="filename"):
        Append()


def test_whole_files(tmp_path: Path) -> None:
    name = str(tmp_path / "whole")
    writer, reader = Probe(WholeFileWriter()), Probe(TriggeredFileReader())
    writer.deliver([name, b"content"])
    assert writer.take() == [name]
    reader.deliver(name)
    assert reader.take() == [b"content"]
    for probe in (writer, reader):
        probe.deliver(producerFinished(), "control")
        assert probe.ended


def test_max_speed_reads_to_the_end(lines: Path) -> None:
    assert heard(MaxSpeedFileReader(str(lines), 8)) == (
        [b"one\ntwo\n", b"three"],
        [producerFinished],
    )


def test_max_speed_stops_when_it_waits_for_room(lines: Path) -> None:
    probe = Probe(MaxSpeedFileReader(str(lines), 1), boxsizes={"outbox": 1})
    assert probe.take() == [b"o"]
    probe.deliver(stop := shutdownMicroprocess(), "control")
    assert probe.take("signal") == [stop]


def test_simple_reader_sends_lines(lines: Path) -> None:
    assert heard(SimpleReader(str(lines))) == (
        ["one\n", "two\n", "three"],
        [producerFinished],
    )


def test_a_prompted_reader_reads_what_it_is_asked_for(lines: Path) -> None:
    probe = Probe(PromptedFileReader(str(lines)))
    probe.deliver(2)
    probe.deliver(100)
    assert probe.take() == [b"on", b"e\ntwo\nthree"]
    assert not probe.ended
    probe.deliver(1)
    assert [type(said) for said in probe.take("signal")] == [producerFinished]
    assert probe.component.file.closed


def test_a_prompted_reader_reads_lines(lines: Path) -> None:
    probe = Probe(PromptedFileReader(str(lines), "lines"))
    probe.deliver(2)
    assert probe.take() == [b"one\n", b"two\n"]
    probe.deliver(2)
    assert probe.take() == [b"three"]
    assert probe.ended


def test_a_rate_controlled_reader(lines: Path) -> None:
    probe = Probe(RateControlledFileReader(str(lines), rate=6, chunksize=6))
    assert probe.take() == [b"one\ntw"]
    probe.advance(1.01)
    assert probe.take() == [b"o\nthre"]
    probe.advance(2.01)
    assert probe.take() == [b"e"]
    assert [type(said) for said in probe.take("signal")] == [producerFinished]
    assert probe.ended


def test_reusable_readers_read_one_file_after_another(lines: Path) -> None:
    name = str(lines)
    reader = Probe(ReusableFileReader("lines"))
    reader.deliver(name, "next")
    reader.deliver(9)
    assert reader.take() == [b"one\n", b"two\n", b"three"]
    assert reader.take("requestNext") == ["NEXT"]
    rates = {"rate": 100, "chunksize": 100}
    paced = Probe(RateControlledReusableFileReader("bytes"))
    paced.deliver((name, rates), "next")
    paced.advance(2)
    fixed = Probe(FixedRateControlledReusableFileReader("bytes", **rates))
    fixed.deliver(name)
    fixed.advance(2)
    for probe in (paced, fixed):
        assert probe.take() == [b"one\ntwo\nthree"]
        assert probe.take("requestNext") == ["NEXT"]


@pytest.mark.parametrize("how", ["file", "command", "input"])
def test_an_adaptor_sends_lines_from_anywhere(
    how: str, lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("one\ntwo\nthree"))
    arguments: dict[str, dict[str, Any]] = {
        "file": {"filename": str(lines), "readmode": "line"},
        "command": {"command": f"cat {lines}"},
        "input": {},
    }
    data, said = heard(ReadFileAdaptor(**arguments[how]))
    assert b"".join(data).rstrip() == b"one\ntwo\nthree"
    assert len(data) == 3
    assert said == [producerFinished]


def test_an_adaptor_keeps_to_its_rate(lines: Path) -> None:
    made = ReadFileAdaptor(str(lines), readmode="bitrate", bitrate=64, chunkrate=2)
    probe = Probe(made)
    assert probe.take() == [b"one\n"]
    probe.advance(0.51)
    assert probe.take() == [b"two\n"]
    probe.advance(10)
    assert probe.take() == [b"thre", b"e"]
    assert probe.ended


def test_an_adaptor_can_be_stopped(lines: Path) -> None:
    probe = Probe(ReadFileAdaptor(str(lines), readmode="x", readsize=1, steptime=9))
    assert probe.take() == [b"o"]
    probe.deliver(stop := producerFinished(), "control")
    assert probe.take("signal") == [stop]


def test_an_adaptor_kills_its_command_when_stopped() -> None:
    with Probe(ReadFileAdaptor(command="echo up; exec sleep 100")) as probe:
        probe.wait("outbox")
        probe.component._deliver(stop := shutdownMicroprocess(), "control")
        probe.wait("signal")
        assert probe.take("signal") == [stop]


def test_a_process_gets_and_sends() -> None:
    data, said = heard(
        Send(b"b\na\n", b"c\n", last=producerFinished()), UnixProcess("sort")
    )
    assert b"".join(data) == b"a\nb\nc\n"
    assert said == [producerFinished]


def test_a_process_that_ends_by_itself_says_so() -> None:
    data, said = heard(UnixProcess("echo hello; echo no >&2"))
    assert (data, said) == ([b"hello\n"], [producerFinished])


def test_a_process_waits_for_room() -> None:
    sink = Collect()
    sink.setInboxSize("inbox", 1)
    run_all(Pipeline(UnixProcess("head -c 3000000 /dev/zero"), sink))
    assert sum(map(len, sink.heard)) == 3000000


def test_a_process_is_killed_with_the_run() -> None:
    with Probe(UnixProcess("echo up; exec sleep 100")) as probe:
        probe.wait("outbox")
    assert probe.ended
