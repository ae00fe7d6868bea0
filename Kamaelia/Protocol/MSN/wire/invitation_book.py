"""Which invitations are open in one switchboard session.

Cookies are chosen by the inviter and two users can choose the same one, so an
invitation that came in is known by (user, cookie), one of ours by its cookie.

    what comes in                     what `receive` returns
    INVITE, cookie new for that user  the Invite
    INVITE again                      None: a retransmission
    ACCEPT or CANCEL of an open one   the Accept or Cancel
    ACCEPT or CANCEL of no open one   None
    anything broken                   InvalidInvitation
    one INVITE too many               InvalidInvitation, with a refusal to send
"""

from collections.abc import Callable
from secrets import randbits
from typing import Final

from Kamaelia.Protocol.MSN.wire.invitation import (
    REJECT,
    Accept,
    Body,
    Cancel,
    InvalidInvitation,
    Invite,
    parse_invitation,
)

__all__ = ["MAX_OPEN", "MAX_OPEN_OF_ALL", "InvitationBook"]

MAX_OPEN: Final = 16  # invitations of one user that wait at the same time
MAX_OPEN_OF_ALL: Final = 256  # and of all users together


class InvitationBook:
    """The open invitations of one switchboard session. Does no I/O.

    An invitation stays open until `forget` or a Cancel closes it: to several
    participants of a conversation one INVITE can lead to several ACCEPTs.

    Args:
        random_bits: source of cookies, called with the number of bits.
    """

    def __init__(self, random_bits: Callable[[int], int] = randbits) -> None:
        self._random_bits = random_bits
        self.outgoing: dict[int, Invite] = {}
        self.incoming: dict[tuple[str, int], Invite] = {}

    def offer_file(self, name: str, size: int, *, reachable: bool = True) -> Invite:
        """Open an invitation of ours; the caller sends its `to_bytes()`.

        Args:
            name: shown to the other side; without a path.
            size: bytes.
            reachable: False: say that we cannot accept connections.
        """
        taken = {cookie for _, cookie in self.incoming} | set(self.outgoing)
        cookie = self._random_bits(32)
        while cookie in taken:
            cookie = (cookie + 1) & 0xFFFFFFFF
        invite = Invite(cookie, file_name=name, file_size=size, reachable=reachable)
        self.outgoing[cookie] = invite
        return invite

    def receive(self, user: str, body: bytes) -> Body | None:
        """Take the body of a message from `user`; None: nothing to do about it."""
        found = parse_invitation(body)
        match found:
            case Invite():
                return self._invited(user.lower(), found)
            case Accept() if self._open(user.lower(), found.cookie):
                return found
            case Cancel() if self._open(user.lower(), found.cookie):
                self.incoming.pop((user.lower(), found.cookie), None)
                return found
            case InvalidInvitation():
                return found
        return None

    def forget(self, cookie: int, user: str | None = None) -> None:
        """Close an invitation: of ours, or with `user` one of theirs."""
        if user is None:
            self.outgoing.pop(cookie, None)
        else:
            self.incoming.pop((user.lower(), cookie), None)

    def left(self, user: str) -> list[Invite]:
        """Close what a user who has left had offered, and return it."""
        gone = [key for key in self.incoming if key[0] == user.lower()]
        return [self.incoming.pop(key) for key in gone]

    def _open(self, user: str, cookie: int) -> bool:
        return cookie in self.outgoing or (user, cookie) in self.incoming

    def _invited(self, user: str, invite: Invite) -> Body | None:
        if (user, invite.cookie) in self.incoming:
            return None
        own = sum(owner == user for owner, _ in self.incoming)
        if own >= MAX_OPEN or len(self.incoming) >= MAX_OPEN_OF_ALL:
            return InvalidInvitation(
                f"more than {MAX_OPEN} invitations open, or {MAX_OPEN_OF_ALL} of all",
                invite.cookie,
                Cancel(invite.cookie, REJECT),
                (),
            )
        self.incoming[user, invite.cookie] = invite
        return invite
