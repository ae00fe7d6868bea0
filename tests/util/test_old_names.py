"""Old names make what has the new ones."""

import importlib
from typing import Any

import pytest

from Kamaelia import IPC, KamaeliaIPC
from Kamaelia.Chassis.ConnectedServer import SimpleServer
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.File.ReadFileAdaptor import ReadFileAdaptor
from Kamaelia.File.UnixProcess import UnixProcess
from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.Console import ConsoleEchoer
from Kamaelia.Util.Filter import Filter
from Kamaelia.Util.Stringify import Stringify
from Kamaelia.Util.TestResult import TestResult


@pytest.mark.parametrize(
    ("module", "name", "klass"),
    [
        ("Kamaelia.Util.PipelineComponent", "pipeline", Pipeline),
        ("Kamaelia.Util.Pipeline", "pipeline", Pipeline),
        ("Kamaelia.Util.Pipeline", "Pipeline", Pipeline),
        ("Kamaelia.Chassis.Pipeline", "pipeline", Pipeline),
        ("Kamaelia.Util.Graphline", "Graphline", Graphline),
        ("Kamaelia.Util.ConsoleEcho", "consoleEchoer", ConsoleEchoer),
        ("Kamaelia.Util.FilterComponent", "FilterComponent", Filter),
        ("Kamaelia.Util.ToStringComponent", "ToStringComponent", Stringify),
        ("Kamaelia.Util.TestResultComponent", "testResultComponent", TestResult),
        ("Kamaelia.ReadFileAdaptor", "ReadFileAdaptor", ReadFileAdaptor),
        ("Kamaelia.SimpleServerComponent", "SimpleServer", SimpleServer),
        ("Kamaelia.File.UnixPipe", "Pipethrough", UnixProcess),
    ],
)
def test_an_old_name_is_a_subclass_of_the_new(
    module: str, name: str, klass: type
) -> None:
    stub: Any = getattr(importlib.import_module(module), name)
    assert issubclass(stub, klass)


def test_a_stub_says_once_what_to_use(capsys: pytest.CaptureFixture[str]) -> None:
    class New:
        """What is new."""

        def __init__(self, number: int, colour: str = "") -> None:
            self.made = number, colour

    old = makeClassStub(New, "use New instead of test_old_names.Old")
    assert old(1, colour="red").made == (1, "red")
    old(2)
    assert (
        capsys.readouterr().err == "DEPRECATED: use New instead of test_old_names.Old\n"
    )
    quiet = makeClassStub(New, "nothing to say", "QUIET")
    assert isinstance(quiet(1), New)
    assert capsys.readouterr().err == ""


def test_the_messages_are_the_same_classes() -> None:
    assert KamaeliaIPC.socketShutdown is IPC.socketShutdown
    note = IPC.newCSA("caller", "CSA", "socket")
    assert (note.caller, note.object, note.sock) == ("caller", "CSA", "socket")
    assert isinstance(IPC.socketShutdown(), IPC.producerFinished)
    assert isinstance(IPC.serverShutdown(), IPC.shutdownMicroprocess)
