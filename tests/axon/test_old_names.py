"""What old programs import and expect."""

from typing import Any

import pytest

import Axon
from Axon import AxonExceptions, Component, Ipc, util
from Axon.Component import component
from Axon.CoordinatingAssistantTracker import coordinatingassistanttracker
from Axon.debug import debug, readConfig
from Axon.idGen import idGen, newId, numId, strId, tupleId
from Axon.Microprocess import microprocess

TOP = """
Component Ipc Linkage Microprocess Postoffice Scheduler debug util AxonObject AxonType
AdaptiveCommsComponent AxonExceptions CoordinatingAssistantTracker debugConfigFile Box
ThreadedComponent Introspector
"""
REEXPORTED = """
microprocess postoffice noSpaceInBox ipc WaitComplete reactivate newComponent
shutdownMicroprocess notify shutdown status wouldblock producerFinished errorInformation
makeInbox makeOutbox time removeAll strId numId debug component scheduler linkage
"""


@pytest.mark.parametrize("name", TOP.split())
def test_import_axon_gives(name: str) -> None:
    assert hasattr(Axon, name)


def test_a_star_import_of_component_gives_what_it_used_to() -> None:
    assert set(REEXPORTED.split()) <= set(Component.__all__)
    assert all(hasattr(Component, name) for name in Component.__all__)


def test_the_errors_have_one_root() -> None:
    for name in AxonExceptions.__all__:
        assert issubclass(getattr(AxonExceptions, name), AxonExceptions.AxonException)
    made = AxonExceptions.AxonException(1, 2, extra=3)
    assert (made.args, made.__dict__["extra"]) == ((1, 2), 3)


def test_messages_about_life_and_death() -> None:
    one = component()
    finished = Ipc.producerFinished(one, "why")
    assert (finished.caller, finished.message) == (one, "why")
    assert Ipc.shutdownMicroprocess(1, 2).microprocesses() == (1, 2)
    assert Ipc.newComponent(one).components() == (one,)
    assert Ipc.notify(one, 5).object == 5
    assert Ipc.status("ok").status() == "ok"
    assert Ipc.wouldblock(one).caller is one
    assert Ipc.errorInformation(one).exception is None
    assert Ipc.WaitComplete(1, tag="x").argd == {"tag": "x"}
    assert Ipc.reactivate(one).original is one
    wrong: Any = Ipc
    for name in ("notify", "status", "wouldblock", "errorInformation", "reactivate"):
        with pytest.raises(TypeError):
            getattr(wrong, name)()


def test_ids_rise_and_names_tell_the_class() -> None:
    first = numId()
    assert numId() == first + 1 == idGen.lowestAllocatedId
    assert strId(util.Finality()) == f"Axon.util.Finality_{first + 2}"
    name, number = tupleId(5)
    assert name == f"builtins.int_{number}"
    assert newId(5).startswith("builtins.int_")


def test_small_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    xs = [1, 2, 1]
    util.removeAll(xs, 1)
    assert xs == [2]
    assert util.listSubset([1], [1, 2])
    assert not util.listSubset([3], [1, 2])
    assert (util.safeList(), util.safeList("ab"), util.safeList(5)) == (
        [],
        ["a", "b"],
        [],
    )
    assert util.testInterface(component(), (["inbox"], ["outbox"]))
    with pytest.raises(AxonExceptions.invalidComponentInterface) as caught:
        util.testInterface(component(), (["none"], []))
    assert caught.value.args[0] == "inboxes"
    monkeypatch.setattr(util, "production", True)
    assert util.axonRaise(ValueError, "x") is False


def test_sends_are_traced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Component, "TraceAllSends", True)
    monkeypatch.setattr(Component, "TraceAllRecvs", True)
    one, message = component(), "text"
    one.link((one, "outbox"), (one, "inbox"))
    one.send(message)
    assert one.recv() == message
    assert capsys.readouterr().out.splitlines() == [
        f"SEND: {id(message)} component_{one.id} 'outbox' : text",
        f"RECV: {id(message)} component_{one.id} 'inbox' : text",
    ]


def test_debugging_notes(capsys: pytest.CaptureFixture[str]) -> None:
    debugger = debug()
    assert debugger.note("section", 0, "silent")
    debugger.addDebug(section=5)
    debugger.note("section", 5, "one", 2)
    debugger.note("section", 6, "silent")
    debugger.increaseDebug("section")
    assert debugger.areDebugging("section", 10)
    debugger.decreaseDebug("section")
    debugger.setDebugSections(other=1)
    assert not debugger.areDebugging("section", 1)
    assert capsys.readouterr().out.endswith("| section | one 2\n")
    assert component().debugger is component().debugger


def test_a_debug_configuration_is_read(tmp_path: Any) -> None:
    path = tmp_path / "debug.conf"
    path.write_text("# levels\n\nscheduler 5 default\ncomponent 10\n")
    assert readConfig(str(path)) == {
        "scheduler": (5, "default"),
        "component": (10, "default"),
    }
    path.write_text("scheduler much\n")
    with pytest.raises(ValueError, match="line 1"):
        readConfig(str(path))


def test_services_and_values() -> None:
    tracker, one = coordinatingassistanttracker(), component()
    tracker.registerService("name", one, "inbox")
    assert tracker.retrieveService("name") == (one, "inbox")
    assert tracker.servicesRegistered() == ["name"]
    tracker.trackValue("v", 1)
    tracker.updateValue("v", 2)
    assert tracker.retrieveValue("v") == 2
    assert tracker.informationItemsLogged() == ["v"]
    wrong: list[tuple[type[Exception], Any]] = [
        (AxonExceptions.ServiceAlreadyExists, ("registerService", "name", one, "x")),
        (AxonExceptions.BadComponent, ("registerService", "b", object(), "inbox")),
        (AxonExceptions.BadInbox, ("registerService", "b", one, "none")),
        (AxonExceptions.MultipleServiceDeletion, ("deRegisterService", "none")),
        (AxonExceptions.NamespaceClash, ("trackValue", "v", 1)),
        (
            AxonExceptions.AccessToUndeclaredTrackedVariable,
            ("updateValue", "none", 1),
        ),
        (AxonExceptions.AccessToUndeclaredTrackedVariable, ("retrieveValue", "none")),
        (KeyError, ("retrieveService", "none")),
    ]
    for error, (method, *arguments) in wrong:
        with pytest.raises(error):
            getattr(tracker, method)(*arguments)
    tracker.deRegisterService("name")
    tracker.zap()
    assert tracker.informationItemsLogged() == []
    with pytest.raises(AxonExceptions.BadParentTracker):
        coordinatingassistanttracker(parent=5)
    assert one.tracker is coordinatingassistanttracker.getcat()


def test_the_old_name_of_unpause_prints_a_notice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    microprocess()._unpause()
    assert "unpause()" in capsys.readouterr().out
