"""How much a server takes from its peers; each figure can be set.

The defaults are such that a family behind one address never meets them.

Source: the timers and rates that the MSN service and its clients were seen to keep.
"""

from dataclasses import dataclass

from Kamaelia.Protocol.MSN.wire.limits import MAX_LINE, MAX_PAYLOAD

__all__ = ["Limits", "Rate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second in the long run."""

    burst: int
    per_second: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one server; times in seconds, sizes in bytes.

    Attributes:
        connections_per_address: open at once from one address, on all ports.
        connections: open at once in all.
        failures_per_address: wrong passwords and tickets from one address.
        failures_per_account: wrong passwords for one account from one address.
        line, payload: of a command; a message has 1664 bytes at most in any case.
        output: what may wait for a peer that reads slowly, before it is cut off.
        handshake: from connecting to being signed on.
        idle: silence of a client that has never sent PNG.
        ping: what QNG asks for; who has sent PNG may be silent three times as long.
        challenge_every: between two challenges (CHL), give or take a third.
        challenge_answer: for the answer to a challenge.
        cookie: from XFR to USR.
        ring: from RNG to ANS.
        ticket: from the Passport sign-on to USR.
        tickets: tickets and cookies remembered at once, of each kind.
        room_idle: silence in a conversation.
        participants: of a conversation.
        failed_calls: that many CAL in a row may fail.
        commands: of any kind, of one connection to the notification server.
        edits: changes of lists and groups.
        syncs: lists asked for in whole (SYN, LST).
        names: changes of one's own name.
        changes: of status and personal message.
        transfers: XFR SB.
        calls: CAL.
    """

    connections_per_address: int = 256
    connections: int = 20_000
    failures_per_address: Rate = Rate(30, 0.2)
    failures_per_account: Rate = Rate(10, 0.1)
    line: int = MAX_LINE
    payload: int = MAX_PAYLOAD
    output: int = 1024 * 1024
    handshake: float = 60.0
    idle: float = 7200.0
    ping: int = 50
    challenge_every: float = 900.0
    challenge_answer: float = 50.0
    cookie: float = 120.0
    ring: float = 60.0
    ticket: float = 3600.0
    tickets: int = 100_000
    room_idle: float = 900.0
    participants: int = 20
    failed_calls: int = 5
    commands: Rate = Rate(3000, 100.0)
    edits: Rate = Rate(1500, 10.0)
    syncs: Rate = Rate(20, 0.2)
    names: Rate = Rate(10, 0.2)
    changes: Rate = Rate(60, 2.0)
    transfers: Rate = Rate(40, 1.0)
    calls: Rate = Rate(60, 2.0)
