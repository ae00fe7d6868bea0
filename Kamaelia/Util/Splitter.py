"""Copy messages to any number of components, which come and go while it runs."""

from collections.abc import Generator
from functools import partial
from typing import Any

from Axon.Box import makeOutbox
from Axon.Component import component
from Axon.Ipc import newComponent
from Kamaelia.Util.Worker import isStop

__all__ = ["Plug", "PlugSplitter", "Splitter", "addsink", "removesink"]


class addsink:  # noqa: N801 - the name of the original
    """Message to a splitter: copy what comes to this component too.

    Args:
        sink: the component.
        sinkbox: its box for data; None for none.
        sinkcontrol: its box for shutdown messages; None for none.
        passthrough: 0 if these are inboxes, 2 if outboxes.
    """

    def __init__(
        self,
        sink: Any,
        sinkbox: str | None = "inbox",
        sinkcontrol: str | None = None,
        passthrough: int = 0,
    ) -> None:
        self.sink = sink
        self.sinkbox = sinkbox
        self.sinkcontrol = sinkcontrol
        self.passthrough = passthrough


class removesink:  # noqa: N801 - the name of the original
    """Message to a splitter: copy no more to these boxes of this component."""

    def __init__(
        self,
        sink: Any,
        sinkbox: str | None = "inbox",
        sinkcontrol: str | None = None,
    ) -> None:
        self.sink = sink
        self.sinkbox = sinkbox
        self.sinkcontrol = sinkcontrol


class PlugSplitter(component):
    """Copies what comes to `outbox` and to every sink plugged into it.

    Waits for room where a sink's box is full. A sink that ends is unplugged. Ends on
    a shutdown message, which goes to `signal` and to every sink; with a source
    inside, when that has ended.

    Args:
        sourceComponent: whose messages are copied, in place of those of `inbox`; the
            inbox and control of the splitter are then its.
    """

    Inboxes = {
        "inbox": "messages to copy",
        "control": "producerFinished or shutdownMicroprocess: stop",
        "configuration": "addsink or removesink",
        "_inbox": "messages of the component inside",
        "_control": "shutdown messages of the component inside",
    }
    Outboxes = {
        "outbox": "copies of the messages",
        "signal": "copies of the shutdown messages",
    }

    def __init__(self, sourceComponent: Any = None) -> None:  # noqa: N803
        super().__init__()
        self.source = sourceComponent
        self._plugs: dict[tuple[Any, str | None, bool], tuple[Any, Any, Any]] = {}
        self._plugged = 0

    def main(self) -> Generator[Any, None, None]:
        """Copy messages until told to stop, or until the source has ended."""
        inbox, control = "inbox", "control"
        if self.source is not None:
            inbox, control = "_inbox", "_control"
            self._wireSource()
            yield newComponent(self.source)
        stop = None
        while True:
            ended = self.source is not None and self.source._isStopped()
            self._configure()
            while stop is None and self.dataReady(control):
                message = self.recv(control)
                stop = message if self.source is None and isStop(message) else None
                if stop is None:
                    yield from self._copy(message, True)
            for message in self.Inbox(inbox):
                yield from self._copy(message, False)
            if ended or stop is not None:
                break
            if not self.anyReady():
                self.pause()
            yield 1
        if stop is not None:
            yield from self._copy(stop, True)

    def _wireSource(self) -> None:
        """Put the source between our boxes and what we copy."""
        for box in ("inbox", "control"):
            self.link((self, box), (self.source, box), passthrough=1)
        self.link((self.source, "outbox"), (self, "_inbox"))
        self.link((self.source, "signal"), (self, "_control"))
        self.addChildren(self.source)

    def _copy(self, message: Any, signals: bool) -> Generator[Any, None, None]:
        """Send a message to our box and to every sink, each once there is room."""
        yield from self.sendWhenSpace(message, "signal" if signals else "outbox")
        for (_, _, forsignals), (box, _, _) in list(self._plugs.items()):
            if forsignals == signals and box in self.outboxes:
                yield from self.sendWhenSpace(message, box)

    # Plugging.

    def _configure(self) -> None:
        """Plug and unplug sinks."""
        for message in self.Inbox("configuration"):
            if isinstance(message, addsink):
                self._plug(message)
            elif isinstance(message, removesink):
                self._unplug(message.sink, message.sinkbox, False)
                self._unplug(message.sink, message.sinkcontrol, True)

    def _plug(self, wish: addsink) -> None:
        """Make an outbox for each box of a sink and link it."""
        sink = wish.sink
        if getattr(sink, "_isStopped", bool)():
            return
        for name, signals in ((wish.sinkbox, False), (wish.sinkcontrol, True)):
            if name is None or (sink, name, signals) in self._plugs:
                continue
            self._plugged += 1
            box = f"_{'signal' if signals else 'outbox'}_{self._plugged}"
            self.outboxes[box] = makeOutbox(self)
            made = self.link((self, box), (sink, name), passthrough=wish.passthrough)
            forget = partial(self._unplug, sink, name, signals)
            sink._callOnCloseDown.append(forget)
            self._plugs[sink, name, signals] = box, made, forget

    def _unplug(self, sink: Any, name: str | None, signals: bool) -> None:
        """Cut a box of a sink off, if it is plugged in."""
        box, made, forget = self._plugs.pop((sink, name, signals), (None, None, None))
        if box is None:
            return
        self.unlink(thelinkage=made)
        del self.outboxes[box]
        if forget in sink._callOnCloseDown:
            sink._callOnCloseDown.remove(forget)
        self.unpause()  # it may wait for room in the box that went


class Splitter(PlugSplitter):
    """A PlugSplitter that copies data only: sinks get no shutdown messages."""

    def _plug(self, wish: addsink) -> None:
        """Plug the data box of a sink in."""
        super()._plug(addsink(wish.sink, wish.sinkbox, None, wish.passthrough))


class Plug(component):
    """Holds a component that is plugged into a splitter while this one lives.

    Args:
        splitter: a PlugSplitter, or something with a box `configuration` like its.
        component: what gets copies, in `inbox` and `control`.
    """

    Inboxes = {
        "inbox": "messages for the component inside, besides the copies",
        "control": "shutdown messages for the component inside",
    }
    Outboxes = {
        "outbox": "messages from the component inside",
        "signal": "shutdown messages from the component inside",
        "splitter_config": "addsink and removesink, to the splitter",
    }

    def __init__(self, splitter: Any, component: Any) -> None:
        super().__init__()
        self.splitter = splitter
        self.component = component
        self.link((self, "splitter_config"), (splitter, "configuration"))

    def main(self) -> Generator[Any, None, None]:
        """Plug the component in, wait for its end, unplug it."""
        inner = self.component
        for box in ("inbox", "control"):
            self.link((self, box), (inner, box), passthrough=1)
        for box in ("outbox", "signal"):
            self.link((inner, box), (self, box), passthrough=2)
        self.addChildren(inner)
        boxes = inner, "inbox", "control"
        yield from self.sendWhenSpace(addsink(*boxes), "splitter_config")
        yield newComponent(inner)
        while not inner._isStopped():
            self.pause()
            yield 1
        yield from self.sendWhenSpace(removesink(*boxes), "splitter_config")


__kamaelia_components__ = (PlugSplitter, Plug, Splitter)
