"""Signing on: what the dispatch and the notification client share."""

import ssl
from collections.abc import Awaitable, Callable
from typing import Any

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.constants import MSN_PORT
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.Passport import NEXUS, PassportFailed, passportTicket
from Kamaelia.Protocol.MSN.sign_on import (
    Accepted,
    Action,
    DialectChosen,
    NeedTicket,
    Refer,
    Refused,
    Send,
    SignOn,
)
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.signon import SignedOn

__all__ = ["SignOnClient"]

_STEP = "sign-on"  # the timer of one step


class SignOnClient(MSNEventBase):
    """A client that signs on at a dispatch or notification server.

    Attributes:
        host: the server's address, to report where the referral leads.
        port: its port.
        passportServer: address of the Passport nexus.
        verify: whether and how to verify Passport's certificate, as httpx takes it.
        passport: coroutine function (handle, password, challenge) -> ticket that is
            used instead of Passport over HTTP; None: HTTP.
    """

    dispatch = False
    host: str = ""
    port: int = MSN_PORT
    passportServer: str = NEXUS  # noqa: N815 - Twisted's name
    verify: bool | ssl.SSLContext = True
    passport: Callable[[str, str, str], Awaitable[str]] | None = None

    def __init__(self, currentID: int = 0, **argd: Any) -> None:  # noqa: N803
        super().__init__(currentID, **argd)
        self._signOn: SignOn | None = None
        self._ticketTask: Any = None

    def connectionMade(self) -> None:
        """Begin to sign on."""
        self._signOn = SignOn(
            self.userHandle, self.password, self._newID, self.versions, self.dispatch
        )
        self._do(self._signOn.start())

    # Hooks.

    def gotNotificationReferral(self, host: str, port: int) -> None:
        """Hook: the notification server to go to; this connection ends."""

    def gotReferral(self, host: str, port: int) -> None:
        """Hook: as gotNotificationReferral, by the name the old overview gave it."""

    def loginFailure(self, message: str) -> None:
        """Hook: we are not signed on; this connection ends."""

    # What the conversation asks for.

    def preview(self, command: Command) -> bool:
        """Give a command to the sign-on, while that lasts."""
        if self._signOn is None:
            return False
        actions = self._signOn.receive(command)
        if actions is None:
            return False
        self._do(actions)
        return True

    def _do(self, actions: list[Action]) -> None:
        """Carry out what the sign-on wants."""
        for action in actions:
            match action:
                case Send(command):
                    self.send(command, "outbox")
                case DialectChosen(dialect):
                    self._speak(dialect)
                case NeedTicket(challenge):
                    self._fetch(challenge)
                case Accepted(reply):
                    self._signedOn(reply)
                case Refer(address):
                    self._referred(address)
                case Refused(kind, code, meaning):
                    self._refused(kind, code, meaning)
        if self._signOn is not None and not self._signOn.done and actions:
            self._later(_STEP, self.timeout, self._tooLate)
        else:
            self._cancel(_STEP)

    def _tooLate(self) -> None:
        """Give up: a step of the sign-on has not been answered."""
        if self._signOn is not None:
            what = self._signOn.waiting_for
            text = f"no {what} within {self.timeout:g} seconds"
            self._do(self._signOn.fail("timeout", text))

    def _signedOn(self, reply: SignedOn) -> None:
        """Be signed on: for the notification client."""

    def _referred(self, address: tuple[str, int] | None) -> None:
        """Tell where to go, and end."""
        host, port = address or (self.host, self.port)
        self.gotNotificationReferral(host, port)
        self.gotReferral(host, port)
        self._tell(events.Referred(host, port))
        if self._end is None:
            self.send(Command("OUT"), "outbox")
        self._finish("referred to another server", True)

    def _refused(self, kind: str, code: int | None, meaning: str) -> None:
        """Tell that we are not signed on, and end."""
        self.loginFailure(meaning)
        self._tell(events.SignOnFailed(kind, code, meaning))
        self._finish(meaning)

    # Passport.

    def _fetch(self, challenge: str) -> None:
        """Get a ticket, while other work goes on."""

        async def work() -> None:
            try:
                ticket = await self.getTicket(challenge)
            except PassportFailed as error:
                failed = error
                self._soon(lambda: self._noTicket(failed))
            else:
                self._soon(lambda: self._giveTicket(ticket))

        if self._ticketTask is not None:  # asked for before the server began again
            self._ticketTask.cancel()
        self._ticketTask = self.scheduler.createTask(work(), f"{self.name} Passport")

    async def getTicket(self, challenge: str) -> str:
        """Return a ticket for a challenge.

        Raises:
            PassportFailed: there is none.
        """
        if self.passport is not None:
            return await self.passport(self.userHandle, self.password, challenge)
        return await passportTicket(
            self.userHandle,
            self.password,
            challenge,
            self.passportServer,
            verify=self.verify,
            timeout=self.timeout,
        )

    def _giveTicket(self, ticket: str) -> None:
        if self._signOn is not None:
            self._do(self._signOn.give_ticket(ticket))

    def _noTicket(self, error: PassportFailed) -> None:
        if self._signOn is not None:
            self._do(self._signOn.fail(error.kind, error.meaning))

    def connectionLost(self, reason: str) -> None:
        """Stop asking for a ticket; a sign-on that was going on has failed."""
        if self._ticketTask is not None:
            self._ticketTask.cancel()
        signing, self._signOn = self._signOn, None
        if signing is not None and not signing.done and not (self._end or ("", 0))[1]:
            text = f"connection lost while waiting for {signing.waiting_for}: {reason}"
            self.loginFailure(text)
            self._tell(events.SignOnFailed("lost", None, text))


__kamaelia_components__ = ()
