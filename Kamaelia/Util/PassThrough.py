"""Hand on messages unchanged."""

from collections.abc import Iterable

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.Worker import Worker, isStop

__all__ = ["PassThrough", "passThrough"]


class PassThrough(Worker):
    """Hands on what comes in: inbox to outbox, control to signal.

    Args:
        shutdownOn: kinds of messages that end it, once it has passed them on.

    Attributes:
        Connections: which inbox leads to which outbox.
    """

    Inboxes = {
        "inbox": "messages to hand on",
        "control": "shutdown messages to hand on",
    }
    Outboxes = {"outbox": "messages", "signal": "shutdown messages"}
    Connections = {"inbox": "outbox", "control": "signal"}

    def __init__(
        self,
        shutdownOn: Iterable[type] = (producerFinished, shutdownMicroprocess),  # noqa: N803
    ) -> None:
        super().__init__()
        self.stop_on = tuple(shutdownOn)

    def _readControl(self) -> None:
        """Hand on what comes in `control` up to what ends this."""
        while self.stopped_by is None and self.dataReady("control"):
            message = self.recv("control")
            if self.stop_on and isStop(message, *self.stop_on):
                self.stopped_by = message
            else:
                self.send(message, "signal")


passThrough = makeClassStub(  # noqa: N816 - the name of the original
    PassThrough,
    "use Kamaelia.Util.PassThrough.PassThrough instead of "
    "Kamaelia.Util.PassThrough.passThrough",
)

__kamaelia_components__ = (PassThrough,)
