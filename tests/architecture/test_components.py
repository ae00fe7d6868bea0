"""What every component keeps to: boxes described, stops when told, says why.

A class in a `__kamaelia_components__` is found and tested by itself. If that fails for
a component of yours:

- it needs arguments: add how to make one to ARGUMENTS;
- it answers `control` otherwise, as its reference demands: add it to ANSWERS;
- it cannot run without a network, a terminal or a thread that blocks: add it to
  ELSEWHERE, with the test that shows how it stops.
"""

import importlib
import io
import os
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from Axon.Component import component
from Axon.CoordinatingAssistantTracker import coordinatingassistanttracker as cat
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe

ROOT = Path(__file__).parents[2]

SAME = "ends and passes the message on"
NEW = "ends and sends a producerFinished of its own"
ENDS = "ends and says nothing"
STAYS = "stays"
ITSELF = "ends by itself, or has ended already"

# How to make one that needs arguments: class -> function that gets the class.
ARGUMENTS: dict[str, Callable[[Any], Any]] = {
    "Append": lambda cls: cls(filename=os.devnull),
    "Backplane": lambda cls: cls("plane"),
    "BasicMarshallComponent": lambda cls: cls(_Codec),
    "Carousel": lambda cls: cls(lambda _: _Plain()),
    "CheapAndCheerfulClock": lambda cls: cls(1),
    "DeMarshaller": lambda cls: cls(_Codec),
    "DataSink": lambda cls: cls([]),
    "IntelligentFileReader": lambda cls: cls(os.devnull),
    "Graphline": lambda cls: cls(
        one=_Plain(),
        linkages={
            ("self", "control"): ("one", "control"),
            ("one", "signal"): ("self", "signal"),
        },
    ),
    "Marshaller": lambda cls: cls(_Codec),
    "MSNFileReceive": lambda cls: cls(1, "ann@example.com", io.BytesIO()),
    "MSNFileSend": lambda cls: cls(io.BytesIO(b"file")),
    "MaxSpeedFileReader": lambda cls: cls(os.devnull),
    "MessageRateLimit": lambda cls: cls(10),
    "PAR": lambda cls: cls(_Plain(), _Plain()),
    "Pipeline": lambda cls: cls(_Plain(), _Plain()),
    "PromptedFileReader": lambda cls: cls(os.devnull),
    "PublishTo": lambda cls: _published(cls),
    "RangeFilter": lambda cls: cls([(1, 2)]),
    "RateChunker": lambda cls: cls(100, 10, 1),
    "Seq": lambda cls: cls(_Plain(), _Plain()),
    "SimpleDetupler": lambda cls: cls(0),
    "SimpleFileWriter": lambda cls: cls(os.devnull),
    "SimpleReader": lambda cls: cls(os.devnull),
    "SingleTick": lambda cls: cls(60),
    "SubscribeTo": lambda cls: _published(cls),
    "Subscribe": lambda cls: _served(cls),
    "Supervisor": lambda cls: cls(_Plain),
    "TLSClient": lambda cls: cls("localhost"),
    "TLSServer": lambda cls: cls(context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)),
    "ToService": lambda cls: _served(cls),
    "TTL": lambda cls: cls(_Plain(), 60),
    "PcapWriter": lambda cls: cls(io.BytesIO()),
    "PeriodicTick": lambda cls: cls(60),
    "PostboxPeer": lambda cls: cls("127.0.0.1"),
    "Replay": lambda cls: cls([("sent", b"x")]),
    "SimplePeer": lambda cls: cls("127.0.0.1"),
    "TargettedPeer": lambda cls: cls("127.0.0.1"),
    "UDPReceiver": lambda cls: cls("127.0.0.1"),
}

# What else than SAME a component does on (producerFinished, shutdownMicroprocess).
ANSWERS: dict[str, tuple[str, str]] = {
    "ChunkNamer": (NEW, SAME),
    "Comparator": (NEW, NEW),
    "DataSource": (ITSELF, ITSELF),
    "ForwardIteratingChooser": (ITSELF, ITSELF),
    "IntelligentFileReader": (ITSELF, ITSELF),
    "Introspector": (STAYS, SAME),
    "LineSplit": (NEW, SAME),
    "MSNFileReceive": (NEW, NEW),
    "MSNFileSend": (NEW, NEW),
    "MaxSpeedFileReader": (ITSELF, ITSELF),
    "OneShot": (ITSELF, ITSELF),
    "PAR": (NEW, SAME),
    "PureTransformer": (NEW, SAME),
    "Seq": (NEW, SAME),
    "SimpleReader": (ITSELF, ITSELF),
    "SequentialTransformer": (NEW, SAME),
    "TriggeredFileReader": (NEW, SAME),
    "UnseenOnly": (NEW, SAME),
}

