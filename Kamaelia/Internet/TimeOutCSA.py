"""Close connections on which nothing has happened for some time.

class PatientServer(TCPServer):
    CSA = NoActivityTimeout(ConnectedSocketAdapter, timeout=60)

ServerCore(protocol=Echo, TCPS=PatientServer)
"""

import asyncio
from collections.abc import Callable, Generator
from typing import Any

from Axon.Component import component
from Axon.Ipc import producerFinished

__all__ = [
    "ActivityMonitor",
    "ExtendedInactivity",
    "InactivityChassis",
    "NoActivityTimeout",
    "PeriodicWakeup",
    "ResettableSender",
]


class _Timed(component):
    """Something that acts when a timer of the event loop goes off."""

    _timer: asyncio.TimerHandle | None = None
    _due = False

    def _wait(self, seconds: float) -> None:
        """Set the timer, in place of one that is set."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.scheduler.loop.call_later(seconds, self._goOff)

    def _goOff(self) -> None:
        """Note that it is time."""
        self._due = True
        self.unpause()

    def stop(self) -> None:
        """End, and set no alarm off any more."""
        if self._timer is not None:
            self._timer.cancel()
        super().stop()


class ResettableSender(_Timed):
    """Sends a message when nothing has come for some time; then ends.

    Args:
        timeout: seconds.
        message: what to send.
        argd: attributes to set.
    """

    Inboxes = {
        "inbox": "anything: wait from now on",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the message",
        "signal": "producerFinished, or the stop message",
    }

    timeout: float = 5
    message: Any = "NEXT"

    def __init__(self, timeout: float = 5, message: Any = "NEXT", **argd: Any) -> None:
        super().__init__(timeout=timeout, message=message, **argd)

    def main(self) -> Generator[int, None, None]:
        """Wait, then send."""
        self._wait(self.timeout)
        stop = None
        while stop is None and not self._due:
            stop = self.stopMessage()
            if self.dataReady("inbox"):
                for _ in self.Inbox("inbox"):
                    pass
                self._wait(self.timeout)
            self.pause()
            yield 1
            stop = stop or self.stopMessage()
        if stop is None:
            self.send(self.message, "outbox")
        self.send(stop or producerFinished(self), "signal")


class PeriodicWakeup(_Timed):
    """Sends a message again and again.

    Args:
        interval: seconds between two.
        message: what to send.
        argd: attributes to set.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the message",
        "signal": "the stop message",
    }

    interval: float = 300
    message: Any = "tick"

    def __init__(
        self, interval: float = 300, message: Any = "tick", **argd: Any
    ) -> None:
        super().__init__(interval=interval, message=message, **argd)

    def main(self) -> Generator[int, None, None]:
        """Send until told to stop."""
        self._wait(self.interval)
        while (stop := self.stopMessage()) is None:
            if self._due:
                self._due = False
                self._wait(self.interval)
                self.send(self.message, "outbox")
            self.pause()
            yield 1
        self.send(stop, "signal")


class ActivityMonitor(component):
    """Passes messages on and says "RESET" whenever there were some."""

    Inboxes = {
        "inbox": "messages for outbox",
        "inbox2": "messages for outbox2",
        "inbox3": "messages for outbox3",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what came to inbox",
        "outbox2": "what came to inbox2",
        "outbox3": "what came to inbox3",
        "observed": "'RESET'",
        "signal": "the stop message",
    }

    def main(self) -> Generator[int, None, None]:
        """Pass on until told to stop."""
        stop = None
        while stop is None:
            stop = self.stopMessage()
            happened = False
            for number in ("", "2", "3"):
                box = self.outboxes[f"outbox{number}"]
                while self.dataReady(f"inbox{number}") and not box.isFull():
                    self.send(self.recv(f"inbox{number}"), f"outbox{number}")
                    happened = True
            if happened:
                self.send("RESET", "observed")
            if stop is None:
                self.pause()
            yield 1
        self.send(stop, "signal")


