"""Counts of what the server does, in Prometheus's terms; one registry per server."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

__all__ = ["Metrics"]


class Metrics:
    """The counters; every connection of a server adds to them."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.connections = Gauge(
            "oscar_connections", "Connections open now.", registry=registry
        )
        self.users = Gauge("oscar_users", "Users signed on now.", registry=registry)
        self.rooms = Gauge("oscar_rooms", "Chat rooms now.", registry=registry)
        self.accepted = Counter(
            "oscar_connections_accepted", "Connections so far.", registry=registry
        )
        self.closed = Counter(
            "oscar_connections_closed",
            "Connections closed so far.",
            ["reason"],
            registry=registry,
        )
        self.sign_ons = Counter(
            "oscar_sign_ons",
            "Tries to sign on; code 0 is success.",
            ["code"],
            registry=registry,
        )
        self.messages = Counter(
            "oscar_messages",
            "Messages by what became of them.",
            ["result"],
            registry=registry,
        )
        self.snacs = Counter(
            "oscar_snacs_received",
            "SNACs that clients sent.",
            ["family"],
            registry=registry,
        )
        self.errors = Counter(
            "oscar_errors_sent", "Requests answered by an error.", registry=registry
        )
        self.dropped = Counter(
            "oscar_snacs_dropped", "SNACs over the rate limit.", registry=registry
        )

    def to_text(self) -> bytes:
        """Return the counts in Prometheus's text format."""
        return generate_latest(self.registry)
