"""What components that treat one message after another have in common."""

from collections.abc import Generator, Iterable
from typing import Any, Final

from Axon.AxonExceptions import noSpaceInBox
from Axon.Component import component
from Axon.Ipc import producerFinished, shutdown, shutdownMicroprocess

__all__ = ["NOTHING", "Transformer", "Worker", "isStop", "stopsAtOnce"]

NOTHING: Final = object()  # what `treat` returns when nothing is to be sent


def isStop(message: Any, *kinds: type) -> bool:
    """Return whether a message, an instance or the class itself, is of these kinds.

    Args:
        message: what came in `control`.
        kinds: producerFinished and shutdownMicroprocess if none is named.
    """
    found = message if isinstance(message, type) else type(message)
    return issubclass(found, kinds or (producerFinished, shutdownMicroprocess))


def stopsAtOnce(message: Any) -> bool:
    """Return whether a message says: stop now, drop what you have."""
    return isStop(message, shutdownMicroprocess)


class Worker(component):
    """Calls `treat` for each message of its inbox: to be subclassed.

    What `treat` returns is sent to `outbox`, unless it is NOTHING; with a full inbox
    at the far end it waits for room. On producerFinished it treats what waits, sends
    what `remainder` returns, and passes the message on; on shutdownMicroprocess it
    stops at once, even while it waits for room, and passes that on.

    Attributes:
        stop_on: the kinds of messages on `control` that end it.
        many: whether `treat` returns messages to send, not one message.
        stopped_by: the message that ended it, None before.
    """

    stop_on: tuple[type, ...] = (producerFinished, shutdownMicroprocess)
    stopped_by: Any = None
    many = False

    def main(self) -> Generator[Any, None, None]:
        """Treat messages until told to stop."""
        while True:
            if self.dataReady("control"):
                self._readControl()
            if self.stopped_by is not None and stopsAtOnce(self.stopped_by):
                break
            yield from self._work()
            if self.hasWork():
                continue
            if self.stopped_by is not None:
                break
            if not self.dataReady("control"):
                self.pause()
            yield 1
        if not stopsAtOnce(self.stopped_by) and (rest := self.remainder()):
            yield from self.putAll(rest)
        yield from self.sayGoodbye(self.stopped_by)

    def _work(self) -> Iterable[Any]:
        """Treat what waits in the inbox, as far as there is room for the results.

        Returns:
            The steps that wait for room, if that is needed: no generator otherwise,
            this runs for every message of many programs.
        """
        while self.dataReady("inbox"):
            result = self.treat(self.recv("inbox"))
            if result is NOTHING:
                continue
            if self.many:
                return self.putAll(result)
            try:
                self.send(result, "outbox")
            except noSpaceInBox:
                return self.putAll([result])
        return ()

    def _readControl(self) -> None:
        """Look in `control` for a message that says stop; drop others."""
        while self.stopped_by is None and self.dataReady("control"):
            message = self.recv("control")
            if isStop(message, *self.stop_on):
                self.stopped_by = message

    def putAll(
        self, messages: Iterable[Any], boxname: str = "outbox"
    ) -> Generator[Any, None, None]:
        """Send messages, each once there is room; gives up at shutdownMicroprocess."""
        box = self.outboxes[boxname]
        for message in messages:
            while box.isFull():
                while self.dataReady("control"):
                    said = self.recv("control")
                    if stopsAtOnce(said) or (
                        self.stopped_by is None and isStop(said, *self.stop_on)
                    ):
                        self.stopped_by = said
                if self.stopped_by is not None and stopsAtOnce(self.stopped_by):
                    return
                self.pause()
                yield 1
            self.send(message, boxname)

    def sayGoodbye(self, stop: Any) -> Generator[Any, None, None]:
        """Pass on why this ends."""
        if "signal" in self.outboxes:
            yield from self.sendWhenSpace(stop, "signal")

    # To be overridden.

    def hasWork(self) -> bool:
        """Return whether something waits that can be treated."""
        return "inbox" in self.inboxes and self.dataReady("inbox") > 0

    def treat(self, message: Any) -> Any:
        """Return what to send for a message, or NOTHING."""
        return message

    def remainder(self) -> Iterable[Any]:
        """Return what is still to be sent at an orderly end."""
        return ()


class Transformer(Worker):
    """A Worker that also knows `shutdown`, and says producerFinished itself.

    At producerFinished or shutdown it sends a producerFinished of its own, with the
    same `message`; shutdownMicroprocess is passed on.
    """

    stop_on = (producerFinished, shutdown, shutdownMicroprocess)

    def sayGoodbye(self, stop: Any) -> Generator[Any, None, None]:
        """Say that nothing more comes from here."""
        if not stopsAtOnce(stop):
            stop = producerFinished(self, getattr(stop, "message", None))
        yield from super().sayGoodbye(stop)
