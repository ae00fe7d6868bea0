"""What a request returns: a Reply, to wait for, await or hang callbacks on.

    reply = client.changeStatus("AWY")
    yield from reply.wait()                # in a generator; sleeps until it is there
    (code,) = await reply                  # in a coroutine
    reply.addCallback(show, "extra")       # as programs written for Twisted have it

A reply that fails raises in the first two, and calls the errbacks, with a
RequestFailed: MSNCommandFailed (the server's error number), RequestTimedOut or
ConnectionGone.
"""

import asyncio
import logging
from collections.abc import Callable, Generator
from typing import Any, Self

from Axon.Scheduler import scheduler
from Kamaelia.Protocol.MSN.wire.codes import error_info
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "ConnectionGone",
    "MSNCommandFailed",
    "MSNProtocolError",
    "NotDelivered",
    "Reply",
    "RequestFailed",
    "RequestTimedOut",
    "checkParamLen",
]

logger = logging.getLogger(__name__)


class MSNProtocolError(RemoteProtocolError):
    """The server said something that the protocol does not allow."""

    def __str__(self) -> str:
        return self.reason


def checkParamLen(num: int, expected: int, cmd: str, error: str | None = None) -> None:
    """Check how many parameters a command has.

    Args:
        num: how many there are.
        expected: how many there must be.
        cmd: the command's name.
        error: text of the error, instead of one that names the three.

    Raises:
        MSNProtocolError: there are more or fewer.
    """
    if num != expected:
        raise MSNProtocolError(
            error or f"{cmd}: expected {expected} parameters, got {num}"
        )


class RequestFailed(Exception):  # noqa: N818 - reads as what happened
    """A request came to nothing.

    Attributes:
        request: the command that was sent, "ADD"; "" if it isn't known.
        code: the error's number; None: there was no answer.
        meaning: what happened, for people.
    """

    def __init__(self, request: str, meaning: str, code: int | None = None) -> None:
        self.request = request
        self.code = code
        self.meaning = meaning
        super().__init__(f"{request}: {meaning}" if request else meaning)

    @property
    def value(self) -> Self:
        """Itself: where errbacks of Twisted programs look for the exception."""
        return self

    def getErrorMessage(self) -> str:
        """Return the text, as errbacks of Twisted programs ask for it."""
        return str(self)

    def check(self, *kinds: type[BaseException]) -> type[BaseException] | None:
        """Return the first of the classes that this is one of, or None."""
        return next((kind for kind in kinds if isinstance(self, kind)), None)

    def trap(self, *kinds: type[BaseException]) -> type[BaseException]:
        """Return the first of the classes that this is one of; else raise it."""
        found = self.check(*kinds)
        if found is None:
            raise self
        return found


class MSNCommandFailed(RequestFailed):
    """The server answered a request with an error number.

    Attributes:
        errorCode: the number.
        fatal: whether the server closes the connection after it.
    """

    def __init__(
        self,
        errorCode: int,  # noqa: N803 - the name that Twisted's module had
        request: str = "",
    ) -> None:
        info = error_info(errorCode)
        super().__init__(request, f"{info.text} ({errorCode})", errorCode)
        self.errorCode = errorCode
        self.fatal = info.fatal

    def __str__(self) -> str:
        return self.meaning


class RequestTimedOut(RequestFailed):
    """No answer came in time."""


class ConnectionGone(RequestFailed):
    """The connection ended before the answer came."""


class NotDelivered(RequestFailed):
    """A message of a conversation did not reach everybody."""


