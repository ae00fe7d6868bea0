"""What the server allows: every number an operator may want to change.

The defaults are ones that a family behind one address, or a club on one evening,
does not meet.
"""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one server; times in seconds, sizes in bytes.

    Attributes:
        connections: open at once, all addresses together.
        connections_per_address: open at once from one address.
        frames_before_sign_on: frames a connection may send before it has signed on.
        payload_before_sign_on: longest FLAP payload until then.
        sign_on_seconds: until a connection has signed on.
        challenge_seconds: until a client that was given a challenge must answer it.
        ready_seconds: from the sign-on until the client says it is ready.
        list_grace_seconds: how long a client that is ready may take to activate its
            list before others see it.
        idle_seconds: silence after which a connection to BOS is closed.
        output_bytes: what may wait for a client that doesn't read.
        sign_ons_per_minute: from one address.
        failures_per_address: wrong passwords from one address in ten minutes.
        failures_per_account: wrong passwords of one name from one address in ten
            minutes.
        instances: sessions of one name at once.
        cookie_seconds: how long a cookie may be used.
        message_bytes: of one message.
        profile_bytes: of a profile or away message.
        buddies: names one session may watch without a feedbag.
        icon_bytes: of one uploaded icon.
        art_bytes: of the icons in memory together; the others are in the store.
        rooms: chat rooms at once.
        occupants: users in one room.
        rooms_per_user: rooms one user may be in at once; a user may have one
            connection more for each other service.
        strict_sequence: close a connection whose frames aren't numbered in order.
    """

    connections: int = 10_000
    connections_per_address: int = 250
    frames_before_sign_on: int = 10
    payload_before_sign_on: int = 8_192
    sign_on_seconds: float = 30.0
    challenge_seconds: float = 15.0
    ready_seconds: float = 60.0
    list_grace_seconds: float = 10.0
    idle_seconds: float = 1_800.0
    output_bytes: int = 1_048_576
    sign_ons_per_minute: int = 120
    failures_per_address: int = 100
    failures_per_account: int = 10
    instances: int = 5
    cookie_seconds: float = 60.0
    message_bytes: int = 8_000
    profile_bytes: int = 4_096
    buddies: int = 1_000
    icon_bytes: int = 32_768
    art_bytes: int = 33_554_432
    rooms: int = 1_000
    occupants: int = 100
    rooms_per_user: int = 10
    strict_sequence: bool = False
