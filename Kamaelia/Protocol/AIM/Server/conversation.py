"""What one connection says, from its first frame to its last; sans-I/O.

    state      until                                then
    new        the client's first frame             cookie: signed on; name: answered
                                                    and closed; nothing: authorizing
    authorizing  SNAC (17, 02)                      answered and closed
    signed on  channel 4, an error, a time-out      closed

Frames go in through `receive`, which may return work that waits for the store: it is
to be done before the next frame. `tick` is to be called at `deadline`.
"""

import logging
import math
from typing import Final

from Kamaelia.Protocol.AIM.Server import mailbox
from Kamaelia.Protocol.AIM.Server.auth_session import TOO_MANY, AuthSession
from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession, sign_off_elsewhere
from Kamaelia.Protocol.AIM.Server.dispatch import handle
from Kamaelia.Protocol.AIM.Server.service_session import (
    SERVICES,
    RoomSession,
    ServiceSession,
)
from Kamaelia.Protocol.AIM.Server.session import Pending, Session
from Kamaelia.Protocol.AIM.Server.state.cookies import BOS, Ticket
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage, Link
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.bart import CLEARED
from Kamaelia.Protocol.AIM.wire.client_identity import MULTI_CAPABLE
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_ERROR,
    CHANNEL_KEEPALIVE,
    CHANNEL_SIGNOFF,
    CHANNEL_SIGNON,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import CHAT
from Kamaelia.Protocol.AIM.wire.login import SignOn
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.errors import NoSuchAccount, StoreError

__all__ = ["Conversation"]

logger = logging.getLogger(__name__)

_TOO_MANY_SESSIONS: Final = 0x18
_OFFLINE_GRACE: Final = 10.0  # a client that wants stored messages has asked by then
_RATE_CHECK: Final = 1.0


