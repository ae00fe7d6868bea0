"""Components: microprocesses with boxes.

    class Upper(component):
        def main(self):
            while not self.dataReady("control"):
                for text in self.Inbox("inbox"):
                    self.send(text.upper(), "outbox")
                self.pause()
                yield 1
            self.send(self.recv("control"), "signal")

A component that is linked to others gets their messages in its inboxes and sends
through its outboxes; it knows neither them nor how many there are.
"""

import time
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from Axon import debug
from Axon.AxonExceptions import noSpaceInBox
from Axon.Box import makeInbox, makeOutbox
from Axon.idGen import numId, strId
from Axon.Ipc import (
    WaitComplete,
    errorInformation,
    ipc,
    newComponent,
    notify,
    producerFinished,
    reactivate,
    shutdown,
    shutdownMicroprocess,
    status,
    wouldblock,
)
from Axon.Linkage import linkage
from Axon.Microprocess import Lazy, microprocess
from Axon.Postoffice import postoffice
from Axon.Scheduler import scheduler
from Axon.util import removeAll

__all__ = [
    "WaitComplete",
    "component",
    "debug",
    "errorInformation",
    "ipc",
    "linkage",
    "makeInbox",
    "makeOutbox",
    "microprocess",
    "newComponent",
    "noSpaceInBox",
    "notify",
    "numId",
    "postoffice",
    "producerFinished",
    "reactivate",
    "removeAll",
    "scheduler",
    "shutdown",
    "shutdownMicroprocess",
    "status",
    "strId",
    "time",
    "wouldblock",
]

# Read when a component is made: it then prints each message that it sends or takes.
TraceAllSends = False
TraceAllRecvs = False


