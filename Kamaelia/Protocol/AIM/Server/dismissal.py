"""Signing off users whose account was suspended or removed while they were here."""

import logging
from functools import partial

from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_SIGNOFF
from Kamaelia.store.account_watch import AccountWatch, Why

__all__ = ["dismiss", "watch"]

logger = logging.getLogger(__name__)


def watch(state: ServerState) -> AccountWatch:
    """Return what signs off whoever is suspended or removed; the server keeps it."""

    def accounts() -> dict[str, int]:
        return {user.name: user.account for user in state.users}

    return state.store.accounts.watch("aim", accounts, partial(dismiss, state))


def dismiss(state: ServerState, name: str, why: Why) -> None:
    """Sign off every session of a user; what else it had open ends with the last."""
    user = state.users.find(name)
    for instance in list(user.instances) if user else ():
        logger.info("account %s", why, extra={"user": name})
        instance.link.send(FLAPMessage(CHANNEL_SIGNOFF, b"", short=instance.old))
        instance.link.close(f"account {why}")
