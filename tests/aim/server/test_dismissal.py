"""Who is suspended or removed while signed on has to go."""

import pytest

from Kamaelia.Protocol.AIM.Server.dismissal import dismiss, watch
from Kamaelia.Protocol.AIM.Server.OSCARServer import OSCARServer
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.client_identity import ClientIdentity
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_SIGNOFF
from Kamaelia.Protocol.AIM.wire.foodgroups import BUDDY, CHATNAV
from Kamaelia.Protocol.AIM.wire.oservice import ServiceRequest
from Kamaelia.store import account_watch
from tests.aim.server.clients import log_in, online, open_with, run
from tests.aim.server.test_services import service
from tests.aim.server.test_sockets import serve, sign_on

FAREWELL = FLAPMessage(CHANNEL_SIGNOFF, b"")


@pytest.mark.parametrize("how", ["suspended", "removed"])
def test_a_user_whose_account_is_taken_away_is_signed_off(how: str) -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob", "carolc")
        first = await online(state, "Carol C", identity=ClientIdentity(multi=1))
        second = await online(state, "carolc", identity=ClientIdentity(multi=1))
        beside = await service(state, first, ServiceRequest(CHATNAV.FAMILY))
        watching = watch(state)
        await watching.look()
        assert first.closed is None
        bob.heard.clear()
        if how == "suspended":
            await state.store.accounts.set_suspended("aim", "carolc")
        else:
            await state.store.accounts.remove("aim", "carolc")
        await watching.look()
        for client in (first, second):
            assert client.heard[-1] == FAREWELL
            assert client.closed == f"account {how}"
        assert beside.closed
        assert bob.kinds()[-1] == BUDDY.DEPARTED
        assert bob.closed is None
        assert [user.name for user in state.users] == ["bob"]
        await watching.look()

    run(scenario)


def test_who_gets_the_name_of_a_removed_account_does_not_get_its_session() -> None:
    async def scenario(state: ServerState) -> None:
        client = await online(state, "Carol C")
        watching = watch(state)
        await watching.look()
        await state.store.accounts.remove("aim", "carolc")
        await state.store.accounts.add("aim", "Carol C", "secret9")
        await watching.look()
        assert client.closed == "account removed"
        again = await online(state, "Carol C")
        await watching.look()
        assert again.closed is None

    run(scenario)


def test_very_old_clients_get_their_kind_of_sign_off() -> None:
    old = ClientIdentity(text="AOL Instant Messenger (TM)", major=3, multi=0)

    async def scenario(state: ServerState) -> None:
        reply = await log_in(state, "bob", "secret9", old)
        client = await open_with(state, reply.cookie)
        for user in state.users:
            user.instances[0].old = True
        dismiss(state, "bob", "suspended")
        assert client.heard[-1] == FLAPMessage(CHANNEL_SIGNOFF, b"", short=True)
        dismiss(state, "bob", "suspended")  # has gone already

    run(scenario)


def test_a_server_that_runs_sees_what_another_process_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account_watch, "EVERY", 0.01)

    async def scenario(server: OSCARServer) -> None:
        alice = await sign_on(server.port or 0, "alice")
        await server.state.store.accounts.set_suspended("aim", "alice")
        assert await alice.ended() == b""
        alice.close()

    serve(scenario)
