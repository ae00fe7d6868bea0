"""A signed-on AIM session as tuples: messages, presence, the buddy list.

    chatter = ChatManager()
    self.link((chatter, "outbox"), (connection, "inbox"))
    self.link((connection, "outbox"), (chatter, "inbox"))

Commands such as ("message", buddy, text) go to "talk": all of them stand in
Kamaelia.Protocol.AIM.commands. Events such as ("message", sender, text) come from
"heard": see Kamaelia.Protocol.AIM.events.

SNACs go out no faster than the server's rate limits allow. Where the connection comes
from: Kamaelia.Protocol.AIM.LoginHandler.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Generator
from typing import Any, Final

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Protocol.AIM.actions import Action, SendSNAC, Tell
from Kamaelia.Protocol.AIM.chat import Chat
from Kamaelia.Protocol.AIM.commands import obey
from Kamaelia.Protocol.AIM.events import Disconnected
from Kamaelia.Protocol.AIM.messages import MessageNote, read_message
from Kamaelia.Protocol.AIM.OSCARClient import SNACExchanger
from Kamaelia.Protocol.AIM.requests import SNACMessage
from Kamaelia.Protocol.AIM.session import Session
from Kamaelia.Protocol.AIM.sign_on import farewell
from Kamaelia.Protocol.AIM.SNACExchange import FLAPMessage, asType
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_KEEPALIVE,
    CHANNEL_SIGNOFF,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import ICBM, OSERVICE
from Kamaelia.Protocol.AIM.wire.html import to_text
from Kamaelia.Protocol.AIM.wire.login import SIGNOFF_ELSEWHERE
from Kamaelia.Protocol.AIM.wire.oservice import (
    MigrateGroups,
    RateChange,
    RateParams,
    numbers_to_bytes,
)
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = ["ChatManager"]

logger = logging.getLogger(__name__)

SURELY: Final = 0.01
"""Seconds that an alarm goes off late: uvloop's may go off a little early."""

KEEPALIVE: Final = 60.0
"""Seconds between two keep-alive frames."""

PATIENCE: Final = 3.0
"""Seconds for which an orderly end waits to hear what became of the last messages."""

BACKLOG: Final = 50
"""SNACs that wait for the rate limits, beyond which no more commands are taken."""


