"""Services by name: register one, subscribe to one, send to one."""

from collections.abc import Generator, Mapping
from typing import Any

from Axon.CoordinatingAssistantTracker import coordinatingassistanttracker
from Kamaelia.Util.Worker import Worker

__all__ = ["RegisterService", "Subscribe", "ToService"]


def RegisterService(component: Any, services: Mapping[str, str]) -> Any:
    """Register inboxes of a component as services; return the component.

    Args:
        component: whose inboxes they are.
        services: name of the service -> inbox.

    Raises:
        ServiceAlreadyExists: there is a service of that name.
    """
    tracker = coordinatingassistanttracker.getcat()
    for name, box in services.items():
        tracker.registerService(name, component, box)
    return component


class Subscribe(Worker):
    """Subscribes to a service while it runs, and sends on what that sends to it.

    The service gets ("ADD", request, (component, "inbox")) for each request at the
    start and ("REMOVE", request, (component, "inbox")) at the end.

    Args:
        servicename: name of the service.
        requests: what to ask it for.

    Raises:
        KeyError: out of the scheduler, if there is no such service.
    """

    Inboxes = {
        "inbox": "what the service sends, and anything else to send on",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what came",
        "signal": "why this component stopped",
        "_toService": "requests",
    }

    def __init__(self, servicename: str, *requests: Any) -> None:
        super().__init__()
        self.servicename = servicename
        self.requests = requests

    def main(self) -> Generator[Any, None, None]:
        """Subscribe, send on what comes, and end the subscription."""
        self.link((self, "_toService"), self.tracker.retrieveService(self.servicename))
        me = (self, "inbox")
        yield from self._ask(("ADD", request, me) for request in self.requests)
        yield from super().main()
        yield from self._ask(
            ("REMOVE", request, me) for request in reversed(self.requests)
        )

    def _ask(self, requests: Any) -> Generator[Any, None, None]:
        """Send requests to the service."""
        for request in requests:
            yield from self.sendWhenSpace(request, "_toService")


class ToService(Worker):
    """Hands what comes to a service.

    Args:
        toService: name of the service.

    Raises:
        KeyError: out of the scheduler, if there is no such service.
    """

    Inboxes = {
        "inbox": "messages for the service",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "not used", "signal": "why this component stopped"}

    def __init__(self, toService: str) -> None:  # noqa: N803 - of the original
        super().__init__()
        self.serviceName = toService

    def main(self) -> Generator[Any, None, None]:
        """Join the inbox to the service until told to stop."""
        service = self.tracker.retrieveService(self.serviceName)
        self.link((self, "inbox"), service, passthrough=1)
        yield from super().main()


__kamaelia_components__ = (Subscribe, ToService)
__kamaelia_prefabs__ = (RegisterService,)
