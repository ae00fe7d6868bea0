"""Linkages: handles that say which box leads to which.

A handle connects nothing by itself; a postoffice (`component.link`) does.
"""

from difflib import get_close_matches
from typing import Any

from Axon.AxonExceptions import BadLinkage
from Axon.boxes import postbox

__all__ = ["linkage"]

_KINDS = {
    0: ("outboxes", "inboxes"),
    1: ("inboxes", "inboxes"),
    2: ("outboxes", "outboxes"),
}


class linkage:
    """Which box of which component leads to which.

    Args:
        source: component whose messages leave.
        sink: component that gets them.
        sourcebox: name of its box.
        sinkbox: name of its box.
        passthrough: 0 outbox to inbox; 1 inbox to inbox (a parent's to a child's);
            2 outbox to outbox (a child's to its parent's).
        pipewidth: limit for the sink box; it stays when the linkage goes.
        synchronous: anything but None limits the sink box to one message.
    """

    __slots__ = (
        "__weakref__",
        "_joined",
        "passthrough",
        "sink",
        "sinkbox",
        "source",
        "sourcebox",
    )

    def __init__(
        self,
        source: Any,
        sink: Any,
        sourcebox: str = "outbox",
        sinkbox: str = "inbox",
        passthrough: int = 0,
        pipewidth: int | None = None,
        synchronous: Any = None,
    ) -> None:
        self.source = source
        self.sink = sink
        self.sourcebox = sourcebox
        self.sinkbox = sinkbox
        self.passthrough = passthrough
        self._joined: postbox | None = None  # the source's box, while it is joined
        if pipewidth is not None:
            self.setSynchronous(pipewidth)
        elif synchronous is not None:
            self.setSynchronous(1)

    def sourcePair(self) -> tuple[Any, str]:
        """Return (component, box name) of the sending end."""
        return self.source, self.sourcebox

    def sinkPair(self) -> tuple[Any, str]:
        """Return (component, box name) of the receiving end."""
        return self.sink, self.sinkbox

    def getSourcebox(self) -> postbox:
        """Return the box that sends.

        Raises:
            BadLinkage: the component has no such box.
        """
        return self._box(self.source, self.sourcebox, 0)

    def getSinkbox(self) -> postbox:
        """Return the box that receives.

        Raises:
            BadLinkage: the component has no such box.
        """
        return self._box(self.sink, self.sinkbox, 1)

    def _box(self, component: Any, name: str, end: int) -> postbox:
        """Return a box of a component, or say which boxes it has."""
        if self.passthrough not in _KINDS:
            raise BadLinkage(
                f"{self}: passthrough is 0, 1 or 2, not {self.passthrough}"
            )
        kind = _KINDS[self.passthrough][end]
        boxes: dict[str, postbox] = getattr(component, kind, {})
        if name in boxes:
            return boxes[name]
        what = kind.replace("boxes", "box")
        hint = ""
        if near := get_close_matches(str(name), [str(known) for known in boxes], 1):
            hint = f" Did you mean {near[0]!r}?"
        raise BadLinkage(
            f"{self}: {getattr(component, 'name', component)} has no {what} {name!r}; "
            f"it has {', '.join(sorted(map(str, boxes))) or 'none'}.{hint}"
        )

    def join(self) -> None:
        """Join the two boxes: for postoffices.

        Raises:
            BadLinkage: a component has no such box.
            BoxAlreadyLinkedToDestination: the source box leads somewhere already.
        """
        source, sink = self.getSourcebox(), self.getSinkbox()
        sink.addsource(source)
        self._joined = source

    def part(self) -> None:
        """Cut the two boxes apart, if they are joined by this: for postoffices."""
        source, self._joined = self._joined, None
        if source is None:
            return
        is_box = hasattr(source, "target")  # else it looks like one, in tests
        sink = source.target if is_box else self.getSinkbox()
        if sink is not None:
            sink.removesource(source)

    def setSynchronous(self, pipewidth: int | None = None) -> None:
        """Limit the receiving box to `pipewidth` messages, 1 if None."""
        self.getSinkbox().setSize(1 if pipewidth is None else pipewidth)

    def setShowTransit(self, show: bool = True, tag: str | None = None) -> None:
        """Print each message that passes, or stop doing so."""
        self.getSourcebox().setShowTransit(show, tag or str(self))

    def passed(self) -> int:
        """Return how many messages passed while counting was on."""
        total, pending = 0, [self.getSourcebox()]
        while pending:
            box = pending.pop()
            total += box.passed
            pending += box.sources
        return total

    def __str__(self) -> str:
        return (
            f"Link( source:[{_name(self.source)},{self.sourcebox}], "
            f"sink:[{_name(self.sink)},{self.sinkbox}] )"
        )

    def short_str(self) -> str:
        """Return the same without the modules."""
        source, sink = (
            _name(end).rsplit(".", 1)[-1] for end in (self.source, self.sink)
        )
        return (
            f"Link( source:[{source},{self.sourcebox}], sink:[{sink},{self.sinkbox}] )"
        )


def _name(component: Any) -> str:
    """Return the name of a component."""
    return str(getattr(component, "name", component))
