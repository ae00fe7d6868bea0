"""Run a component, and another one in its place when it fails.

    Supervisor(lambda: Worker("config"), retries=3)

It has the boxes of the component it runs. Messages that wait when it fails are there
for the one that follows; the message in hand goes to outbox `deadletter`.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any, NamedTuple

from Axon.Component import component
from Axon.Ipc import errorInformation, shutdownMicroprocess

__all__ = ["DeadLetter", "Supervisor"]

logger = logging.getLogger(__name__)


class DeadLetter(NamedTuple):
    """A message that was not handled.

    Attributes:
        message: the message.
        inbox: the inbox it came through.
        error: what the component failed with.
    """

    message: Any
    inbox: str
    error: Exception


class Supervisor(component):
    """Runs what a factory makes; makes another one when that fails.

    It waits before it does: `delay` seconds after the first failure, twice as long
    after each further one, `longest` at most. One that ran for `period` seconds counts
    as sound: the next failure is a first one. After more than `retries` failures in a
    row it gives up: what waits goes to `deadletter`, errorInformation to `signal`.

    When the component ends without failing, so does the Supervisor. A failure of
    anything the component activated is a failure of the component: its children are
    stopped with it. (The message in hand is then lost: only what the component itself
    took from its inboxes is known.)

    Args:
        factory: function that returns a component, not activated.
        retries: failures in a row that are made good.
        delay: seconds to wait after the first.
        longest: seconds to wait at most.
        period: seconds after which a component counts as sound.
    """

    Inboxes: Mapping[str, str] = {
        "inbox": "messages for the component",
        "control": "producerFinished or shutdownMicroprocess: for the component",
    }
    Outboxes: Mapping[str, str] = {
        "outbox": "what the component sends",
        "signal": "what it says at its end, or errorInformation: given up",
        "deadletter": "DeadLetter(message, inbox, error): not handled",
    }

    def __init__(
        self,
        factory: Callable[[], Any],
        retries: int = 5,
        delay: float = 0.1,
        longest: float = 30.0,
        period: float = 60.0,
        **argd: Any,
    ) -> None:
        self._factory = factory
        self._child: Any = factory()
        self.Inboxes = _described(self._child.Inboxes, ("control",), Supervisor.Inboxes)
        self.Outboxes = _described(
            self._child.Outboxes, ("signal", "deadletter"), Supervisor.Outboxes
        )
        super().__init__(**argd)
        self.retries = retries
        self.delay = delay
        self.longest = longest
        self.period = period
        self._failure: Exception | None = None
        self._inHand: tuple[Any, str] | None = None
        self._waiting: list[tuple[Any, str]] = []

    def main(self) -> Generator[int, None, None]:
        """Run one component after another until one ends well, or none is left."""
        failures = 0
        while True:
            begun = self.scheduler.loop.time()
            self._begin()
            while not self._child._isStopped():
                self.pause()
                yield 1
            if self._failure is None:
                return
            if self.scheduler.loop.time() - begun >= self.period:
                failures = 0
            failures += 1
            yield from self._bury(self._failure)
            if failures > self.retries:
                yield from self._giveUp(self._failure)
                return
            yield from self._wait(min(self.delay * 2 ** (failures - 1), self.longest))
            if (stop := self._shutdown()) is not None:
                self.send(stop, "signal")
                return
            self._replace()

    def _begin(self) -> None:
        """Link the component's boxes to ours and activate it."""
        child = self._child
        child.onFailure = self._failed
        take = child.recv

        def recv(boxname: str = "inbox") -> Any:
            message = take(boxname)
            if boxname != "control":
                self._inHand = message, boxname
            return message

        child.__dict__["recv"] = recv
        self.addChildren(child)
        for name in child.inboxes:
            self.link((self, name), (child, name), passthrough=1)
        for name in child.outboxes:
            self.link((child, name), (self, name), passthrough=2)
        child.activate(self.scheduler)

    def _failed(self, mprocess: Any, error: Exception) -> None:
        """Keep what waits in the component that failed, and stop what is left of it."""
        if self._failure is not None:
            return  # the rest of a graph that fell apart
        self._failure = error
        logger.error("%s: %s failed", self.name, mprocess.name, exc_info=error)
        self.postoffice.unlink(self._child)
        for name, box in self._child.inboxes.items():
            while len(box):
                self._waiting.append((box.pop(), name))
        _stopTree(self._child)
        self.wake()

    def _bury(self, error: Exception) -> Generator[int, None, None]:
        """Send the message in hand to `deadletter`."""
        if self._inHand is not None:
            letter, self._inHand = DeadLetter(*self._inHand, error), None
            yield from self.sendWhenSpace(letter, "deadletter")

    def _giveUp(self, error: Exception) -> Generator[int, None, None]:
        """Send what waits to `deadletter` and say why."""
        for name in self.inboxes:
            self._waiting += [(message, name) for message in self.Inbox(name)]
        for message, name in self._waiting:
            letter = DeadLetter(message, name, error)
            yield from self.sendWhenSpace(letter, "deadletter")
        text = f"{self._child.name} failed {self.retries + 1} times: {error}"
        self.send(errorInformation(self, error, text), "signal")

    def _wait(self, seconds: float) -> Generator[int, None, None]:
        """Sleep for some seconds, or until told to stop at once."""
        over: list[bool] = []

        def wake() -> None:
            over.append(True)
            self.wake()

        timer = self.scheduler.loop.call_later(seconds, wake)
        try:
            while not over and self._shutdown() is None:
                self.pause()
                yield 1
        finally:
            timer.cancel()

    def _shutdown(self) -> Any:
        """Return the shutdownMicroprocess that waits for the component, if any."""
        waiting = [message for message, name in self._waiting if name == "control"]
        for message in [*waiting, *self.inboxes["control"].storage]:
            kind = message if isinstance(message, type) else type(message)
            if issubclass(kind, shutdownMicroprocess):
                return message
        return None

    def _replace(self) -> None:
        """Make the next component and give it what waits."""
        last, self._failure = self._child, None
        self.removeChild(last)
        self._child = self._factory()
        for name, box in last.inboxes.items():
            self._child.inboxes[name].setSize(None)
            for message, where in self._waiting:
                if where == name:
                    self._child.inboxes[name].append(message)
            self._child.inboxes[name].setSize(box.getSize())
        self._waiting = []


def _described(
    boxes: Mapping[str, str] | Iterable[str],
    needed: Iterable[str],
    texts: Mapping[str, str],
) -> dict[str, str]:
    """Return a component's boxes with descriptions, and those we need ourselves."""
    if isinstance(boxes, Mapping):
        found = dict(boxes)
    else:
        found = {name: f"as {name} of the component" for name in boxes}
    for name in needed:
        found.setdefault(name, texts[name])
    return found


def _stopTree(top: Any) -> None:
    """Stop a component and its children, theirs too."""
    pending = [top]
    while pending:
        found = pending.pop()
        pending += getattr(found, "children", [])
        found.stop()


__kamaelia_components__ = (Supervisor,)
