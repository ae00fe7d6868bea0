"""Signing off users whose account was suspended or removed while they were here."""

from functools import partial

from Kamaelia.Protocol.MSN.Server.perform import perform
from Kamaelia.Protocol.MSN.Server.state.state import ServerState
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.store.account_watch import AccountWatch, Why

__all__ = ["dismiss", "watch"]


def watch(state: ServerState) -> AccountWatch:
    """Return what signs off whoever is suspended or removed; the server keeps it."""

    def accounts() -> dict[str, int]:
        sessions = state.sessions.items()
        return {handle: session.roster.account for handle, session in sessions}

    return state.store.accounts.watch("msn", accounts, partial(dismiss, state))


def dismiss(state: ServerState, handle: str, why: Why) -> None:
    """Sign a user off: a bare OUT, as no reason fits, and the end of conversations."""
    for room in state.rooms.of(handle):
        perform(room.close(f"account {why}"))
    session = state.sessions.get(handle)
    if session is not None and not session.closed:
        out = session.say(Command("OUT", None))
        perform([out, *session.close(f"account {why}")])
