"""Fail a run when a test component says so."""

from collections.abc import Generator

from Axon.AxonExceptions import AxonException
from Axon.Component import component
from Kamaelia.Util.Worker import isStop

__all__ = ["StopSystem", "StopSystemException", "TestResult"]


class StopSystem:
    """Message that makes TestResult end the whole run."""


class StopSystemException(AxonException):
    """Leaves the scheduler when a TestResult got StopSystem."""


class TestResult(component):
    """Raises AssertionError out of the scheduler for each message that is false.

    A StopSystem in `control` ends the whole run with StopSystemException; a
    shutdown message ends this component.
    """

    __test__ = False  # not a case for pytest
    Inboxes = {
        "inbox": "true if all is well",
        "control": "StopSystem: end the run; a shutdown message: stop",
    }
    Outboxes = {"outbox": "not used", "signal": "why this component stopped"}

    def main(self) -> Generator[int, None, None]:
        """Look at results until told to stop.

        Raises:
            AssertionError: a message was false.
            StopSystemException: a StopSystem came.
        """
        stop = None
        while stop is None:
            for result in self.Inbox("inbox"):
                if not result:
                    raise AssertionError(f"{self.name}: false value seen: {result!r}")
            while stop is None and self.dataReady("control"):
                message = self.recv("control")
                if isinstance(message, StopSystem):
                    raise StopSystemException("StopSystem seen")
                if isStop(message):
                    stop = message
            if stop is None and not self.anyReady():
                self.pause()
            yield 1
        self.send(stop, "signal")


__kamaelia_components__ = (TestResult,)