class Reply:
    """The answer to a request, once it has come.

    Attributes:
        request: the command that was sent.
        trid: its transaction id; None until it is sent, or when it has none.
        done: whether the answer is there.
        error: the RequestFailed; None while it waits, or when it went well.
    """

    __slots__ = ("_callbacks", "_result", "convert", "done", "error", "request", "trid")

    def __init__(self, request: str = "", trid: int | None = None) -> None:
        self.request = request
        self.trid = trid
        self.done = False
        self.error: Any = None
        self.convert: Callable[[Any], Any] | None = None
        self._result: Any = None
        self._callbacks: list[tuple[Callable[..., Any], Callable[..., Any] | None]] = []

    def __repr__(self) -> str:
        state = "waits"
        if self.done:
            state = f"failed: {self.error}" if self.error else f"got {self._result!r}"
        return f"<Reply to {self.request} {self.trid}: {state}>"

    @property
    def result(self) -> Any:
        """The answer.

        Raises:
            RequestFailed: the request failed.
            LocalProtocolError: the answer is not there yet.
        """
        if not self.done:
            raise LocalProtocolError(f"no reply to {self.request} yet: wait for it")
        if self.error is not None:
            raise self.error
        return self._result

    # Waiting.

    def wait(self) -> Generator[int, None, Any]:
        """Sleep until the answer is there: `result = yield from reply.wait()`.

        For the main of a component; `for _ in reply.wait(): yield 1` and
        `yield WaitComplete(reply.wait())` do as well.

        Raises:
            RequestFailed: the request failed.
        """
        waiter: Any = None
        while not self.done:
            if waiter is None:
                waiter = scheduler.current()._queue.stepping()
                self.addBoth(_waker(waiter))
            if waiter is not None:
                waiter.pause()
            yield 1
        return self.result

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait in a coroutine.

        Raises:
            RequestFailed: the request failed.
        """
        if not self.done:
            future = asyncio.get_running_loop().create_future()

            def arrived(value: Any) -> Any:
                if not future.done():
                    future.set_result(None)
                return value

            self.addBoth(arrived)
            yield from future.__await__()
        return self.result

    # Callbacks.

    def addCallbacks(
        self, callback: Callable[..., Any], errback: Callable[..., Any] | None = None
    ) -> Self:
        """Have one of two functions called with the answer or the error.

        What it returns is the answer from then on: the next callback gets it. An
        exception that it raises (or returns) is the error for the next errback.
        """
        self._callbacks.append((callback, errback))
        if self.done:
            self._run()
        return self

    def addCallback(
        self, callback: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Self:
        """Have a function called with the answer; see `addCallbacks`."""
        return self.addCallbacks(lambda value: callback(value, *args, **kwargs))

    def addErrback(
        self, errback: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Self:
        """Have a function called with the error; see `addCallbacks`."""
        return self.addCallbacks(
            lambda value: value, lambda error: errback(error, *args, **kwargs)
        )

    def addBoth(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Have a function called with whichever comes; see `addCallbacks`."""
        return self.addCallbacks(
            lambda value: function(value, *args, **kwargs),
            lambda error: function(error, *args, **kwargs),
        )

    # For who makes it.

    def callback(self, result: Any = None) -> None:
        """Give the answer; nothing happens when there is one already."""
        if not self.done:
            self.done = True
            self._result = self.convert(result) if self.convert else result
            self._run()

    def errback(self, error: RequestFailed) -> None:
        """Give the error; nothing happens when there is an answer already."""
        if not self.done:
            self.done = True
            self.error = error
            self._run()

    def _run(self) -> None:
        """Call what waits to be called."""
        while self._callbacks:
            callback, errback = self._callbacks.pop(0)
            if self.error is None:
                self._apply(callback, self._result)
            elif errback is not None:
                self._apply(errback, self.error)

    def _apply(self, function: Callable[..., Any], value: Any) -> None:
        """Call one function; what it returns or raises is the answer from now on."""
        try:
            value = function(value)
        except (RequestFailed, LocalProtocolError) as error:
            value = error
        except Exception as error:
            logger.exception("a callback of %r raised", self)
            value = error
        if isinstance(value, Exception):
            self.error, self._result = value, None
        elif isinstance(value, Reply):
            self._follow(value)
        else:
            self.error, self._result = None, value

    def _follow(self, other: "Reply") -> None:
        """Take another reply's answer; callbacks wait until it is there."""
        waiting, self._callbacks = self._callbacks, []
        self.done = False
        self.error = self._result = None

        def arrived(value: Any) -> Any:
            self._callbacks = waiting + self._callbacks
            if isinstance(value, Exception):
                self.done, self.error = True, value
            else:
                self.done, self._result = True, value
            self._run()
            return value

        other.addBoth(arrived)


def _waker(waiter: Any) -> Callable[[Any], Any]:
    """Return a callback that wakes a component and hands on what it gets."""

    def arrived(value: Any) -> Any:
        if waiter is not None:
            waiter._axon_wake()
        return value

    return arrived
