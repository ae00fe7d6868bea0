"""CHL and QRY: the client proves which program it is (MSNP6 and later).

One challenge is open at a time: the first comes right after the first CHG, the next
ones at irregular intervals. A wrong answer ends the connection with 540, none in time
with OUT; so a connection that is dead without our knowing ends too.
"""

import hmac
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from Kamaelia.Protocol.MSN.Server.actions import Actions
from Kamaelia.Protocol.MSN.wire.arguments import expect, need_trid
from Kamaelia.Protocol.MSN.wire.challenge import PRODUCT_KEYS, answer
from Kamaelia.Protocol.MSN.wire.command import Command

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = ["Challenge", "check_answer", "first", "tick"]

FIRST_DIALECT = 6


@dataclass(slots=True)
class Challenge:
    """The challenges of one session.

    Attributes:
        open: the text that is to be answered; empty: none is.
        deadline: when the answer is due, or the next challenge.
    """

    open: str = ""
    deadline: float = math.inf


def first(session: "NotificationSession") -> Actions:
    """Return the first challenge, after the first CHG."""
    if not session.state.settings.challenge or session.dialect < FIRST_DIALECT:
        return []
    return _ask(session, session.state.clock())


def _ask(session: "NotificationSession", now: float) -> Actions:
    """Send a challenge."""
    text = session.state.make_challenge()
    session.challenge.open = text
    session.challenge.deadline = now + session.state.limits.challenge_answer
    session.deadline = min(session.deadline, session.challenge.deadline)
    return [session.say(Command("CHL", 0, (text,)))]


def tick(session: "NotificationSession", now: float) -> Actions:
    """End the session when no answer has come; send the next challenge when due."""
    if now < session.challenge.deadline:
        return []
    if session.challenge.open:
        end = session.close("no answer to the challenge")
        return [session.say(Command("OUT")), *end]
    return _ask(session, now)


def check_answer(session: "NotificationSession", command: Command) -> Actions:
    """Check QRY: any official client's answer will do, as long as it is right."""
    trid = need_trid(command)
    product = expect(command, 1, "QRY")[0]
    text, given = session.challenge.open, command.payload or b""
    if not text:
        return [session.error(trid, 715)]
    wanted = b""
    if product in PRODUCT_KEYS:
        wanted = answer(text, product, session.dialect).encode()
    if not wanted or not hmac.compare_digest(wanted, given.lower()):
        return session.refuse(trid, 540, "wrong answer to the challenge")
    state = session.state
    spread = 2 / 3 + state.chance() * 2 / 3
    session.challenge.open = ""
    session.challenge.deadline = state.clock() + state.limits.challenge_every * spread
    return [session.say(Command("QRY", trid))]
