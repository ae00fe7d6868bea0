"""Signing on to AIM or ICQ: authorizer, then BOS; hands on a signed-on connection.

    login = LoginHandler("kamaelia1", "abc123", server="127.0.0.1", port=5190)
    self.link((login, "signal"), (self, "_login"))
    login.activate()

What then comes from "signal":

    connection, [FLAPMessage ...]   it is online: an OSCARClient, and every SNAC that
                                    came on it so far, for a ChatManager to read
    ("error", text)                 it is not: a Failure of Kamaelia.Protocol.AIM.events
    what came on "control"          it was told to stop

The connection holds what comes on it until its "outbox" is linked.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, Self

from Axon.Ipc import shutdownMicroprocess
from Kamaelia.Protocol.AIM.actions import (
    Action,
    Connect,
    Refused,
    SendFLAP,
    SendSNAC,
    SignedOn,
)
from Kamaelia.Protocol.AIM.authorization import Method
from Kamaelia.Protocol.AIM.OSCARClient import OSCARClient, SecureOSCARClient
from Kamaelia.Protocol.AIM.requests import SNACMessage
from Kamaelia.Protocol.AIM.session import Session
from Kamaelia.Protocol.AIM.sign_on import SigningOn, SignOnRequest, farewell
from Kamaelia.Protocol.AIM.SignOnSteps import SignOnSteps
from Kamaelia.Protocol.AIM.SNACExchange import FLAPMessage, readSnac
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_SIGNOFF,
    CHANNEL_SIGNON,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import OSERVICE
from Kamaelia.Protocol.AIM.wire.oservice import RateChange, RateParams, ToolVersion
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.Support.OscarUtil import AIM_PORT, AUTH_SERVER

__all__ = ["LoginHandler"]


class LoginHandler(SignOnSteps):
    """Signs on and hands on the connection.

    A subclass may override any method of the original: see SignOnSteps. With a `main`
    of its own it finds the connection to the authorizer in `oscar`, linked to "inbox"
    and "outbox".

    Args:
        screenname: screen name or UIN.
        password: of the account.
        versionNumber: version of FLAP.
        server: the authorizer, host name or address.
        port: of the authorizer, and of BOS where the authorizer names no other.
        method: how the password is shown: "strong" or "weak" MD5, or "roasted".
        tls: speak TLS: True with the usual checks, or an ssl.SSLContext.
        timeout: seconds that each stage may take.
        connector: makes the connection for a Connect, instead of OSCARClient.
        session: to be continued, when the server moves us.
        moved_to: address and cookie that the server gave for that.
        options: further fields of SignOnRequest: identity, buddies, profile ...

    What goes into the attributes before it starts counts.

    Attributes:
        session: what is known of the session.
        oscar: the connection, if there is one.
        desiredServiceVersions: family -> version.
        client_id: which program signs on; so are the next ones.
        major_version: first of four numbers; minor_version, lesser_version and
            build_num follow.
        distr_num: number of the distribution channel.
        language: two letters.
        country: two letters.
        use_SSI: multi-connection level.
    """

    Inboxes = {
        "inbox": "FLAPMessages from the server",
        "control": "producerFinished or shutdownMicroprocess: stop",
        "_clock": "the stage for which the time is over",
        "_closed": "signal of the connection",
    }
    Outboxes = {
        "outbox": "FLAPMessages for the server",
        "_outbox": "the same, when something else is linked to that",
        "signal": "the connection and a list of FLAPMessages, or why there is none",
        "_signal": "control of the connection",
    }

    def __init__(
        self,
        screenname: str,
        password: str,
        versionNumber: int = 1,  # noqa: N803
        server: str = AUTH_SERVER,
        port: int = AIM_PORT,
        *,
        method: Method | str = Method.STRONG,
        tls: bool | ssl.SSLContext = False,
        timeout: float = 30.0,
        connector: Callable[[Connect], Any] | None = None,
        session: Session | None = None,
        moved_to: tuple[str, bytes] | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self.screenname = screenname
        self.password = password
        self.versionNumber = versionNumber
        self.server = server
        self.port = port
        self.session = session or Session(screenname)
        self._requests = self.session.requests
        self._tls = tls
        self._timeout = timeout
        self._connector = connector or self._connect
        self._moved_to = moved_to
        self._request = SignOnRequest(
            screenname,
            password,
            server,
            port,
            Method(method),
            bool(tls),
            version=versionNumber,
            **options,
        )
        self._conversation = SigningOn(self._request, self.requests)
        self._setAttributes()
        self._alarm: asyncio.TimerHandle | None = None
        self._stage = ""
        self._result: Refused | SignedOn | None = None
        self._queued: list[FLAPMessage] = []
        self._early: Connect | None = None
        self._way = "outbox"
        self._conversing = False

    def _setAttributes(self) -> None:
        """Set what programs of old look at and change."""
        program = self._request.program()
        self.client_id = program.client_id
        self.major_version = program.major
        self.minor_version = program.minor
        self.lesser_version = program.point
        self.build_num = program.build
        self.distr_num = program.distribution
        self.language = program.language
        self.country = program.country
        self.use_SSI = program.multi
        self.desiredServiceVersions = {
            tool.family: tool.version for tool in self._request.versions
        }

    def _asSet(self) -> SignOnRequest:
        """Return the request with what the attributes say by now."""
        program = replace(
            self._request.program(),
            client_id=self.client_id,
            major=self.major_version,
            minor=self.minor_version,
            point=self.lesser_version,
            build=self.build_num,
            distribution=self.distr_num,
            language=self.language,
            country=self.country,
            multi=self.use_SSI,
        )
        tools = {tool.family: tool for tool in self._request.versions}
        wanted = self.desiredServiceVersions.items()
        return replace(
            self._request,
            screen_name=self.screenname,
            password=self.password,
            server=self.server,
            port=self.port,
            identity=program,
            version=self.versionNumber,
            versions=tuple(
                tools.get(family, ToolVersion(family, 1))._replace(version=version)
                for family, version in wanted
            ),
        )

    def activate(self, *args: Any, **kwargs: Any) -> Self:
        """Hand this component to a scheduler.

        For a subclass with a `main` of its own the connection to the authorizer is
        opened, as in the original.
        """
        if type(self).main is not LoginHandler.main and self.oscar is None:
            super().activate(*args, **kwargs)
            self._early = Connect(self.server, self.port, self._request.use_tls)
            self._connectTo(self._early)
        else:
            super().activate(*args, **kwargs)
        return self

    def send(self, message: Any, boxname: str = "outbox") -> None:
        """Send a message; what goes to "outbox" is for the server.

        Raises:
            KeyError: there is no such outbox.
            noSpaceInBox: the far inbox is full.
        """
        super().send(message, self._way if boxname == "outbox" else boxname)

    def main(self) -> Generator[int, None, None]:
        """Sign on, then say how it went."""
        stop = None
        self._conversation = SigningOn(self._asSet(), self.requests)
        try:
            if self._isOverridden():
                self._setAlarm(self._timeout)
                stop = yield from self._goByStep()
                if stop is None and self._result is None:
                    return
            else:
                stop = yield from self._converse()
            if isinstance(self._result, SignedOn) and stop is None:
                self.session.screen_name = self._result.screen_name
                self._handOn()
                return
            yield from self._drop()
        finally:
            self._setAlarm(None)
        self.send(self._result.failure if stop is None else stop, "signal")  # type: ignore[union-attr]

    def _converse(self) -> Generator[int, None, Any]:
        """Sign on; the result says how it went.

        Returns:
            The message that said stop, if one did.
        """
        stop = None
        self._conversing = True
        self._perform(self._begin())
        while self._result is None and stop is None:
            stop = self.stopMessage()
            self._handle()
            if self._result is None and stop is None:
                self.pause()
                yield 1
        return stop

    def _begin(self) -> list[Action]:
        """Return what to do first."""
        if self._moved_to is not None:
            return self._conversation.start_with_cookie(*self._moved_to)
        return self._conversation.start()

    def _handle(self) -> None:
        """Handle what has come: frames first, then the end of the connection."""
        talk = self._conversation
        while self._result is None and self.dataReady("inbox"):
            channel, payload = self.recv("inbox")
            try:
                self._perform(self._heard(channel, payload))
            except ProtocolError as error:
                self._perform(talk.malformed(str(error)))
        if self._result is None and self.dataReady("_closed"):
            ended = self.recv("_closed")
            reason = getattr(ended, "message", None)
            failed = isinstance(getattr(ended, "exception", None), ProtocolError)
            text = str(reason or "")
            self._perform(talk.malformed(text) if failed else talk.lost(text))
        while self._result is None and self.dataReady("_clock"):
            if self.recv("_clock") == self._stage:
                self._perform(talk.timed_out(self._timeout))

    def _heard(self, channel: int, payload: bytes) -> list[Action]:
        """Return what to do about a frame.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        talk = self._conversation
        if channel == CHANNEL_SIGNON:
            return talk.greeted()
        if channel == CHANNEL_SIGNOFF:
            return talk.signed_off(payload)
        if channel != CHANNEL_DATA:
            return []
        if talk.at_service:
            self._note(payload)
        return talk.receive(self.readFrame((channel, payload)))

    def _take(self) -> Any:
        """Take a frame; note what comes from BOS while we go step by step."""
        frame = super()._take()
        if self._alarm is not None and not self._conversing:
            self._setAlarm(self._timeout)
        if self._at_service and frame[0] == CHANNEL_DATA:
            self._note(frame[1])
        elif self._at_service and frame[0] == CHANNEL_SIGNOFF:
            code, meaning = farewell(frame[1])
            self._refuse(f"sign-on refused by the service: {meaning}", code)
        return frame

    def _note(self, payload: bytes) -> None:
        """Queue a SNAC for whoever gets the connection.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        snac = readSnac(payload)
        self._queued.append(FLAPMessage(CHANNEL_DATA, payload))
        self._regulate(snac)
        if snac.header.type == OSERVICE.USER_INFO_UPDATE:
            self.session.screen_name = UserInfo.from_bytes(snac.body).screen_name

    def _regulate(self, snac: SNACMessage) -> None:
        """Note what the server says about the rates.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        now = int(self.scheduler.loop.time() * 1000)
        if snac.header.type == OSERVICE.RATE_PARAMS_REPLY:
            self.session.rates.learn(RateParams.from_bytes(snac.body), now)
        elif snac.header.type == OSERVICE.RATE_PARAM_CHANGE:
            self.session.rates.change(RateChange.from_bytes(snac.body), now)

    def _perform(self, actions: list[Action]) -> None:
        """Do what the conversation asks for; watch the time it takes to go on."""
        for action in actions:
            match action:
                case Connect():
                    self._open(action)
                case SendFLAP(channel, payload):
                    self.send(FLAPMessage(channel, payload), "outbox")
                case SendSNAC(kind, body, number):
                    self._sendNumbered(kind, body, number)
                    now = int(self.scheduler.loop.time() * 1000)
                    self.session.rates.count(kind, now)
                case Refused() | SignedOn():
                    self._result = action
        if self._conversing and self._conversation.stage != self._stage:
            self._stage = self._conversation.stage
            self._setAlarm(self._timeout)

    def _setAlarm(self, seconds: float | None) -> None:
        """Set the alarm for the present stage, or none."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if seconds is not None:
            self._alarm = self.scheduler.loop.call_later(
                seconds, self._deliver, self._stage, "_clock"
            )

    # The connection.

    def _connect(self, at: Connect) -> Any:
        """Return a connection, not activated yet."""
        if not at.use_tls:
            return OSCARClient(at.host, at.port)
        context = self._tls if isinstance(self._tls, ssl.SSLContext) else None
        return SecureOSCARClient(at.host, at.port, at.tls_name, context)

    def _open(self, at: Connect) -> None:
        """Drop the connection there is, with all that came on it, and make another."""
        early, self._early = self._early, None
        if early == at and self.oscar is not None:
            return
        self._hangUp()
        self._queued.clear()
        self._connectTo(at)

    def _connectTo(self, at: Connect) -> None:
        """Make a connection and link it."""
        self.session.at = at
        self.oscar = self._connector(at)
        taken = self.outboxes["outbox"].target is not None
        self._way = "_outbox" if taken else "outbox"
        self.link((self, self._way), (self.oscar, "inbox"))
        self.link((self.oscar, "outbox"), (self, "inbox"))
        self.link((self, "_signal"), (self.oscar, "control"))
        self.link((self.oscar, "signal"), (self, "_closed"))
        self.addChildren(self.oscar)
        self.oscar.activate(self.scheduler)

    def _hangUp(self) -> None:
        """Tell the connection to end, if there is one, and hear nothing more of it."""
        if self.oscar is None:
            return
        self.send(shutdownMicroprocess(self), "_signal")
        self.unlink(self.oscar)
        self.oscar = None
        for box in ("inbox", "_closed"):
            for _ in self.Inbox(box):
                pass

    def _drop(self) -> Generator[int, None, None]:
        """End every connection and wait until they are gone."""
        self._setAlarm(None)
        self._hangUp()
        while any(not child._isStopped() for child in self.children):
            self.pause()
            yield 1

    def _handOn(self) -> None:
        """Hand on the connection, and what came on it."""
        left = [FLAPMessage(*frame) for frame in self.Inbox("inbox")]
        if not self._at_service:  # else they are in the queue since they came
            self._queued += left
        self.removeChild(self.oscar)
        _holdMessages(self.oscar)
        self.send(self.oscar, "signal")
        self.send(self._queued, "signal")


def _holdMessages(connection: Any) -> None:
    """Let a connection's "outbox", which leads nowhere now, keep what comes.

    An outbox drops it otherwise; whoever links it next gets what was kept.
    """
    box = connection.outboxes["outbox"]
    box.storage = deque()
    box.resolve()


__kamaelia_components__ = (LoginHandler,)