# Not run here: class -> why, and where it is tested.
ELSEWHERE: dict[str, str] = {
    "AIMHarness": "connects: tests/aim/client",
    "Chargen": "sends without end: tests/util",
    "ConnectedSocketAdapter": "needs a socket: tests/internet",
    "PlainConnection": "needs a socket: tests/chassis",
    "ConsoleReader": "reads from a terminal: tests/util",
    "Conversation": "needs a window: tests/cli",
    "FastRestartServer": "listens: tests/internet",
    "FortuneCookieProtocol": "runs a process: tests/compat",
    "HTTPService": "listens: tests/msn/server",
    "InterpreterTransformer": "runs in a thread: tests/compat",
    "LoginHandler": "connects: tests/aim/client",
    "MSNHarness": "connects: tests/msn/client",
    "MSNServer": "listens: tests/msn/server",
    "OSCARServer": "listens: tests/aim/server",
    "OSCARSession": "needs a store: tests/aim/server",
    "Plug": "needs a splitter: tests/util",
    "ServerCore": "listens: tests/internet",
    "SessionRunner": "needs a store: tests/msn/server",
    "SimpleServer": "listens: tests/internet",
    "SimulatedServer": "needs a network: tests/internet",
    "SimulatedSocket": "needs a network: tests/internet",
    "StandaloneInterpreter": "reads from a terminal: tests/compat",
    "TCPClient": "connects: tests/internet",
    "UnixProcess": "runs a process: tests/file",
    "FastRestartSingleServer": "listens: tests/internet",
    "InactivityChassis": "needs a connection: tests/internet",
    "Multicast_transceiver": "needs a network: tests/internet",
    "SingleServer": "listens: tests/internet",
    "ThreadedTCPClient": "connects: tests/internet",
}

# Boxes whose names are the original's.
KEPT_BOXES = {
    "CreatorFeedback",
    "ReadReady",
    "SendReady",
    "_feedbackFromCSA",
    "_selectorSignal",
    "_socketFeedback",
    "_toService",
    "inA",
    "inB",
    "protocolHandlerSignal",
    "requestNext",
}


class _Codec:
    """What marshallers are made with."""

    marshall = demarshall = staticmethod(str)


class _Plain(component):
    """A component that does what all should."""

    def main(self) -> Any:
        while (stop := self.stopMessage()) is None:
            self.pause()
            yield 1
        self.send(stop, "signal")


def _published(cls: Any) -> Any:
    """Return an end of a backplane that exists."""
    backplane = importlib.import_module("Kamaelia.Util.Backplane").Backplane
    backplane("contract")
    return cls("contract")


def _served(cls: Any) -> Any:
    """Return what uses a service that exists."""
    cat.getcat().registerService("contract", _Plain(), "inbox")
    return cls("contract")


@pytest.fixture(autouse=True)
def own_tracker() -> Iterator[None]:
    kept, cat.basecat = cat.basecat, None
    yield
    cat.basecat = kept


def found() -> list[tuple[str, type]]:
    """Return (name, class) of every component of the packages, each once."""
    classes: dict[type, str] = {}
    for path in sorted([*ROOT.glob("Axon/**/*.py"), *ROOT.glob("Kamaelia/**/*.py")]):
        if "__kamaelia_components__" not in path.read_text(encoding="utf-8"):
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for cls in module.__kamaelia_components__:
            classes.setdefault(cls, f"{cls.__module__}.{cls.__name__}")
    return sorted((name, cls) for cls, name in classes.items())


FOUND = found()
every = pytest.mark.parametrize(
    "cls", [cls for _, cls in FOUND], ids=[n for n, _ in FOUND]
)
RUN = [(name, cls) for name, cls in FOUND if cls.__name__ not in ELSEWHERE]


@every
def test_boxes_are_described(cls: type) -> None:
    for kind in ("Inboxes", "Outboxes"):
        boxes = getattr(cls, kind)
        assert isinstance(boxes, Mapping), f"{kind} is to be a dict: box -> description"
        for name, text in boxes.items():
            assert isinstance(text, str), f"{kind}: {name!r} has no description"
            assert text.strip(), f"{kind}: {name!r} has an empty description"
            lower = re.fullmatch(r"[_a-z0-9 -]+", name)
            assert lower or name in KEPT_BOXES, f"{kind}: {name!r}: lower case"


def test_names_are_unique() -> None:
    names = [name for name, _ in FOUND]
    assert sorted(set(names)) == names


@pytest.mark.parametrize("table", [ARGUMENTS, ANSWERS, ELSEWHERE])
def test_the_tables_name_components_that_exist(table: dict[str, Any]) -> None:
    assert set(table) <= {cls.__name__ for _, cls in FOUND} | {"Handle"}


def make(cls: type) -> Any:
    """Return an instance, or fail with what to do."""
    name = cls.__name__
    try:
        return ARGUMENTS[name](cls) if name in ARGUMENTS else cls()
    except TypeError as error:
        pytest.fail(f"{error}: add {name!r} to ARGUMENTS (or ELSEWHERE) in {__file__}")


def answer(cls: type, stop: Any) -> str:
    """Return what a component does with a message on control."""
    with Probe(make(cls)) as probe:
        probe.settle()
        if probe.ended:
            return ITSELF
        if "control" not in probe.component.inboxes:
            return STAYS
        probe.deliver(stop, "control")
        probe.settle()
        if not probe.ended:
            return STAYS
        said = probe.take("signal") if "signal" in probe.component.outboxes else []
    if any(message is stop for message in said):
        return SAME
    return NEW if any(isinstance(m, producerFinished) for m in said) else ENDS


@pytest.mark.parametrize("cls", [cls for _, cls in RUN], ids=[n for n, _ in RUN])
@pytest.mark.parametrize(
    ("number", "kind"),
    [(0, producerFinished), (1, shutdownMicroprocess)],
    ids=["producerFinished", "shutdownMicroprocess"],
)
def test_it_stops_when_told_and_says_why(
    cls: type, number: int, kind: type[Any]
) -> None:
    expected = ANSWERS.get(cls.__name__, (SAME, SAME))[number]
    assert answer(cls, kind()) == expected, (
        f"{cls.__name__} on {kind.__name__}: mend it, or, if its reference wants it "
        f"so, add it to ANSWERS in {__file__}"
    )
