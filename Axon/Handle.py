"""A component's boxes for code that is no component.

background().start()
echo = Handle(Echo()).activate()
echo.put("hello", "inbox")
echo.get("outbox", timeout=1)
"""

import queue
from collections import deque
from collections.abc import Generator
from typing import Any

from Axon.Component import component

__all__ = ["Handle"]


class Handle(component):
    """Owns a component and gives its boxes to other threads.

    Args:
        someComponent: what it owns; activated with it, and it ends with it.
    """

    Inboxes = {
        "inbox": "what the component sends through outbox",
        "control": "what the component sends through signal",
    }
    Outboxes = {
        "outbox": "to the component's inbox",
        "signal": "to the component's control",
    }
    _ways = {"inbox": "outbox", "control": "signal"}

    def __init__(self, someComponent: Any, **argd: Any) -> None:  # noqa: N803
        super().__init__(**argd)
        self._component = someComponent
        self._toPut: deque[tuple[Any, str]] = deque()
        self._got: dict[str, queue.SimpleQueue[Any]] = {
            "outbox": queue.SimpleQueue(),
            "signal": queue.SimpleQueue(),
        }

    def put(self, message: Any, boxname: str) -> None:
        """Put a message into a box of the component. May be called from any thread.

        Args:
            message: anything.
            boxname: "inbox" or "control".

        Raises:
            KeyError: it is neither.
        """
        self._toPut.append((message, self._ways[boxname]))
        self.unpause()

    def get(
        self, boxname: str = "outbox", block: bool = False, timeout: float | None = None
    ) -> Any:
        """Take a message the component has sent. May be called from any thread.

        Args:
            boxname: "outbox" or "signal".
            block: whether to wait for one.
            timeout: seconds to wait at most; if given, it waits.

        Raises:
            queue.Empty: there is none.
            KeyError: there is no such box.
        """
        return self._got[boxname].get(block or timeout is not None, timeout)

    def main(self) -> Generator[int, None, None]:
        """Pass messages on, both ways, until the component has ended."""
        inner = self._component
        self.link((self, "outbox"), (inner, "inbox"))
        self.link((self, "signal"), (inner, "control"))
        self.link((inner, "outbox"), (self, "inbox"))
        self.link((inner, "signal"), (self, "control"))
        self.addChildren(inner)
        inner.activate()
        while not inner._isStopped():
            self._passOn()
            self.pause()
            yield 1
        self._passOn()
        self.removeChild(inner)

    def _passOn(self) -> None:
        """Pass on what there is; what finds no room waits."""
        for boxname, own in (("outbox", "inbox"), ("signal", "control")):
            for message in self.Inbox(own):
                self._got[boxname].put(message)
        while self._toPut and not self.outboxes[self._toPut[0][1]].isFull():
            message, way = self._toPut.popleft()
            self.send(message, way)
