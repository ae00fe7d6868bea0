"""Offering and accepting files by invitation, for MSNSwitchboardClient.

    sender                                     receiver
    sendFileInvitation(name, size)  INVITE ->  gotSendRequest
                                 <- ACCEPT     fileInvitationReply(cookie)
    sendTransferInfo(1, ...)        ACCEPT ->  its Reply: address and cookie

What follows goes by MSNFTP, see Kamaelia.Protocol.MSN.FileTransfer. A receiver that
listens itself gives its address to `fileInvitationReply`.
"""

from typing import TYPE_CHECKING, Any

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    Reply,
    RequestFailed,
    RequestTimedOut,
)
from Kamaelia.Protocol.MSN.wire.invitation import (
    CONTENT_TYPE,
    REJECT,
    REJECT_NOT_INSTALLED,
    TIMEOUT,
    Accept,
    Cancel,
    InvalidInvitation,
    Invite,
    parse_invitation,
)
from Kamaelia.Protocol.MSN.wire.invitation_book import InvitationBook
from Kamaelia.Protocol.MSN.wire.message import Message, parse_block
from Kamaelia.Protocol.MSN.wire.switchboard import ACK_ERRORS, ACK_NEVER
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = ["FileInvitations"]


class FileInvitations(MSNEventBase):
    """Invitations of one conversation.

    Attributes:
        cookies: "iCookies": cookie -> Reply of invitations of ours; "external":
            cookie -> Reply of those that we have accepted.
        inviteWithin: seconds after which an invitation of ours is withdrawn.
    """

    inviteWithin: float = 120.0  # noqa: N815

    def __init__(self, currentID: int = 0, **argd: Any) -> None:  # noqa: N803
        self.cookies: dict[str, dict[int, Reply]] = {"iCookies": {}, "external": {}}
        self._book = InvitationBook()
        self._takenFrom: dict[int, str] = {}  # cookie -> whose offer we have accepted
        super().__init__(currentID, **argd)

    if TYPE_CHECKING:

        def _post(self, wire: Message, ack: str) -> Reply | None: ...

    # Hooks.

    def gotSendRequest(
        self,
        fileName: str,  # noqa: N803 - these names were Twisted's
        fileSize: int,  # noqa: N803
        iCookie: int,  # noqa: N803
        message: MSNMessage,
    ) -> None:
        """Hook: `message.userHandle` offers a file; see fileInvitationReply."""

    def gotInvalidInvitation(self, message: MSNMessage, reason: str) -> None:
        """Hook: an invitation that makes no sense; refused where that is possible."""

    def gotInvitation(self, invite: Invite, message: MSNMessage) -> bool:
        """Hook: an invitation to something else than a file.

        Returns:
            Whether it is handled; otherwise it is refused: not installed.
        """
        return False

    def fileAccepted(
        self,
        userHandle: str,  # noqa: N803
        iCookie: int,  # noqa: N803
        info: dict[str, str],
    ) -> None:
        """Hook: somebody takes a file of ours; in a conversation of many, several."""

    def fileCancelled(
        self,
        userHandle: str,  # noqa: N803
        iCookie: int,  # noqa: N803
        code: str,
    ) -> None:
        """Hook: somebody declines or withdraws."""

    # Requests.

    def sendFileInvitation(
        self,
        fileName: str,  # noqa: N803
        fileSize: int,  # noqa: N803
        reachable: bool = True,
    ) -> Reply:
        """Offer a file.

        Args:
            fileName: its name, without a path.
            fileSize: bytes.
            reachable: whether we can listen; if not, the receiver is asked to.

        Returns:
            Reply: (accept 1 or 0, cookie, fields of the answer).
        """
        invite = self._book.offer_file(fileName, fileSize, reachable=reachable)
        cookie = invite.cookie
        reply = self.cookies["iCookies"][cookie] = Reply("INVITE")
        sent = self._invitation(invite, ACK_ERRORS)
        if sent is not None:
            sent.addErrback(self._notOffered, cookie)
        self._later(
            ("invite", cookie), self.inviteWithin, lambda: self._withdraw(cookie)
        )
        return reply

    def fileInvitationReply(
        self,
        iCookie: int,  # noqa: N803
        accept: Any = 1,
        userHandle: str | None = None,  # noqa: N803
        address: tuple[str, int, int] | None = None,
    ) -> Reply:
        """Accept a file, or (accept 0) decline it.

        Args:
            iCookie: from gotSendRequest.
            accept: whether we take it.
            userHandle: who offers it; needed only when two chose the same cookie.
            address: (IP, port, auth cookie) where we listen, so that the sender
                connects to us.

        Returns:
            Reply: (accept 1 or 0, IP, port, auth cookie, fields of the answer); with
            an address of ours it is there at once, since no answer comes to that.

        Raises:
            LocalProtocolError: there is no such offer, or a file is being taken under
                this number already.
        """
        owner = self._ownerOf(iCookie, userHandle)
        reply = Reply("ACCEPT")
        if not accept:
            self._book.forget(iCookie, owner)
            self._invitation(Cancel(iCookie, REJECT))
            self._close(iCookie, owner)
            reply.callback((0, None, None, None, {}))
            return reply
        if iCookie in self._takenFrom:
            raise LocalProtocolError(f"a file is being taken as {iCookie} already")
        if address is not None:
            ip, port, auth = address
            answer = Accept(
                iCookie, ip, ip, port, auth_cookie=auth, sender_connect=True
            )
            self._invitation(answer)
            reply.callback((1, ip, port, auth, {}))
            return reply
        self.cookies["external"][iCookie] = reply
        self._takenFrom[iCookie] = owner
        self._invitation(Accept(iCookie))
        self._later(("accept", iCookie), self.timeout, lambda: self._noAddress(iCookie))
        return reply

    def sendTransferInfo(
        self,
        accept: Any,
        iCookie: int,  # noqa: N803
        authCookie: int,  # noqa: N803
        ip: str,
        port: int,
    ) -> None:
        """Tell who has accepted where we listen, or (accept 0) withdraw.

        Args:
            accept: whether the file is to be had.
            iCookie: of the invitation.
            authCookie: what the receiver must show: `MSNFileSend.auth`.
            ip: our address.
            port: where we listen.
        """
        if not accept:
            self.cancelInvitation(iCookie)
            return
        answer = Accept(iCookie, ip, ip, port, auth_cookie=int(authCookie))
        self._invitation(answer)

    def cancelInvitation(self, iCookie: int, code: str = REJECT) -> None:  # noqa: N803
        """End an invitation of ours or of others, whatever came of it."""
        self._invitation(Cancel(iCookie, code))
        self._book.forget(iCookie)
        for user, cookie in list(self._book.incoming):
            if cookie == iCookie:
                self._book.forget(cookie, user)
        self._close(iCookie, self._takenFrom.get(iCookie, ""))

    def isReachable(self, iCookie: int) -> bool:  # noqa: N803
        """Return whether who offers a file says that they can be connected to."""
        for (_, cookie), invite in self._book.incoming.items():
            if cookie == iCookie:
                return invite.reachable
        return True

    def _ownerOf(self, cookie: int, handle: str | None) -> str:
        """Return who made an offer.

        Raises:
            LocalProtocolError: there is no such offer.
        """
        for user, known in reversed(self._book.incoming):
            if known == cookie and (handle is None or handle.lower() == user):
                return user
        raise LocalProtocolError(f"no file is offered as {cookie}")

    def _invitation(
        self, content: Invite | Accept | Cancel, ack: str = ACK_NEVER
    ) -> Reply | None:
        return self._post(Message.of_type(CONTENT_TYPE, content.to_bytes()), ack)

    # What comes.

    def _gotInvitation(self, message: MSNMessage) -> bool:
        """Act on an invitation; return whether `gotMessage` is to have it.

        An answer to an invitation that isn't open changes nothing, but isn't swallowed.
        """
        body, handle = message.body, message.userHandle
        found = self._book.receive(handle, body)
        info = dict(parse_block(body)[0])
        match found:
            case InvalidInvitation():
                return self._invalid(found, message)
            case Invite() if found.is_file:
                self._offered(found, message)
            case Invite():
                if not self.gotInvitation(found, message):
                    self._book.forget(found.cookie, handle)
                    self._invitation(Cancel(found.cookie, REJECT_NOT_INSTALLED))
                    return True
            case Accept():
                self._accepted(found, handle, info)
            case Cancel():
                self._cancelled(found, handle, info)
            case None:
                return isinstance(parse_invitation(body), Accept | Cancel)
        return False

    def _invalid(self, found: InvalidInvitation, message: MSNMessage) -> bool:
        if found.answer is not None:
            self._invitation(found.answer)
        answered = found.answer is not None
        self.gotInvalidInvitation(message, found.reason)
        event = events.InvitationInvalid(message.userHandle, found.reason, answered)
        self._tell(event)
        return True

    def _offered(self, invite: Invite, message: MSNMessage) -> None:
        size = invite.file_size or 0
        self.gotSendRequest(invite.file_name, size, invite.cookie, message)
        self._tell(
            events.FileOffered(
                message.userHandle, invite.file_name, size, invite.cookie, b"", False
            )
        )

    def _accepted(self, found: Accept, handle: str, info: dict[str, str]) -> None:
        if found.cookie in self._book.outgoing:
            self._cancel(("invite", found.cookie))
            reply = self.cookies["iCookies"].pop(found.cookie, None)
            self.fileAccepted(handle, found.cookie, info)
            self._tell(events.FileAccepted(handle, found.cookie, found))
            if reply is not None:
                reply.callback((1, found.cookie, info))
            return
        reply = self.cookies["external"].get(found.cookie)
        theirs = self._takenFrom.get(found.cookie) == handle.lower()
        if reply is None or not theirs or not found.has_address:
            return
        self._cancel(("accept", found.cookie))
        del self.cookies["external"][found.cookie], self._takenFrom[found.cookie]
        host, port = found.addresses()[0]
        reply.callback((1, host, port, found.auth_cookie or 0, info))

    def _cancelled(self, found: Cancel, handle: str, info: dict[str, str]) -> None:
        self.fileCancelled(handle, found.cookie, found.code)
        self._tell(events.FileOfferEnded(handle, found.cookie, found.code))
        self._close(found.cookie, handle, info)

    def _close(
        self, cookie: int, handle: str, info: dict[str, str] | None = None
    ) -> None:
        """Answer whoever waits for what somebody has ended."""
        self._cancel(("invite", cookie))
        fields = info or {}
        offered = self.cookies["iCookies"].pop(cookie, None)
        if offered is not None:
            offered.callback((0, cookie, fields))
        if self._takenFrom.get(cookie) != handle.lower():
            return  # another user's, who chose the same cookie
        del self._takenFrom[cookie]
        self._cancel(("accept", cookie))
        taken = self.cookies["external"].pop(cookie, None)
        if taken is not None:
            taken.callback((0, None, None, None, fields))

    def _withdraw(self, cookie: int) -> None:
        """Nobody has answered an invitation."""
        meaning = f"nobody answered within {self.inviteWithin:g} seconds"
        self._notOffered(RequestTimedOut("INVITE", meaning), cookie)
        self._invitation(Cancel(cookie, TIMEOUT))

    def _noAddress(self, cookie: int) -> None:
        """A sender whose file we take doesn't say where it is."""
        meaning = f"no address within {self.timeout:g} seconds"
        reply = self.cookies["external"].pop(cookie, None)
        if reply is not None:
            reply.errback(RequestTimedOut("ACCEPT", meaning))
        self.cancelInvitation(cookie, TIMEOUT)

    def _notOffered(self, error: RequestFailed, cookie: int) -> None:
        """An invitation came to nothing."""
        self._book.forget(cookie)
        self._cancel(("invite", cookie))
        reply = self.cookies["iCookies"].pop(cookie, None)
        if reply is not None:
            reply.errback(error)

    def _invitationsOf(self, handle: str) -> None:
        """Forget what somebody has offered who has left."""
        for invite in self._book.left(handle):
            self._tell(events.FileOfferEnded(handle, invite.cookie, "LEFT"))
            self._close(invite.cookie, handle)

    def _invitationsLost(self, reason: str) -> None:
        """Fail what waits: the conversation is over."""
        for replies in self.cookies.values():
            waiting = list(replies.values())
            replies.clear()
            self._takenFrom.clear()
            for reply in waiting:
                reply.errback(ConnectionGone(reply.request, f"left: {reason}"))


__kamaelia_components__ = ()
