"""The layers over one connection: what a server's `protocol` makes when there are many.

    def protocol(**ends):
        return Layers(
            framing=Framing(),
            session=Session(),
            linkages={
                ("self", "inbox"): ("framing", "inbox"),
                ("framing", "heard"): ("session", "inbox"),
                ("session", "outbox"): ("framing", "talk"),
                ("framing", "outbox"): ("self", "outbox"),
                ("self", "control"): ("framing", "control"),
                ("framing", "signal"): ("session", "control"),
                ("session", "signal"): ("framing", "control"),
            },
        )

It is written, and behaves, like the Graphline of the same arguments. But ServerCore
links the components straight to the connection: there is no component in between, which
would take as much memory as each of those inside.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from Axon.AxonExceptions import BadLinkage
from Axon.Linkage import linkage

__all__ = ["Layers"]

BoxName = tuple[str, str]

_OUTSIDE: Final = "self"
_STOP: Final = (_OUTSIDE, "control")  # nobody's box: messages are put further on
_ENDS: Final = {
    (_OUTSIDE, "inbox"): "outbox",  # of what carries the connection
    (_OUTSIDE, "outbox"): "inbox",
    (_OUTSIDE, "signal"): "control",
}
_ALONE: Final = {
    (_OUTSIDE, "inbox"): ("handler", "inbox"),
    ("handler", "outbox"): (_OUTSIDE, "outbox"),
    ("handler", "signal"): (_OUTSIDE, "signal"),
    _STOP: ("handler", "control"),
}


@lru_cache(maxsize=256)
def _shared(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return these names: one object for all that are alike."""
    return names


class Layers:
    """Components over a connection, and the linkages between them.

    Args:
        linkages: (name, outbox) -> (name, inbox), as of a Graphline; `"self"` means the
            connection as a component inside sees it: its `inbox` gives what the peer
            sent, its `outbox` takes what the peer is to get, its `control` gives stop
            messages, its `signal` takes one. The mapping is kept, not copied.
        boxsizes: (name, inbox) -> how many messages may wait there.
        components: the components by name.

    Raises:
        BadLinkage: a linkage names no component of these.
        TypeError: something given is no component.
    """

    __slots__ = ("_names", "_parts", "linkages")

    def __init__(
        self,
        /,
        linkages: Mapping[BoxName, BoxName],
        boxsizes: Mapping[BoxName, int | None] | None = None,
        **components: Any,
    ) -> None:
        self.linkages = linkages
        # Not the dictionary: in thousands of layers that would be felt.
        self._parts = tuple(components.values())
        self._names = _shared(tuple(components))
        for name, part in components.items():
            if not (hasattr(part, "inboxes") and hasattr(part, "outboxes")):
                raise TypeError(
                    f"Layers: {name!r} is {part!r}, which is no component: the "
                    "protocol is to return one, or Layers of several"
                )
        for ends in linkages.items():
            for name, _ in ends:
                if name not in components and name != _OUTSIDE:
                    raise BadLinkage(
                        f"Layers: linkage {ends!r}: there is no component {name!r}; "
                        f"there are {', '.join(sorted(components))} and 'self'"
                    )
        for end, size in (boxsizes or {}).items():
            name, box = linkages.get(end, end) if end[0] == _OUTSIDE else end
            components[name].inboxes[box].setSize(size)

    @property
    def components(self) -> dict[str, Any]:
        """The components by name: made anew each time."""
        return dict(zip(self._names, self._parts, strict=True))

    @property
    def parts(self) -> tuple[Any, ...]:
        """The components."""
        return self._parts

    def component(self, name: str) -> Any:
        """Return a component.

        Raises:
            KeyError: there is none of this name.
        """
        try:
            return self._parts[self._names.index(name)]
        except ValueError:
            raise KeyError(name) from None

    @classmethod
    def of(cls, handler: Any) -> "Layers":
        """Return layers as they are, and a single component as one layer."""
        return handler if isinstance(handler, cls) else cls(_ALONE, handler=handler)

    def join(self, connection: Any) -> None:
        """Link everything, to each other and to what carries the connection.

        Raises:
            BadLinkage: a component has no such box.
            BoxAlreadyLinkedToDestination: two linkages begin at the same box.
        """
        for made in self.made(connection):
            made.join()

    def part(self, connection: Any, ended: Any) -> None:
        """Cut the linkages of a component that has ended."""
        for made in self.made(connection):
            if ended is made.source or ended is made.sink:
                _cut(made)

    def cut(self, connection: Any, thelinkage: linkage) -> None:
        """Cut one linkage, if it is one of these."""
        ends = thelinkage.sourcePair(), thelinkage.sinkPair()
        for made in self.made(connection):
            if (made.sourcePair(), made.sinkPair()) == ends:
                _cut(made)

    def standing(self, connection: Any) -> Iterator[linkage]:
        """Yield the linkages that were not cut."""
        return filter(_stands, self.made(connection))

    def made(self, connection: Any) -> Iterator[linkage]:
        """Yield the linkages, made anew each time: kept, they would fill memory."""
        for source, sink in self.linkages.items():
            if source != _STOP:
                yield linkage(
                    self._at(source, connection),
                    self._at(sink, connection),
                    _ENDS.get(source, source[1]),
                    _ENDS.get(sink, sink[1]),
                )

    def _at(self, end: BoxName, connection: Any) -> Any:
        """Return the component at one end of a linkage."""
        return connection if end[0] == _OUTSIDE else self.component(end[0])

    def rest(self) -> None:
        """Give back the memory of inboxes that are empty: now and then, if at all."""
        for part in self._parts:
            for box in part.inboxes.values():
                box.rest()

    def tell(self, message: Any) -> None:
        """Put a message for `control` where it is wanted.

        That is, as in a Graphline: where the linkages say; if they don't, to each
        component whose `control` nothing in here is linked to.

        Raises:
            noSpaceInBox: there is no room.
        """
        if _STOP in self.linkages:
            name, box = self.linkages[_STOP]
            self.component(name)._deliver(message, box)
            return
        wired = set(self.linkages.values())
        for name, part in self.components.items():
            if "control" in part.inboxes and (name, "control") not in wired:
                part._deliver(message, "control")


def _stands(made: linkage) -> bool:
    """Return whether the boxes of a linkage are there still, and joined."""
    source = made.source.outboxes.get(made.sourcebox)
    sink = made.sink.inboxes.get(made.sinkbox)
    return sink is not None and source is not None and source.target is sink


def _cut(made: linkage) -> None:
    """Cut a linkage, unless it was cut before."""
    if _stands(made):
        made.getSinkbox().removesource(made.getSourcebox())
