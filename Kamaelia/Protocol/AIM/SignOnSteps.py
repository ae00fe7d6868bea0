"""The sign-on of the original, a method for each step: for subclasses of old.

    main
      getBOSandCookie
        connectAuth           says hello to the authorizer
        getCookie             shows the password; the last it yields is (17, 03)
        extractBOSandCookie   takes address and cookie out of that, or what went wrong
      negotiateProtocol
        reconnect             to BOS, with the cookie
        setServiceVersions
        getRateLimits         parseRateInfo gives the body of (01, 08)
        requestRights
        getRights
        activateConnection    sets the session up and says that it is ready
      passTheReins            hands on the connection

LoginHandler goes this way when a subclass overrides one of them; the others then do
what its own conversation does. Steps that wait are generators, run by
`yield WaitComplete(self.step())`; they may use every method of SNACExchanger.

Source: the source text of Kamaelia 1.14, its names and order.
"""

from collections.abc import Generator, Iterator
from typing import Any, Final

from Axon.Ipc import WaitComplete
from Kamaelia.Protocol.AIM.actions import Action, Connect, Refused
from Kamaelia.Protocol.AIM.authorization import Authorization, Method, split_address
from Kamaelia.Protocol.AIM.events import Failure
from Kamaelia.Protocol.AIM.handshake import ANSWERS, QUESTIONS, Handshake
from Kamaelia.Protocol.AIM.OSCARClient import SNACExchanger
from Kamaelia.Protocol.AIM.requests import RequestFailed
from Kamaelia.Protocol.AIM.session import Session
from Kamaelia.Protocol.AIM.sign_on import SignOnRequest, farewell
from Kamaelia.Protocol.AIM.SNACExchange import Wanted
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_SIGNOFF
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, ICBM, OSERVICE
from Kamaelia.Protocol.AIM.wire.icbm_control import ICBMParameters
from Kamaelia.Protocol.AIM.wire.login import (
    ChallengeRequest,
    LoginReply,
    SignOff,
)
from Kamaelia.Protocol.AIM.wire.oservice import (
    FamilyVersion,
    RateParams,
    Versions,
    numbers_to_bytes,
    read_numbers,
)
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = ["STEPS", "SignOnSteps"]

STEPS: Final = (
    "getBOSandCookie",
    "negotiateProtocol",
    "connectAuth",
    "getCookie",
    "extractBOSandCookie",
    "reconnect",
    "setServiceVersions",
    "parseRateInfo",
    "getRateLimits",
    "requestRights",
    "getRights",
    "activateConnection",
    "passTheReins",
    "waitSnac",
)
"""The methods that make LoginHandler go step by step when they are overridden."""

HOLDS: Final = 3
"""Rounds that a step has, after the connection has ended, to turn to another."""


