"""How often each address has failed to sign on."""

from Kamaelia.Internet.peer_host import host_of
from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.state.rates import Buckets

__all__ = ["Addresses"]


class Addresses:
    """What is known of the addresses that peers come from; an IPv6 network is one."""

    def __init__(self, limits: Limits) -> None:
        self._by_address = Buckets(limits.failures_per_address)
        self._by_account = Buckets(limits.failures_per_account)

    def may_try(self, peer: str, handle: str, now: float) -> bool:
        """Return whether an address may try a password of an account.

        To be asked before a password is checked and again afterwards: who sends a
        hundred tries at once must not learn more than who sends them one by one.
        """
        peer = host_of(peer)
        return self._by_address.has(peer, now) and self._by_account.has(
            (peer, handle), now
        )

    def failed(self, peer: str, handle: str, now: float) -> None:
        """Count a wrong password or ticket."""
        peer = host_of(peer)
        self._by_address.take(peer, now)
        self._by_account.take((peer, handle), now)
