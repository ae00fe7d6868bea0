"""Send back what comes in."""

from Kamaelia.Util.Worker import Worker

__all__ = ["EchoProtocol"]


class EchoProtocol(Worker):
    """Sends back what comes in; ends on any message in `control` and passes it on.

    A protocol for ServerCore.
    """

    Inboxes = {"inbox": "data from the peer", "control": "anything: stop"}
    Outboxes = {"outbox": "the same data", "signal": "what ended it"}
    stop_on = (object,)


__kamaelia_components__ = (EchoProtocol,)
