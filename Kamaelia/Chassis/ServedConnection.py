"""One connection of a ConnectedServer: joined to what serves it, and ended with it."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

from Axon.AxonExceptions import noSpaceInBox
from Axon.boxes import NOBODY, postbox
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.Linkage import linkage
from Kamaelia.Chassis.Layers import Layers
from Kamaelia.IPC import socketShutdown

__all__ = ["ServedConnection"]

logger = logging.getLogger(__name__)


class _Feedback(postbox):
    """What a connection says of its end goes here: an outbox that leads to us.

    Less than an outbox and an inbox of ours; and one inbox for the outboxes of all
    connections would know all of them as its sources.
    """

    __slots__ = ("_connection", "_replaced")

    def __init__(self, connection: "ServedConnection", replaced: postbox) -> None:
        self._connection = connection
        self._replaced = None if replaced.target is None else replaced
        super().__init__(NOBODY)

    def entrance(self) -> Callable[[Any], object]:
        """Return what takes a message: this."""
        return self

    def __call__(self, message: Any) -> None:
        """Tell who serves the connection, then whom a program has linked to it."""
        self._connection.tell()
        if self._replaced is not None:
            self._replaced.append(message)


class ServedConnection:
    """A connection and the components that serve it.

    Args:
        server: whose it is.
        csa: carries the connection.
        layers: serve it.
        peer: address of the other end, for the log.
    """

    __slots__ = (
        "_alive",
        "_outer",
        "_timer",
        "_told",
        "csa",
        "layers",
        "peer",
        "server",
    )

    def __init__(self, server: Any, csa: Any, layers: Layers, peer: str) -> None:
        self.server = server
        self.csa = csa
        self.layers = layers
        self.peer = peer
        self._told = False  # the layers know that the connection ends
        self._alive = 1 + len(layers.parts)  # of these and the csa, how many
        self._timer: asyncio.TimerHandle | None = None
        self._outer = csa._axon_keeper  # is to be told of its end too

    @property
    def linkages(self) -> Iterator[linkage]:
        """The linkages between what carries and what serves the connection."""
        return self.layers.standing(self.csa)

    def begin(self) -> None:
        """Join everything and start."""
        server, csa = self.server, self.csa
        parts = self.layers.parts
        self.layers.join(csa)
        for part in parts:
            if "serversignal" in part.outboxes:
                server.link((part, "serversignal"), (server, "control"))
        if (feedback := csa.outboxes.get("CreatorFeedback")) is not None:
            csa.outboxes["CreatorFeedback"] = _Feedback(self, feedback)
        csa.half_open = True
        failed = self.failed
        for each in (csa, *parts):
            each.onFailure = failed
            each._axon_keeper = self
        csa.activate(server.scheduler)
        for part in parts:
            part.activate(server.scheduler)

    def unlink(self, thecomponent: Any, thelinkage: linkage | None) -> None:
        """Cut the linkages that touch a component, or one linkage, if it is of these.

        Programs do so that give the connection to another component.
        """
        ours = (self.csa, *self.layers.parts)
        if thecomponent in ours:
            self.layers.part(self.csa, thecomponent)
        if thelinkage is not None and thelinkage.source in ours:
            self.layers.cut(self.csa, thelinkage)

    # How it ends.

    def tell(self) -> None:
        """Tell the layers, once, that the connection ends; give them some time."""
        if self._told:
            return
        self._told = True
        died = getattr(self.csa, "howDied", None)
        self.finish(socketShutdown(self.csa, died))
        if not self.csa._isStopped():
            loop, grace = self.server.scheduler.loop, self.server.grace
            self._timer = loop.call_later(grace, self.close)

    def finish(self, stop: Any) -> None:
        """Let the layers finish: they then close the connection."""
        try:
            self.layers.tell(stop)
        except noSpaceInBox:
            logger.warning("%s: there is no room for a stop message", self.peer)

    def close(self) -> None:
        """Close the connection at once; the layers get to know when it is closed."""
        self._stopCSA(shutdownMicroprocess(self.server))

    def cut(self) -> None:
        """End the layers and all that belongs to them, and cut the connection."""
        self._stopEach(self.csa, *_family(self.layers.parts))

    def failed(self, mprocess: Any, error: Exception) -> None:
        """End the connection after an error in something that serves it."""
        logger.error(
            "connection from %s closed: error in %s",
            self.peer,
            mprocess.name,
            exc_info=error,
        )
        self.close()
        self._stopEach(*_family(self.layers.parts))

    def _stopEach(self, *parts: Any) -> None:
        """Stop components, whatever each makes of it."""
        for each in parts:
            try:
                each.stop()
            except Exception:
                logger.exception("%s: stopping %s", self.peer, each.name)

    def childEnded(self, ended: Any) -> None:
        """Go on with the end: one of the components is over."""
        self._alive -= 1
        if ended is self.csa:
            if self._outer is not None:
                self._outer.childEnded(ended)
            if self._timer is not None:
                self._timer.cancel()
            self.tell()
        elif self._alive == 1 and not self.csa._isStopped():
            # Close the connection in order: nobody is left to answer.
            self._told = True
            self._stopCSA(producerFinished(ended))
        self.layers.part(self.csa, ended)
        if not self._alive:
            self.server.forget(self)

    def _stopCSA(self, message: Any) -> None:
        """Put a message into `control` of the csa."""
        try:
            self.csa._deliver(message, "control")
        except noSpaceInBox:
            logger.warning("%s: control of %s is full", self.peer, self.csa.name)


def _family(parts: Any) -> list[Any]:
    """Return components, their children, their children and so on."""
    found = [*parts]
    for each in found:
        found += getattr(each, "children", ())
    return found