class component(microprocess):
    """A microprocess that talks to others through boxes.

    Keyword arguments become attributes, before the boxes are made; so a class states
    defaults and whoever makes an instance overrides them. Positional arguments are
    ignored.

    `Inboxes` and `Outboxes` map names to descriptions (a list of names will do); a
    subclass that declares them replaces those of its base.

    Attributes:
        inboxes: name -> postbox.
        outboxes: name -> postbox.
        children: components added with `addChildren`.
        postoffice: the linkages that this component made.
    """

    Inboxes: Mapping[str, str] | Iterable[str] = {
        "inbox": "messages to work on",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes: Mapping[str, str] | Iterable[str] = {
        "outbox": "results",
        "signal": "why this component stopped",
    }
    Usescomponents: list[Any] = []
    children: list[Any] = Lazy(lambda self: [])  # type: ignore[assignment]
    postoffice: postoffice = Lazy(lambda self: postoffice(f"component {self.name}"))  # type: ignore[assignment]
    _callOnCloseDown: list[Any] = Lazy(lambda self: [])  # type: ignore[assignment]
    _axon_keeper: Any = None  # its `childEnded(self)` is called at the end

    def __init__(self, *args: Any, **argd: Any) -> None:
        super().__init__()
        for name, value in argd.items():
            setattr(self, name, value)
        self.inboxes = {name: makeInbox(self) for name in self.Inboxes}
        self.outboxes = {name: makeOutbox(self) for name in self.Outboxes}
        if TraceAllSends or TraceAllRecvs:
            _trace(self)

    def __str__(self) -> str:
        inboxes, outboxes = self.inboxes, self.outboxes
        return f"Component {self.name} [ inboxes : {inboxes} outboxes : {outboxes}"

    # Linking.

    def link(
        self,
        source: tuple[Any, str],
        sink: tuple[Any, str],
        *optionalargs: Any,
        **kwoptionalargs: Any,
    ) -> linkage:
        """Join two boxes, each given as (component, box name).

        Any component may link the boxes of any others; the linkage is the caller's
        and goes when the caller ends.

        Args:
            source: where messages leave.
            sink: where they arrive.
            optionalargs: passthrough (0 outbox to inbox, 1 inbox to inbox, 2 outbox to
                outbox), pipewidth (limit of the sink box), synchronous (limit 1).
            kwoptionalargs: the same by name.

        Raises:
            BadLinkage: a component has no such box.
            BoxAlreadyLinkedToDestination: the source box leads somewhere already.
        """
        return self.postoffice.link(source, sink, *optionalargs, **kwoptionalargs)

    def unlink(
        self, thecomponent: Any = None, thelinkage: linkage | None = None
    ) -> None:
        """Cut the linkages this component made that touch another, or one linkage."""
        self.postoffice.unlink(thecomponent, thelinkage)

    def setInboxSize(self, boxname: str, size: int | None) -> None:
        """Limit how many messages may wait in an inbox; None for no limit."""
        self.inboxes[boxname].setSize(size)

    def _deliver(self, message: Any, boxname: str = "inbox") -> None:
        """Put a message straight into an inbox.

        Raises:
            KeyError: there is no such inbox.
            noSpaceInBox: it is full.
        """
        self.inboxes[boxname].append(message)

    def sendWhenSpace(
        self, message: Any, boxname: str = "outbox"
    ) -> Generator[int, None, None]:
        """Send, once there is room: `yield from self.sendWhenSpace(message)`.

        Sleeps while the inbox at the far end is full.

        Raises:
            KeyError: there is no such outbox.
        """
        box = self.outboxes[boxname]
        while box.isFull():
            self.pause()
            yield 1
        self.send(message, boxname)

    # Children.

    def addChildren(self, *children: Any) -> None:
        """Take components as children: the end of each wakes this component."""
        for child in children:
            try:
                child._callOnCloseDown.append(self.unpause)
            except AttributeError as error:
                error.add_note(
                    f"{self.name}: {child!r} is no component. Are its brackets missing?"
                )
                raise
            self.children.append(child)

    def removeChild(self, child: Any) -> None:
        """Let a child go: forget it and cut the linkages made here that touch it."""
        removeAll(self.children, child)
        removeAll(child._callOnCloseDown, self.unpause)
        self.postoffice.unlink(child)

    def childComponents(self) -> list[Any]:
        """Return the children, in a list of its own."""
        return self.children[:]

    # Life.

    def main(self) -> Any:
        """Return the generator to step.

        Unless overridden, runs the old-style methods: `initialiseComponent` once,
        `mainBody` while it returns something true, `closeDownComponent` once.
        """
        yield self.initialiseComponent() or 1
        while result := self.mainBody():
            yield result
        yield self.closeDownComponent()

    def initialiseComponent(self) -> Any:
        """Do what comes before the first `mainBody`: to be overridden."""
        return 1

    def mainBody(self) -> Any:
        """Do one step and return whether there are more: to be overridden."""
        return None

    def closeDownComponent(self) -> Any:
        """Do what comes after the last `mainBody`: to be overridden."""
        return 1

    def stopMessage(self, boxname: str = "control") -> Any:
        """Take messages from `control` up to one that says stop, and return that.

        Returns:
            The first producerFinished or shutdownMicroprocess (an instance, or the
            class itself, as some programs send it); None if there is none. Other
            messages are dropped.
        """
        while self.dataReady(boxname):
            message = self.recv(boxname)
            kind = message if isinstance(message, type) else type(message)
            if issubclass(kind, (producerFinished, shutdownMicroprocess)):
                return message
        return None

    def _closeDownMicroprocess(self) -> Any:
        """Wake whoever waits for this component's end, then cut its linkages."""
        if "_callOnCloseDown" in self.__dict__:
            for callback in self._callOnCloseDown[:]:
                callback()
        if self._axon_keeper is not None:
            self._axon_keeper.childEnded(self)
        if "postoffice" in self.__dict__:
            self.postoffice.unlinkAll()
        return super()._closeDownMicroprocess()


def _trace(traced: component) -> None:
    """Make a component print what it sends or takes."""

    def show(verb: str, message: Any, boxname: str) -> None:
        name = str(traced.name).rsplit(".", 1)[-1]
        print(f"{verb}: {id(message)} {name} {boxname!r} : {message!s}")  # noqa: T201

    def send(message: Any, boxname: str = "outbox") -> None:
        show("SEND", message, boxname)
        type(traced).send(traced, message, boxname)

    def recv(boxname: str = "inbox") -> Any:
        message = type(traced).recv(traced, boxname)
        show("RECV", message, boxname)
        return message

    if TraceAllSends:
        traced.__dict__["send"] = send
    if TraceAllRecvs:
        traced.__dict__["recv"] = recv