class Conversation:
    """One connection.

    Args:
        state: what all connections share.
        link: the connection.

    Attributes:
        session: what the client has signed on to, None before.
        closed: nothing more is to be received.
    """

    def __init__(self, state: ServerState, link: Link) -> None:
        self._state = state
        self._link = link
        self._authorizer: AuthSession | None = None
        self._frames = 0
        self._wondered = False
        self._since = self._heard = state.clock()
        self._collect_by: float | None = None
        self.session: Session | None = None
        self.closed = False

    def begin(self) -> None:
        """Greet the client: servers speak first."""
        state, address = self._state, self._link.ends.peer
        state.admission.connected(address)
        state.open[self._link] = self.shut_down
        state.metrics.accepted.inc()
        state.metrics.connections.set(state.admission.open)
        if state.admission.far_too_many(address) or state.closing:
            self.close("too many")
            return
        self._send(FLAPMessage(CHANNEL_SIGNON, SignOn().to_bytes()))

    def receive(self, message: FLAPMessage) -> Pending:
        """Take a frame of the client's."""
        if self.closed:
            return None
        self._heard = self._state.clock()
        try:
            return self._take(message)
        except ProtocolError as error:
            self.fail(error)
            return None

    def _take(self, message: FLAPMessage) -> Pending:
        """Act on a frame.

        Raises:
            ProtocolError: it makes no sense here.
        """
        channel, payload, _ = message
        if self.session is None:
            self._frames += 1
            limits = self._state.limits
            too_long = len(payload) > limits.payload_before_sign_on
            if too_long or self._frames > limits.frames_before_sign_on:
                self.close("too much before sign-on")
                return None
        if channel == CHANNEL_SIGNON:
            return self._sign_on(SignOn.from_bytes(payload))
        if channel == CHANNEL_DATA:
            return self._data(payload)
        if channel == CHANNEL_SIGNOFF:
            self.close("signed off")
        elif channel == CHANNEL_ERROR:
            self.close("error frame")
        elif channel != CHANNEL_KEEPALIVE and not self._wondered:
            self._wondered = True  # once: who sends one may send a million
            logger.info("frame of channel %d", channel, extra=self._extra())
        return None

    def _sign_on(self, first: SignOn) -> Pending:
        if self.session is not None or self._authorizer is not None:
            self.close("second sign-on frame")
            return None
        too_many = self._state.admission.too_many(self._link.ends.peer)
        if first.cookie is not None:
            ticket = self._state.cookies.take(first.cookie)
            if ticket is None or too_many:
                self._sign_off(b"", "bad cookie")
                return None
            return self._enter(ticket)
        self._authorizer = AuthSession(
            self._state, self._link, TOO_MANY if too_many else 0
        )
        if first.screen_name is not None:
            return self._authorizer.flap_login(first)
        return None

    def _data(self, payload: bytes) -> Pending:
        snac = SNAC.from_bytes(payload)
        if self.session is not None:
            return handle(self.session, snac)
        if self._authorizer is not None:
            return self._authorizer.receive(snac)
        self.close("no sign-on frame")
        return None

    # Signing on.

    async def _enter(self, ticket: Ticket) -> None:
        """Open the session that a cookie stands for."""
        try:
            if ticket.service == BOS:
                await self._enter_bos(ticket)
            else:
                self._enter_service(ticket)
        except NoSuchAccount:
            self._sign_off(b"", "account removed")
        except StoreError as error:
            logger.error("store: %s: %s", type(error).__name__, error)
            self._sign_off(b"", "store")
        if self.session is not None:
            self.session.begin()

    async def _enter_bos(self, ticket: Ticket) -> None:
        state = self._state
        user = state.users.find(ticket.name)
        if user is not None and ticket.identity.multi != MULTI_CAPABLE:
            for instance in list(user.instances):
                sign_off_elsewhere(instance)
            user = state.users.find(ticket.name)
        if user is None:
            loaded = await self._load(ticket.name)
            user = state.users.find(ticket.name)
            if user is None or ticket.identity.multi != MULTI_CAPABLE:
                for instance in list(user.instances) if user else ():
                    sign_off_elsewhere(instance)
                user = loaded
                state.users.add(user)
        if len(user.instances) >= state.limits.instances:
            refusal = TLV.u16(0x08, _TOO_MANY_SESSIONS).to_bytes()
            self._sign_off(refusal, "too many sessions")
            return
        if self.closed:
            self._drop_if_empty(user)
            return
        self.session = BOSSession(state, self._link, user, ticket)
        state.metrics.users.set(len(state.users))
        logger.info("signed on", extra={**self._extra(), "user": user.name})

    def _drop_if_empty(self, user: User) -> None:
        """Forget a user whose only connection went while it was being opened."""
        if not user.instances:
            self._state.users.remove(user)

    async def _load(self, name: str) -> User:
        """Return a user as the store has it.

        Raises:
            NoSuchAccount: it was removed, or suspended, since it got its cookie.
        """
        store = self._state.store
        account = await store.accounts.get("aim", name)
        if account.suspended:
            raise NoSuchAccount(f"{name!r} is suspended")
        user = User(account, await store.aim.feedbag(name), int(self._state.now()))
        if user.icon not in (b"", CLEARED):
            await self._state.art.fetch(user.icon)
        return user

    def _enter_service(self, ticket: Ticket) -> None:
        """Open a connection beside BOS; its user must be there."""
        state = self._state
        user = state.users.find(ticket.name)
        if user is None:
            self._sign_off(b"", "not on BOS")
        elif len(user.services) >= state.limits.rooms_per_user + len(SERVICES):
            self._sign_off(b"", "too many services")
        elif ticket.service == CHAT.FAMILY:
            room = None if ticket.room is None else state.rooms.find(ticket.room)
            if room is None or len(room.members) >= state.limits.occupants:
                self._sign_off(b"", "no room")
                return
            self.session = RoomSession(state, self._link, user, ticket, room)
        else:
            self.session = ServiceSession(state, self._link, user, ticket)

    # Time.

    @property
    def deadline(self) -> float:
        """Monotonic time at which `tick` is to be called next."""
        limits, session = self._state.limits, self.session
        if session is None:
            return self._signed_on_by()
        times = [self._silent_until(session)]
        if not session.ready:
            times.append(self._since + limits.sign_on_seconds + limits.ready_seconds)
        if session.rates.limited:
            times.append(self._state.clock() + _RATE_CHECK)
        if isinstance(session, BOSSession):
            if session.live_by is not None:
                times.append(session.live_by)
            elif session.instance.live and not session.collected:
                self._collect_by = self._collect_by or (
                    self._state.clock() + _OFFLINE_GRACE
                )
                times.append(self._collect_by)
        return min(times)

    def _signed_on_by(self) -> float:
        """Return until when a connection may do without a session."""
        limits = self._state.limits
        last = self._since + limits.sign_on_seconds
        if self._authorizer is not None and self._authorizer.challenging:
            last = min(last, self._heard + limits.challenge_seconds)
        return last

    def _silent_until(self, session: Session) -> float:
        """Return until when the client may be silent.

        Clients keep their connection to BOS alive, not always the others: these end
        with it.
        """
        if isinstance(session, BOSSession):
            return self._heard + self._state.limits.idle_seconds
        return math.inf

    def tick(self) -> Pending:
        """Do what time brings: time-outs, lifted limits, messages nobody asked for."""
        now, limits, session = self._state.clock(), self._state.limits, self.session
        if self.closed:
            return None
        if session is None:
            if now >= self._signed_on_by():
                self.close("sign-on timeout")
            return None
        unready = now >= self._since + limits.sign_on_seconds + limits.ready_seconds
        if now >= self._silent_until(session) or (not session.ready and unready):
            self._sign_off(b"", "timeout")
            return None
        session.lift_limits()
        if isinstance(session, BOSSession):
            return self._tick_bos(session, now)
        return None

    def _tick_bos(self, session: BOSSession, now: float) -> Pending:
        if session.live_by is not None and now >= session.live_by:
            session.go_live()
        due = self._collect_by is not None and now >= self._collect_by
        if due and not session.collected:
            return mailbox.pending_delivery(session)
        return None

    # The end.

    def shut_down(self) -> None:
        """Tell the client that the server ends, and close."""
        self._sign_off(b"", "shutdown")

    def fail(self, error: Exception) -> None:
        """Close because the client broke the protocol."""
        logger.info("protocol error: %s", error, extra=self._extra())
        self.close("protocol error")

    def _sign_off(self, payload: bytes, reason: str) -> None:
        self._send(FLAPMessage(CHANNEL_SIGNOFF, payload))
        self.close(reason)

    def close(self, reason: str) -> None:
        """Ask the link to close."""
        self._link.close(reason)

    def end(self, reason: str) -> None:
        """Clean up: the connection is gone, or about to be."""
        if self.closed:
            return
        self.closed = True
        state = self._state
        if state.open.pop(self._link, None) is not None:
            state.admission.disconnected(self._link.ends.peer)
        if self.session is not None:
            self.session.end()
        state.metrics.connections.set(state.admission.open)
        state.metrics.users.set(len(state.users))
        state.metrics.rooms.set(len(state.rooms))
        state.metrics.closed.labels(reason).inc()
        logger.info("connection closed", extra={**self._extra(), "reason": reason})

    def _send(self, message: FLAPMessage) -> None:
        self._link.send(message)

    def _extra(self) -> dict[str, object]:
        ends = self._link.ends
        return {"peer": ends.peer, "peer_port": ends.peer_port}
