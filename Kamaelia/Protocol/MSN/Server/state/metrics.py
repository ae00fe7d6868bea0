"""Counts of what a server does, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

__all__ = ["Metrics"]


class Metrics:
    """The server's counts.

    Args:
        registry: where they are registered; None for one of their own.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.connections = self._gauge("connections", "Open connections")
        self.sessions = self._gauge("sessions", "Accounts that are signed on")
        self.rooms = self._gauge("switchboards", "Conversations")
        self.sign_ons = self._counter("sign_ons", "Tries to sign on", "result")
        self.tickets = self._counter("passport", "Passport sign-ons", "result")
        self.errors = self._counter("errors", "Error lines sent", "code")
        self.ends = self._counter("closed", "Connections that we closed", "reason")
        self.messages = Counter(
            "msn_messages", "Messages relayed", registry=self.registry
        )
        self.deliveries = Counter(
            "msn_deliveries", "Messages delivered", registry=self.registry
        )

    def _gauge(self, name: str, text: str) -> Gauge:
        """Make a gauge."""
        return Gauge(f"msn_{name}", text, registry=self.registry)

    def _counter(self, name: str, text: str, label: str) -> Counter:
        """Make a counter with one label."""
        return Counter(f"msn_{name}", text, [label], registry=self.registry)

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self.registry)
