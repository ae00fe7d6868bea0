"""Signing on to a dispatch or notification server, as a sans-I/O conversation.

    state      what comes in                     what is to be done
    VERSION    VER with one of our dialects      up to MSNP7 INF -> PACKAGES
                                                 later CVR -> CLIENT
    PACKAGES   INF with MD5                      USR MD5 I -> IDENTITY
    CLIENT     CVR                               USR TWN I -> IDENTITY
    IDENTITY   USR MD5 S salt                    USR MD5 S digest -> PROOF
               USR TWN S challenge               NeedTicket -> TICKET
               XFR NS                            Refer -> DONE; address 0: start again
    TICKET     `give_ticket`                     USR TWN S ticket -> PROOF
    PROOF      USR OK                            Accepted -> DONE
    any        an error number                   Refused -> DONE

What has nothing to do with it (a profile message, a line not asked for) is left alone.

Source: sign-on of MSNP2 to MSNP12 as official clients do it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, TypeAlias

from Kamaelia.Protocol.MSN.wire.challenge import login_digest
from Kamaelia.Protocol.MSN.wire.codes import error_info, login_failure
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.referral import NOTIFICATION, Referral
from Kamaelia.Protocol.MSN.wire.signon import (
    SUPPORTED,
    ClientVersion,
    Packages,
    SignedOn,
    SignOnRequest,
    SignOnStep,
    Versions,
)

__all__ = [
    "Accepted",
    "Action",
    "DialectChosen",
    "NeedTicket",
    "Refer",
    "Refused",
    "Send",
    "SignOn",
    "client_version",
]


@dataclass(frozen=True, slots=True)
class Send:
    """Send this command."""

    command: Command


@dataclass(frozen=True, slots=True)
class DialectChosen:
    """Lines are those of this dialect from here on."""

    dialect: int


@dataclass(frozen=True, slots=True)
class NeedTicket:
    """Get a Passport ticket for this challenge, then call `give_ticket`."""

    challenge: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """We are signed on."""

    reply: SignedOn


@dataclass(frozen=True, slots=True)
class Refer:
    """Go on at another server; address None: this one is the notification server."""

    address: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Refused:
    """We are not signed on; see events.SignOnFailed."""

    kind: str
    code: int | None
    meaning: str


Action: TypeAlias = Send | DialectChosen | NeedTicket | Accepted | Refer | Refused


class _State(Enum):
    NEW = auto()
    VERSION = auto()
    PACKAGES = auto()
    CLIENT = auto()
    IDENTITY = auto()
    TICKET = auto()
    PROOF = auto()
    DONE = auto()


_OLD: Final = 7  # the last dialect that signs on with INF and MD5
_CLIENTS: Final = {
    8: ("win", "4.10", "5.0.0544", "MSMSGS"),
    9: ("winnt", "5.1", "6.0.0602", "MSMSGS"),
    10: ("winnt", "5.1", "6.2.0137", "MSMSGS"),
    11: ("winnt", "5.1", "7.0.0777", "msmsgs"),
    12: ("winnt", "5.1", "7.5.0324", "msmsgs"),
}
"""System, its version, client version and code base that the service knew."""


def client_version(trid: int, dialect: int, handle: str) -> ClientVersion:
    """Return CVR as an official client of this dialect sends it."""
    number = min(max(dialect, 8), max(_CLIENTS))
    system, release, version, base = _CLIENTS[number]
    return ClientVersion(
        trid, "0x0409", system, release, "i386", "MSNMSGR", version, base, handle
    )


@dataclass(slots=True)
class SignOn:
    """One sign-on. Does no I/O.

    Attributes:
        handle: the account.
        password: its password; never shown by repr.
        next_id: called for each transaction id.
        versions: dialects to offer.
        dispatch: whether a referral is all that is wanted: then it ends with Refer as
            soon as the server asks for proof.
        dialect: the number of the dialect, once it is chosen.
    """

    handle: str
    password: str = field(repr=False)
    next_id: Callable[[], int]
    versions: Iterable[int] = SUPPORTED
    dispatch: bool = False
    dialect: int | None = None
    _state: _State = _State.NEW
    _waits_for: int = 0

    @property
    def done(self) -> bool:
        """Whether it is over."""
        return self._state is _State.DONE

    @property
    def waiting_for(self) -> str:
        """What the server is to send next, for people."""
        return {
            _State.VERSION: "VER",
            _State.PACKAGES: "INF",
            _State.CLIENT: "CVR",
            _State.IDENTITY: "USR",
            _State.TICKET: "the Passport ticket",
            _State.PROOF: "USR OK",
        }.get(self._state, "nothing")

    def start(self) -> list[Action]:
        """Begin, or begin again on the same connection."""
        self._state = _State.VERSION
        versions = Versions.offer(self._id(), self.versions)
        return [Send(versions.to_command())]

    def receive(self, command: Command) -> list[Action] | None:
        """Take what the server sends; None: it has nothing to do with this.

        Raises:
            RemoteProtocolError: an answer that makes no sense.
        """
        if self.done:
            return None
        if command.is_error and command.trid in (None, 0, self._waits_for):
            return self._refuse(int(command.name))
        if command.name == "XFR" and command.trid in (0, self._waits_for):
            return self._referred(Referral.from_command(command))
        if command.trid != self._waits_for:
            return None
        if command.name == "VER" and self._state is _State.VERSION:
            return self._negotiated(Versions.from_command(command))
        if command.name == "INF" and self._state is _State.PACKAGES:
            return self._offered(Packages.from_command(command))
        if command.name == "CVR" and self._state is _State.CLIENT:
            return self._identify("TWN")
        if command.name == "USR" and self._state in (_State.IDENTITY, _State.PROOF):
            return self._answered(SignedOn.from_command(command, self.dialect or 0))
        return None

    def give_ticket(self, ticket: str) -> list[Action]:
        """Go on with the ticket that NeedTicket asked for."""
        if self._state is not _State.TICKET:
            return []
        return self._prove("TWN", ticket)

    def fail(self, kind: str, meaning: str, code: int | None = None) -> list[Action]:
        """End it for a reason of ours: no ticket, no time."""
        if self.done:
            return []
        self._state = _State.DONE
        return [Refused(kind, code, meaning)]

    def _id(self) -> int:
        self._waits_for = self.next_id()
        return self._waits_for

    def _negotiated(self, chosen: Versions) -> list[Action]:
        dialect = next((d for d in chosen.dialects if d in set(self.versions)), None)
        if dialect is None:
            said = " ".join(chosen.names) or "none"
            return self.fail("version", f"no common dialect: the server offers {said}")
        self.dialect = dialect
        actions: list[Action] = [DialectChosen(dialect)]
        if dialect <= _OLD:
            self._state = _State.PACKAGES
            return [*actions, Send(Command("INF", self._id()))]
        self._state = _State.CLIENT
        version = client_version(self._id(), dialect, self.handle)
        return [*actions, Send(version.to_command())]

    def _offered(self, packages: Packages) -> list[Action]:
        if "MD5" not in packages.names:
            said = ", ".join(packages.names)
            return self.fail("refused", f"the server knows only {said}, not MD5")
        return self._identify("MD5")

    def _identify(self, package: str) -> list[Action]:
        self._state = _State.IDENTITY
        request = SignOnRequest(self._id(), package, "I", self.handle)
        return [Send(request.to_command())]

    def _answered(self, reply: SignedOn | SignOnStep) -> list[Action]:
        if isinstance(reply, SignedOn):
            self._state = _State.DONE
            return [Accepted(reply)]
        if self.dispatch:
            self._state = _State.DONE
            return [Refer(None)]
        if reply.package == "MD5":
            return self._prove("MD5", login_digest(reply.value, self.password))
        if reply.package == "TWN":
            self._state = _State.TICKET
            return [NeedTicket(reply.value)]
        return self.fail("refused", f"the server asks for {reply.package}")

    def _prove(self, package: str, proof: str) -> list[Action]:
        self._state = _State.PROOF
        request = SignOnRequest(self._id(), package, "S", proof)
        return [Send(request.to_command())]

    def _referred(self, referral: Referral) -> list[Action] | None:
        if referral.address is None:
            return self.start()
        if referral.kind != NOTIFICATION:
            return None
        self._state = _State.DONE
        return [Refer(referral.address)]

    def _refuse(self, code: int) -> list[Action]:
        return self.fail(login_failure(code), str(error_info(code)), code)
