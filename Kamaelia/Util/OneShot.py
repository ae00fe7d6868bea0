"""Send one message, then finish."""

from collections.abc import Generator
from typing import Any

from Axon.Component import component
from Axon.Ipc import producerFinished

__all__ = ["OneShot", "TriggeredOneShot"]


class OneShot(component):
    """Sends one message, and producerFinished one step later.

    Args:
        msg: the message.
        argd: become attributes.
    """

    Inboxes = {"inbox": "not used", "control": "not looked at: it ends by itself"}
    Outboxes = {"outbox": "the message", "signal": "producerFinished"}
    msg: Any = None

    def __init__(self, msg: Any = None, **argd: Any) -> None:
        super().__init__(**argd)
        if msg is not None:
            self.msg = msg

    def main(self) -> Generator[int, None, None]:
        """Send the message, then finish."""
        yield from self.sendWhenSpace(self.msg, "outbox")
        yield 1
        yield from self.sendWhenSpace(producerFinished(self), "signal")


class TriggeredOneShot(OneShot):
    """Sends one message once anything has arrived, then finishes.

    A shutdown message that comes before is passed on and ends it.

    Args:
        msg: the message.
        argd: become attributes.
    """

    Inboxes = {
        "inbox": "anything: send the message",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the message",
        "signal": "producerFinished, or why it stopped before",
    }

    def main(self) -> Generator[int, None, None]:
        """Wait for the trigger, then send the message and finish."""
        while not self.dataReady("inbox"):
            stop = self.stopMessage()
            if stop is not None:
                yield from self.sendWhenSpace(stop, "signal")
                return
            self.pause()
            yield 1
        self.recv("inbox")
        yield from super().main()


__kamaelia_components__ = (OneShot, TriggeredOneShot)