class ChatManager(SNACExchanger):
    """Turns SNACs into events and commands into SNACs.

    Told to stop by producerFinished it sends what waits, as the rate limits allow, and
    waits a little to hear what became of it; by shutdownMicroprocess it drops that.
    Either way it signs off.

    A subclass may override any method of the original: receiveMessage, sendMessage,
    cleanMessage, sendSnac, recvSnac ...; and `main`: then nobody paces what is sent.

    Args:
        session: from LoginHandler; a new one if None.

    Attributes:
        session: what is known of the session.
    """

    Inboxes = {
        "inbox": "FLAPMessages from the server",
        "talk": "commands: tuples that begin with a word",
        "control": "producerFinished or shutdownMicroprocess: sign off and stop",
        "errors": "for programs of old; not used",
        "_closed": "signal of the connection",
        "_resume": "anything: the connection was replaced, go on",
    }
    Outboxes = {
        "outbox": "FLAPMessages for the server",
        "heard": "events: tuples that begin with their kind",
        "signal": "why this component stopped",
        "_moved": "MigrateGroups: the server wants us to go on elsewhere",
    }

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self.session = session or Session()
        self._requests = self.session.requests
        self._chat = Chat(self.session)
        self._events: deque[Any] = deque()
        self._frames: deque[FLAPMessage] = deque()
        self._keepalive: asyncio.TimerHandle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._deadline: float | None = None
        self._ended: Any = None
        self._moving = False
        self._pacing = False
        self._is_plain = False

    def main(self) -> Generator[int, None, None]:
        """Chat until told to stop, or until the connection ends."""
        stop = None
        self._pacing = True
        try:
            self._beat()
            while stop is None and self._ended is None:
                stop = self.stopMessage()
                self._work()
                if stop is None and self._ended is None:
                    self.pause()
                    yield 1
            while self._unfinished(stop):
                self.pause()
                yield 1
                stop = self.stopMessage() or stop
                self._work()
        finally:
            self._cancelAlarms()
        if self._ended is None:
            self._frames.append(FLAPMessage(CHANNEL_SIGNOFF))
        self._flush()
        self.send(self._ended or stop, "signal")

    def _unfinished(self, stop: Any) -> bool:
        """Return whether something is left to do before the end."""
        kind = stop if isinstance(stop, type) else type(stop)
        if issubclass(kind, shutdownMicroprocess):
            return False
        if self._events or self._ended is not None:
            return bool(self._events)
        if self._moving:
            return False
        waiting = self.session.rates or self._frames or self.dataReady("talk")
        return bool(waiting) or self._awaitsAnswers()

    def _awaitsAnswers(self) -> bool:
        """Return whether the server may still say what became of a command."""
        notes = [request.note for request in self.requests]
        sent = any(isinstance(note, MessageNote) and note.is_acked for note in notes)
        if not (sent or self._chat.roster.is_busy or self._chat.mail.is_asked):
            return False
        loop = self.scheduler.loop
        if self._deadline is None:
            self._deadline = loop.time() + PATIENCE
            self._patience = loop.call_later(PATIENCE + SURELY, self.wake)
        return bool(loop.time() < self._deadline)

    def _work(self) -> None:
        """Handle what has come, and send what may be sent."""
        while not self._events and self._ended is None and self.dataReady("inbox"):
            self._hear(*self.recv("inbox"))
        if self._ended is None and self.dataReady("_closed") and not self._moving:
            ended = self.recv("_closed")
            reason = getattr(ended, "message", None) or "the connection was closed"
            self._end(Disconnected.of(str(reason)))
        for _ in self.Inbox("_resume"):
            self._moving = self.session.rates.paused = False
            self._perform(self._chat.roster.moved())
        while len(self.session.rates) < BACKLOG and self.dataReady("talk"):
            self._obey(self.recv("talk"))
        self._flush()

    def _hear(self, channel: int, payload: bytes) -> None:
        """Handle a frame; one that is malformed is logged, and the session goes on."""
        try:
            if channel == CHANNEL_SIGNOFF:
                code, meaning = farewell(payload)
                elsewhere = code == SIGNOFF_ELSEWHERE
                self._end(Disconnected.of(meaning, code=code, may_retry=not elsewhere))
            elif channel == CHANNEL_DATA:
                snac = self.readFrame((channel, payload))
                self._regulate(snac)
                if snac.header.type == ICBM.CHANNEL_MSG_TO_CLIENT:
                    self.receiveMessage(snac.body)
                else:
                    self._perform(self._chat.receive(snac))
        except ProtocolError as error:
            logger.warning("%s: the server sent nonsense: %s", self.name, error)

    def _regulate(self, snac: SNACMessage) -> None:
        """Act on what the server says about our sending.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        kind, body, rates = snac.header.type, snac.body, self.session.rates
        if kind == OSERVICE.RATE_PARAMS_REPLY:
            rates.learn(RateParams.from_bytes(body), self._now())
        elif kind == OSERVICE.RATE_PARAM_CHANGE:
            rates.change(RateChange.from_bytes(body), self._now())
        elif kind == OSERVICE.PAUSE_REQ:
            rates.paused = True
            families = numbers_to_bytes(self.session.families)
            kind = OSERVICE.PAUSE_ACK
            _, ack = self._packed(kind, families, self.requests.add(kind))
            self._frames.append(FLAPMessage(CHANNEL_DATA, ack))
        elif kind == OSERVICE.RESUME:
            rates.paused = False
        elif kind == OSERVICE.MIGRATE_GROUPS:
            self._moving = rates.paused = True
            self.send(MigrateGroups.from_bytes(body), "_moved")

    def _perform(self, actions: list[Action]) -> None:
        """Queue what the conversation wants sent and told."""
        for action in actions:
            if isinstance(action, Tell):
                self._tell(action.event)
            elif isinstance(action, SendSNAC):
                self._sendNumbered(action.type, action.body, action.request_id)

    def _tell(self, event: Any) -> None:
        """Queue an event for "heard"; with a `main` of old nobody would send it."""
        if self._pacing:
            self._events.append(event)
        else:
            self.send(event, "heard")

    def _obey(self, command: Any) -> None:
        """Do what a command says."""
        match command:
            case ("message", str(buddy), str(text)):
                self.sendMessage(buddy, text)
            case _:
                self._perform(obey(self._chat, command))

    # What the original has.

    def receiveMessage(self, body: bytes) -> None:
        """Tell "heard" the message in the body of SNAC (04, 07).

        Raises:
            RemoteProtocolError: it is malformed.
        """
        event = read_message(body, self._cleaned)
        self._chat.mail.note(event)
        if event is not None:
            self._tell(event)

    def sendMessage(self, buddyname: str, text: str) -> None:
        """Send a message: ("message", buddyname, text) on "talk" comes here.

        Args:
            buddyname: to whom.
            text: what to say, no HTML.
        """
        self._perform(obey(self._chat, ("message", buddyname, text)))

    def cleanMessage(self, message: str) -> str:
        """Return the text of a message without its markup.

        Args:
            message: as it came: HTML from AIM users, mostly plain from ICQ users.
        """
        return message if self._is_plain else to_text(message)

    def _cleaned(self, content: str, is_plain: bool) -> str:
        """Return what `cleanMessage` makes of the content of a message."""
        self._is_plain = is_plain
        try:
            return self.cleanMessage(content)
        finally:
            self._is_plain = False

    def sendSnac(
        self,
        fam: int | tuple[int, int],
        sub: Any = None,
        body: Any = b"",
        *,
        note: object = None,
    ) -> int:
        """Send a SNAC when the rate limits allow it.

        Args:
            fam: family, or a constant of `foodgroups` (then the body comes next).
            sub: subtype.
            body: bytes, or text as old programs have it.
            note: what to remember with the request.

        Returns:
            The request ID, which a reply repeats.

        Raises:
            LocalProtocolError: a number does not fit its field.
        """
        if not self._pacing:
            return super().sendSnac(fam, sub, body, note=note)
        kind, data = asType(fam, sub, body)
        number, snac = self._packed(kind, data, self._number(kind, note))
        self.session.rates.submit(kind, snac)
        self.wake()
        return number

    def _end(self, event: Disconnected) -> None:
        """Tell that the connection is over: buddies are gone with it."""
        self._events += self._chat.presence.forget()
        self._events.append(event)
        self._ended = producerFinished(self, event)

    # Sending.

    def _flush(self) -> None:
        """Send what may be sent now; set the alarm for what may be sent later."""
        now = self._now()
        for payload in self.session.rates.due(now):
            self._frames.append(FLAPMessage(CHANNEL_DATA, payload))
        for waiting, box in ((self._events, "heard"), (self._frames, "outbox")):
            while waiting and not self.outboxes[box].isFull():
                self.send(waiting.popleft(), box)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        wait = self.session.rates.wait(now)
        if wait is not None:
            self._alarm = self.scheduler.loop.call_later(wait / 1000, self.wake)

    def _now(self) -> int:
        """Return the time in milliseconds."""
        return int(self.scheduler.loop.time() * 1000)

    def _beat(self) -> None:
        """Send a keep-alive frame every minute, beginning in a minute."""
        if self._keepalive is not None and not self._moving:
            self._frames.append(FLAPMessage(CHANNEL_KEEPALIVE))
            self._perform(self._chat.roster.tick())
            self.wake()
        self._keepalive = self.scheduler.loop.call_later(KEEPALIVE, self._beat)

    def _cancelAlarms(self) -> None:
        """Let no alarm outlive this component."""
        for alarm in (self._keepalive, self._alarm, self._patience):
            if alarm is not None:
                alarm.cancel()


__kamaelia_components__ = (ChatManager,)