class SignOnSteps(SNACExchanger):
    """The steps, for LoginHandler, which opens and hands on connections.

    Attributes:
        screenname: screen name or UIN.
        password: of the account.
        versionNumber: of FLAP.
        server: where to connect: the authorizer, then BOS.
        port: the same.
        cookie: that the authorizer gave.
        error: what went wrong at the authorizer, None if nothing did.
        acceptedServices: family -> version, as the server accepted them.
        oscar: the connection.
        session: what is known of the session.
    """

    screenname: str
    password: str
    versionNumber: int  # noqa: N815 - the name of old
    server: str
    port: int
    session: Session
    error: Any = None
    cookie: bytes = b""
    oscar: Any = None

    _request: SignOnRequest
    _result: Any
    _timeout: float
    _tls_name: str | None = None  # None while the connection has no TLS
    _at_service = False

    def _open(self, at: Connect) -> None:
        """Drop the connection there is, and make another."""
        raise NotImplementedError

    def _perform(self, actions: list[Action]) -> None:
        """Do what a conversation asks for."""
        raise NotImplementedError

    def _handOn(self) -> None:
        """Hand on the connection, and what came on it."""
        raise NotImplementedError

    def _asSet(self) -> SignOnRequest:
        """Return the request with what the attributes say by now."""
        raise NotImplementedError

    # Where it goes step by step.

    def _isOverridden(self) -> bool:
        """Return whether a subclass has a step of its own."""
        return any(
            getattr(type(self), name) is not getattr(SignOnSteps, name)
            for name in STEPS
        )

    def _goByStep(self) -> Generator[Any, None, Any]:
        """Take the steps; what goes wrong becomes the result.

        Returns:
            The message that said stop, if one did.
        """
        walk = _walk(self._steps())
        stop = None
        ended = 0
        try:
            for wanted in walk:
                stop = self.stopMessage()
                if stop is not None or self._result is not None:
                    break
                ended = self._lookAround(ended)
                yield wanted
        except RequestFailed as failed:
            code = f" (code 0x{failed.code:02X})"
            self._refuse(f"sign-on refused: {failed.meaning}{code}", failed.code)
        except ProtocolError as error:
            self._refuse(f"{self._where()} does not speak OSCAR as it should: {error}")
        return stop

    def _steps(self) -> Iterator[Any]:
        """Take the steps, as the original's main did."""
        if not self._at_service:
            yield WaitComplete(self.getBOSandCookie())
        if self.error:
            self._result = Refused(self.error)
            yield 1
        self._at_service = True
        yield WaitComplete(self.negotiateProtocol())
        yield WaitComplete(self.passTheReins())

    def _lookAround(self, ended: int) -> int:
        """Note the end of the connection, or of our patience.

        Returns:
            For how many rounds the connection has been over.
        """
        if self.dataReady("_clock"):
            for _ in self.Inbox("_clock"):
                pass
            self._refuse(f"{self._where()} did not answer in {self._timeout:g} seconds")
        if not self.dataReady("_closed"):
            return 0
        if ended == HOLDS and not self.dataReady("inbox"):
            reason = getattr(self.recv("_closed"), "message", None)
            self._refuse(
                f"no connection: {reason}"
                if reason
                else f"{self._where()} closed the connection"
            )
        self.wake()
        return min(ended + 1, HOLDS)

    def _where(self) -> str:
        at = self.session.at
        return f"{at.host} port {at.port}" if at else f"{self.server} port {self.port}"

    def _refuse(self, text: str, code: int = 0) -> None:
        self._result = Refused(Failure.of(text, code=code))
        self.wake()

    # The authorizer.

    def getBOSandCookie(self) -> Generator[Any, None, None]:
        """Get the address of BOS and the cookie for it, or an `error`."""
        yield WaitComplete(self.connectAuth())
        reply = yield from _last(self.getCookie())
        self.error = self.extractBOSandCookie(reply)

    def connectAuth(self) -> Generator[Any, None, None]:
        """Connect to the authorizer, say hello, and wait for its greeting."""
        request = self._asSet()
        if self.oscar is None:
            self._open(Connect(self.server, self.port, request.use_tls))
        self._perform(self._authorization().start())
        yield from self._greeting()

    def getCookie(self) -> Generator[Any, None, None]:
        """Show the password. The last thing yielded is the body of (17, 03)."""
        if self._asSet().method is Method.ROASTED:
            while not self.dataReady():
                self.pause()
                yield 1
            yield SignOff.from_bytes(self.recv()[1]).tlvs.to_bytes()
            return
        self.sendSnac(0x17, 0x06, ChallengeRequest(self.screenname).to_bytes())
        reply = b""
        for reply in self.waitSnac(0x17, 0x07):  # noqa: B007 - the last is the key
            refusal, _ = self.takeSnac(Wanted(BUCP.LOGIN_RESPONSE))
            if refusal is not None:
                yield refusal.body
                return
            yield 1
        self.sendSnac(0x17, 0x02, self._authorization().proof(reply))
        reply = yield from _last(self.waitSnac(0x17, 0x03))
        if type(self).reconnect is not SignOnSteps.reconnect:
            yield from self._farewell()  # which an override doesn't expect
        yield reply

    def _farewell(self) -> Generator[int, None, None]:
        """Take the frame by which the authorizer ends the connection, if it does."""
        while not (self.dataReady() or self.dataReady("_closed")):
            self.pause()
            yield 1
        if self.dataReady():
            self.recv()

    def extractBOSandCookie(self, reply: bytes) -> Any:
        """Take `server`, `port` and `cookie` from the authorizer's answer.

        Args:
            reply: body of SNAC (17, 03).

        Returns:
            None, or the event that says what went wrong.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        answer = LoginReply.from_bytes(reply)
        if answer.error or not answer.address:
            meaning = answer.meaning or "the authorizer gave no address"
            text = f"sign-on refused: {meaning}"
            text += f" (code 0x{answer.error:02X})" if answer.error else ""
            text += f", see {answer.url}" if answer.url else ""
            return Failure.of(text, code=answer.error, meaning=meaning, url=answer.url)
        try:
            self.server, self.port = split_address(answer.address, self.port)
        except ValueError as error:
            return Failure.of(f"the server sent us to {error}")
        self.cookie = answer.cookie
        if answer.tls or self._asSet().use_tls:
            self._tls_name = answer.tls_name
        return None

    def _authorization(self) -> Authorization:
        asked = self._asSet()
        return Authorization(
            asked.screen_name,
            asked.password,
            asked.method,
            asked.program(),
            self.requests,
            asked.version,
        )

    def _greeting(self) -> Generator[Any, None, None]:
        """Wait for the server's first frame."""
        while not self.dataReady():
            self.pause()
            yield 1
        channel, payload = self.recv()
        if channel == CHANNEL_SIGNOFF:
            code, meaning = farewell(payload)
            self._refuse(f"sign-on refused: {meaning}", code)
            yield 1

    # BOS.

    def negotiateProtocol(self) -> Generator[Any, None, None]:
        """Go online at BOS."""
        yield WaitComplete(self.reconnect(self.server, self.port, self.cookie))
        yield WaitComplete(self.setServiceVersions())
        yield WaitComplete(self.getRateLimits())
        self.requestRights()
        yield WaitComplete(self.getRights())
        self.activateConnection()

    def reconnect(
        self, server: str, port: int, cookie: bytes
    ) -> Generator[Any, None, None]:
        """Leave the authorizer, connect to BOS, say hello, wait for its greeting.

        Args:
            server: host name or address.
            port: TCP port.
            cookie: from the authorizer.
        """
        use_tls = self._tls_name is not None
        self._open(Connect(server, port, use_tls, self._tls_name or ""))
        self._at_service = True
        self._shake = self._handshake(cookie)
        self._perform(self._shake.start())
        yield from self._greeting()

    def setServiceVersions(self) -> Generator[Any, None, None]:
        """Wait for the list of services, say which versions, wait for the answer."""
        reply = yield from _last(self.waitSnac(0x01, 0x03))
        self.session.families = read_numbers(reply)
        pairs = tuple(
            FamilyVersion(tool.family, tool.version)
            for tool in self._asSet().versions
            if tool.family in self.session.families
        )
        self.sendSnac(0x01, 0x17, Versions(pairs).to_bytes())
        reply = yield from _last(self.waitSnac(0x01, 0x18))
        accepted = Versions.from_bytes(reply).pairs
        self.acceptedServices = {pair.family: pair.version for pair in accepted}

    def getRateLimits(self) -> Generator[Any, None, None]:
        """Ask for the rate limits and acknowledge them."""
        self.sendSnac(0x01, 0x06, b"")
        reply = yield from _last(self.waitSnac(0x01, 0x07))
        number = int.from_bytes(reply[:2], "big")
        self.sendSnac(0x01, 0x08, self.parseRateInfo(reply[2:], number))

    def parseRateInfo(self, data: bytes, numClasses: int) -> bytes:  # noqa: N803
        """Return the acknowledgement of the rate limits: the IDs of the classes.

        Args:
            data: body of SNAC (01, 07) after the number of classes.
            numClasses: that number.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        params = RateParams.from_bytes(numClasses.to_bytes(2, "big") + data)
        return numbers_to_bytes(rate.id for rate in params.classes)

    def requestRights(self) -> None:
        """Ask what we may do: of each family that the server offers."""
        for kind in QUESTIONS:
            if kind.family in self.session.families:
                self.sendSnac(kind.family, kind.subtype, b"")

    def getRights(self) -> Generator[Any, None, None]:
        """Wait for an answer, or an error, to each question that was asked."""
        asked = {request.type for request in self.requests} & set(QUESTIONS)
        while asked:
            try:
                header, body = self.recvSnac()
            except IndexError:
                self.pause()
                yield 1
                continue
            kind = (header[0], header[1])
            if header[1] == 1:  # an error: ask no more of this family
                asked = {left for left in asked if left.family != header[0]}
            elif kind in ANSWERS and not getattr(header, "more", False):
                asked.discard(ANSWERS[kind])
            if kind == ICBM.PARAMETER_REPLY:
                self._handshake().parameters = ICBMParameters.from_bytes(body)

    def activateConnection(self) -> None:
        """Set the session up and say that we are ready."""
        shake = self._handshake()
        shake.families = tuple(dict.fromkeys((OSERVICE.FAMILY, *self.session.families)))
        self._perform(shake.set_up())

    def passTheReins(self) -> Generator[Any, None, None]:
        """Hand on the connection, and what came on it."""
        self._handOn()
        yield from ()

    _shake: Handshake | None = None

    def _handshake(self, cookie: bytes = b"") -> Handshake:
        """Return the conversation with BOS, which knows what to say."""
        if self._shake is None:
            self._shake = self._asSet().handshake(cookie or self.cookie, self.requests)
        return self._shake


def _last(waiting: Iterator[Any]) -> Generator[int, None, Any]:
    """Wait as programs of old do.

    Returns:
        The last thing that the generator yielded.
    """
    value = b""
    for value in waiting:  # noqa: B007 - the last one is what it is about
        yield 1
    return value


def _walk(first: Iterator[Any]) -> Iterator[Any]:
    """Run a generator, and those that it says to wait for, as one."""
    stack: list[Any] = [first]
    error: Exception | None = None
    while stack:
        try:
            wanted = stack[-1].throw(error) if error else next(stack[-1])
            error = None
        except StopIteration:
            stack.pop()
            error = None
        except Exception as thrown:
            stack.pop()
            if not stack:
                raise
            error = thrown  # for whoever waited, as the scheduler does it
        else:
            if isinstance(wanted, WaitComplete):
                stack.append(wanted.args[0])
            else:
                yield wanted
