"""Backplanes: publish messages under a name, to whoever subscribed to it.

Backplane("chat").activate()
Pipeline(source, PublishTo("chat")).activate()
Pipeline(SubscribeTo("chat"), ConsoleEchoer()).run()
"""

from collections.abc import Generator
from typing import Any

from Axon.AxonExceptions import ServiceAlreadyExists
from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.Splitter import PlugSplitter, addsink
from Kamaelia.Util.Worker import Worker

__all__ = ["Backplane", "PublishTo", "SubscribeTo", "publishTo", "subscribeTo"]


class Backplane(PlugSplitter):
    """Where messages published under a name go to all subscribers of that name.

    The name is taken when the backplane is made, and free again when it has ended; it
    has to be activated to work. A shutdown message ends it, and is passed on to all
    subscribers.

    Args:
        name: the name of the backplane.

    Raises:
        ServiceAlreadyExists: the name is taken.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        services = {
            f"Backplane_I_{name}": "inbox",
            f"Backplane_O_{name}": "configuration",
        }
        taken = [known for known in services if known in _services(self)]
        if taken:
            raise ServiceAlreadyExists(f"a backplane named {name!r} exists already")
        for service, box in services.items():
            self.tracker.registerService(service, self, box)
        self._services = list(services)

    def stop(self) -> None:
        """Free the name."""
        for service in self._services:
            if service in _services(self):
                self.tracker.deRegisterService(service)
        self._services = []
        super().stop()


def _services(user: Any) -> list[Any]:
    """Return the names of all services."""
    names: list[Any] = user.tracker.servicesRegistered()
    return names


class PublishTo(Worker):
    """Publishes what comes in to all subscribers of a backplane.

    A shutdown message ends this component, not the backplane, and is passed on.

    Args:
        name: the name of the backplane.
        forwarder: whether to send the messages to `outbox` too.
    """

    Inboxes = {
        "inbox": "messages to publish",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what came in, if this is a forwarder",
        "signal": "why this component stopped",
        "_publish": "to the backplane",
    }

    def __init__(self, name: str, forwarder: bool = False) -> None:
        super().__init__()
        self.destination = name
        self.forwarder = forwarder

    def main(self) -> Generator[Any, None, None]:
        """Find the backplane, then publish until told to stop.

        Raises:
            KeyError: no backplane has this name.
        """
        backplane = self.tracker.retrieveService(f"Backplane_I_{self.destination}")
        self.link((self, "_publish"), backplane)
        yield from super().main()

    def _work(self) -> Generator[Any, None, None]:
        """Publish what waits in the inbox."""
        for message in self.Inbox("inbox"):
            yield from self.putAll([message], "_publish")
            if self.forwarder:
                yield from self.putAll([message], "outbox")


class SubscribeTo(Worker):
    """Sends what is published on a backplane, and what comes into its own inbox.

    Ends on a shutdown message, its own or the backplane's, and passes it on.

    Args:
        name: the name of the backplane.
    """

    Inboxes = {
        "inbox": "what is published, and messages to pass on",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what is published, and what came in",
        "signal": "why this component stopped",
        "_configure": "to the backplane",
    }

    def __init__(self, name: str) -> None:
        super().__init__()
        self.source = name

    def main(self) -> Generator[Any, None, None]:
        """Subscribe, then pass on until told to stop.

        Raises:
            KeyError: no backplane has this name.
        """
        backplane = self.tracker.retrieveService(f"Backplane_O_{self.source}")
        self.link((self, "_configure"), backplane)
        wish = addsink(self, "inbox", "control")
        yield from self.sendWhenSpace(wish, "_configure")
        yield from super().main()


_MESSAGE = "use Kamaelia.Util.Backplane.{} instead of Kamaelia.Util.Backplane.{}"
publishTo = makeClassStub(  # noqa: N816 - the name of the original
    PublishTo, _MESSAGE.format("PublishTo", "publishTo")
)
subscribeTo = makeClassStub(  # noqa: N816 - the name of the original
    SubscribeTo, _MESSAGE.format("SubscribeTo", "subscribeTo")
)

__kamaelia_components__ = (Backplane, PublishTo, SubscribeTo)
