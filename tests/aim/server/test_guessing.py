"""Who tries many passwords at once learns no more than who tries one by one."""

import asyncio

from Kamaelia.Protocol.AIM.Server.state.admission import Admission
from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from tests.aim.server.clients import log_in, run


def test_tries_at_once_are_limited_like_tries_one_by_one() -> None:
    async def scenario(state: ServerState) -> None:
        tries = [*["wrong"] * 30, "secret9"]
        replies = await asyncio.gather(*(log_in(state, "bob", each) for each in tries))
        codes = [reply.error for reply in replies]
        assert codes.count(5) == 3
        assert codes.count(0x1D) == 28
        assert codes[-1] == 0x1D  # although it was right
        assert (await log_in(state, "alice", "secret9")).error == 0

    run(scenario, limits=Limits(failures_per_account=3))


def test_an_address_that_failed_too_often_is_told_so_afterwards_too() -> None:
    admission = Admission(Limits(failures_per_address=2), lambda: 0.0)
    assert admission.refusal("a", "x") == admission.overrun("a", "x") == 0
    for name in ("x", "y"):
        admission.failed("a", name)
    assert admission.overrun("a", "z") == 0x18
    assert admission.overrun("b", "z") == 0


def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    limits = Limits(connections_per_address=1, failures_per_account=1)
    admission = Admission(limits, lambda: 0.0)
    admission.connected("2001:db8::1")
    admission.connected("2001:db8::2")
    admission.connected("2001:db8:0:1::1")
    assert admission.too_many("2001:db8::3")
    assert not admission.too_many("2001:db8:0:1::1")
    admission.failed("2001:db8::1", "bob")
    assert admission.refusal("2001:db8::2", "bob") == 0x1D
    admission.disconnected("2001:db8::1")
    assert not admission.too_many("2001:db8::2")
