"""One connection of a ConnectedServer: joined to what serves it, and ended with it."""

import asyncio
import logging
from typing import Any

from Axon.AxonExceptions import noSpaceInBox
from Axon.Box import makeInbox
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.IPC import socketShutdown

__all__ = ["ServedConnection"]

logger = logging.getLogger(__name__)


class ServedConnection:
    """A connection and the component of `protocol` that serves it.

    Args:
        server: whose it is.
        csa: carries the connection.
        handler: serves it.
        peer: address of the other end, for the log.
    """

    __slots__ = ("_alive", "_timer", "_told", "csa", "handler", "peer", "server")

    def __init__(self, server: Any, csa: Any, handler: Any, peer: str) -> None:
        self.server = server
        self.csa = csa
        self.handler = handler
        self.peer = peer
        self._told = False  # the handler knows that the connection ends
        self._alive = 2  # of csa and handler, how many
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Join both ways and start."""
        server, csa, handler = self.server, self.csa, self.handler
        server.link((handler, "outbox"), (csa, "inbox"))
        server.link((csa, "outbox"), (handler, "inbox"))
        server.link((handler, "signal"), (csa, "control"))
        if "serversignal" in handler.outboxes:
            server.link((handler, "serversignal"), (server, "control"))
        if "CreatorFeedback" in csa.outboxes:
            # A box for each connection: one for all would know all as its sources.
            feedback = makeInbox(self.tell)
            feedback.addsource(csa.outboxes["CreatorFeedback"])
        csa.half_open = True
        handler.onFailure = csa.onFailure = self.failed
        csa._callOnCloseDown.append(self._csaEnded)
        handler._callOnCloseDown.append(self._handlerEnded)
        csa.activate(server.scheduler)
        handler.activate(server.scheduler)

    # How it ends.

    def tell(self) -> None:
        """Tell the handler, once, that the connection ends; give it some time."""
        if self._told:
            return
        self._told = True
        died = getattr(self.csa, "howDied", None)
        self._deliver(self.handler, socketShutdown(self.csa, died))
        if self._alive == 2:
            loop, grace = self.server.scheduler.loop, self.server.grace
            self._timer = loop.call_later(grace, self.close)

    def finish(self, stop: Any) -> None:
        """Let the handler finish: it then closes the connection."""
        self._deliver(self.handler, stop)

    def close(self) -> None:
        """Close the connection at once; the handler gets to know when it is closed."""
        self._deliver(self.csa, shutdownMicroprocess(self.server))

    def cut(self) -> None:
        """End the handler and all that belongs to it, and cut the connection."""
        for each in (self.csa, *_family(self.handler)):
            try:
                each.stop()
            except Exception:
                logger.exception("%s: stopping %s", self.peer, each.name)

    def failed(self, mprocess: Any, error: Exception) -> None:
        """End the connection after an error in something that serves it."""
        logger.error(
            "connection from %s closed: error in %s",
            self.peer,
            mprocess.name,
            exc_info=error,
        )
        self.close()
        for each in _family(self.handler):
            try:
                each.stop()
            except Exception:
                logger.exception("%s: stopping %s", self.peer, each.name)

    def _csaEnded(self) -> None:
        """Tell the handler that the connection is gone."""
        self._alive -= 1
        if self._timer is not None:
            self._timer.cancel()
        self.tell()
        self._ended()

    def _handlerEnded(self) -> None:
        """Close the connection in order: nobody is left to answer."""
        self._alive -= 1
        self._told = True
        self._deliver(self.csa, producerFinished(self.handler))
        self._ended()

    def _ended(self) -> None:
        """Let the server forget this when both have ended."""
        if not self._alive:
            self.server.forget(self)

    def _deliver(self, target: Any, message: Any) -> None:
        """Put a message into `control` of the csa or the handler."""
        try:
            target._deliver(message, "control")
        except noSpaceInBox:
            logger.warning("%s: control of %s is full", self.peer, target.name)


def _family(top: Any) -> list[Any]:
    """Return a component, its children, their children and so on."""
    found = [top]
    for each in found:
        found += getattr(each, "children", ())
    return found
