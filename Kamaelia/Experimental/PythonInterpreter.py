"""A Python prompt among components: lines in, values out.

Whoever can send to it can do all that this process can: for your own machine only.
"""

from code import InteractiveInterpreter
from codeop import compile_command
from contextlib import suppress
from types import CodeType
from typing import Any

import Axon
from Axon.ThreadedComponent import threadedcomponent

__all__ = ["InterpreterTransformer", "StandaloneInterpreter"]

NOTHING = " "  # what is sent where there is no value
FAILURE = "EPIC FAIL"


class _Session(InteractiveInterpreter):
    """Collects lines until they are a statement, then runs it.

    Args:
        names: what statements know.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        super().__init__(names)
        self.names = names
        self._script = ""
        self._failure: list[str] = []

    def write(self, data: str) -> None:
        """Keep what is to be said of an error."""
        self._failure.append(data)

    def feed(self, line: str) -> list[Any]:
        """Take a line; return what there is to show, if it completes something."""
        self._script += line + "\n"
        try:
            code = compile_command(self._script, "<stdin>", "exec")
        except (OverflowError, SyntaxError, ValueError):
            self.showsyntaxerror("<stdin>")
            code = None
        if not self._failure and (code is None or line[:1] in (" ", "\t")):
            return []
        shown = NOTHING if code is None else self._evaluate(code)
        failure, self._failure, self._script = "".join(self._failure), [], ""
        return [FAILURE, failure] if failure else [shown]

    def _evaluate(self, code: CodeType) -> Any:
        """Run a statement; return the value if it is an expression that has one."""
        with suppress(SyntaxError):
            code = compile(f"__value__ = (\n{self._script})", "<stdin>", "exec")
        self.runcode(code)
        value = self.names.pop("__value__", None)
        if value is None:
            return NOTHING
        self.names["_"] = value
        return value


class InterpreterTransformer(threadedcomponent):
    """Runs Python: a line in, the value out, or " " where there is none.

    A block ends at a line that isn't indented, an empty one for instance. After an
    error "EPIC FAIL" and the traceback are sent. Statements run in a thread and know
    `Axon`, this component as `self`, and the last value as `_`.
    """

    Inboxes = {
        "inbox": "lines (str)",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "values, or texts", "signal": "why this component stopped"}

    def main(self) -> None:
        """Run what comes until told to stop."""
        session = _Session({"__name__": "__console__", "Axon": Axon, "self": self})
        self.send(NOTHING, "outbox")
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for line in self.Inbox("inbox"):
                for shown in session.feed(line):
                    self.send(shown, "outbox")
            if stop is None:
                self.pause()
        self.send(stop, "signal")


class StandaloneInterpreter(threadedcomponent):
    """A Python prompt on the terminal, while the components run."""

    Inboxes = {"inbox": "not used", "control": "looked at between two lines"}
    Outboxes = {"outbox": "not used", "signal": "why this component stopped"}

    def main(self) -> None:
        """Read and run lines until the end of input."""
        session = _Session({"__name__": "__console__", "Axon": Axon, "self": self})
        while (stop := self.stopMessage()) is None:
            try:
                line = input("> ")
            except EOFError:
                stop = Axon.Ipc.producerFinished(self)
                break
            for shown in session.feed(line):
                print(shown)  # noqa: T201 - what it is for
        self.send(stop, "signal")


__kamaelia_components__ = (StandaloneInterpreter, InterpreterTransformer)