class InactivityChassis(component):
    """Holds a connection; closes it when nothing has passed for some time.

    Args:
        somecomponent: the connection: a ConnectedSocketAdapter, or what has its boxes.
        timeout: seconds.
        debug: not used.
        argd: attributes to set.
    """

    Inboxes = {
        "inbox": "bytes to send",
        "control": "producerFinished, shutdownMicroprocess: close the connection",
    }
    Outboxes = {
        "outbox": "bytes received",
        "CreatorFeedback": "what the connection says there",
        "signal": "what the connection says there",
        "_childcontrol": "the end for what watches",
    }

    timeout: float = 2

    def __init__(
        self,
        somecomponent: Any,
        timeout: float | None = None,
        debug: bool = False,
        **argd: Any,
    ) -> None:
        self.component = somecomponent
        super().__init__(**argd)
        if timeout is not None:
            self.timeout = timeout

    def __getattr__(self, name: str) -> Any:
        """Return what the connection knows: sock, howDied, error ..."""
        if name.startswith("_") or name == "component":
            raise AttributeError(name)
        return getattr(self.component, name)

    def main(self) -> Generator[int, None, None]:
        """Wire and watch until the connection has ended."""
        watched = self.component
        for name in ("half_open", "max_unsent"):  # set on us by those who made us
            if name in self.__dict__:
                setattr(watched, name, self.__dict__[name])
        monitor = ActivityMonitor()
        alarm = ResettableSender(self.timeout, producerFinished(self, "timeout"))
        self.link((self, "inbox"), (monitor, "inbox"), passthrough=1)
        self.link((monitor, "outbox"), (watched, "inbox"))
        self.link((watched, "outbox"), (monitor, "inbox2"))
        self.link((monitor, "outbox2"), (self, "outbox"), passthrough=2)
        self.link((self, "control"), (watched, "control"), passthrough=1)
        self.link((alarm, "outbox"), (watched, "control"))
        self.link((monitor, "observed"), (alarm, "inbox"))
        for box in ("CreatorFeedback", "signal"):
            if box in watched.outboxes:
                self.link((watched, box), (self, box), passthrough=2)
        self.addChildren(watched, monitor, alarm)
        for child in self.children:
            child.activate(self.scheduler)
        while not watched._isStopped():
            self.pause()
            yield 1
        for child in (monitor, alarm):
            child._deliver(producerFinished(self), "control")
        while not (monitor._isStopped() and alarm._isStopped()):
            self.pause()
            yield 1

    def stop(self) -> None:
        """End at once, with the connection."""
        if not self._isStopped():
            self.component.stop()
            for child in self.children:
                child.stop()
        super().stop()


def NoActivityTimeout(
    someclass: Callable[..., Any], timeout: float = 2, debug: bool = False
) -> Callable[..., InactivityChassis]:
    """Return what makes connections that close when idle: for `TCPServer.CSA`.

    Args:
        someclass: what makes the connections, ConnectedSocketAdapter usually.
        timeout: seconds.
        debug: not used.
    """

    def make(*args: Any, **argd: Any) -> InactivityChassis:
        return InactivityChassis(someclass(*args, **argd), timeout, debug)

    # As a class attribute this must not become a method.
    return staticmethod(make)


def ExtendedInactivity(someclass: Callable[..., Any]) -> type[InactivityChassis]:
    """Return a class of InactivityChassis that makes its own connection.

    Args:
        someclass: what makes the connection, called with the arguments.
    """

    class Extended(InactivityChassis):
        """Makes its own connection."""

        def __init__(self, *args: Any, **argd: Any) -> None:
            super().__init__(someclass(*args, **argd))

    return Extended


__kamaelia_components__ = (
    ActivityMonitor,
    InactivityChassis,
    PeriodicWakeup,
    ResettableSender,
)
__kamaelia_prefabs__ = (NoActivityTimeout,)
