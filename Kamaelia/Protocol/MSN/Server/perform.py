"""Do what sessions want done."""

from Kamaelia.Protocol.MSN.Server.actions import Actions, Close, Send

__all__ = ["perform"]


def perform(actions: Actions) -> None:
    """Do actions in their order, each through the outlet of the session it is about.

    A session without an outlet has no connection (yet, or any more): what is for it
    is dropped, and its receipt says so.
    """
    for action in actions:
        if isinstance(action, Send):
            outlet = action.to.outlet
            if outlet is not None:
                outlet.write(action.data, action.receipt)
            elif action.receipt is not None:
                perform(action.receipt.settle(False))
        elif isinstance(action, Close):
            if action.who.outlet is not None:
                action.who.outlet.hang_up(action.reason)
        elif action.session.outlet is not None:
            action.session.outlet.ask(action)
