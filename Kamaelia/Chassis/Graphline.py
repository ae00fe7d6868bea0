"""Graphlines: components joined by any linkages."""

import warnings
from collections.abc import Generator, Mapping
from difflib import get_close_matches
from typing import Any

from Axon.AxonExceptions import BadLinkage
from Axon.Box import makeOutbox
from Axon.Component import component
from Axon.Ipc import newComponent, producerFinished, shutdownMicroprocess
from Kamaelia.Chassis.Chassis import Chassis

__all__ = ["Graphline", "MissingLinkages", "SuspectLinkage"]

BoxName = tuple[str, str]

_OUTSIDE = ("", "self")  # names by which graphlines usually mean themselves


class MissingLinkages(TypeError, ValueError):  # noqa: N818 - as in Axon
    """A Graphline was made without `linkages`."""


class SuspectLinkage(UserWarning):
    """A linkage is legal, but probably not what was meant."""


class Graphline(Chassis):
    """Components and the linkages between them, as one component.

        Graphline(
            reader=ConsoleReader(),
            echoer=ConsoleEchoer(),
            linkages={
                ("reader", "outbox"): ("echoer", "inbox"),
                ("reader", "signal"): ("echoer", "control"),
            },
        ).run()

    A name that is none of the keywords, `"self"` by custom, means the graphline: as a
    source an inbox of it, as a destination an outbox; they are made if missing.

    It ends when all components have ended. A `control` that is not wired to a
    component reaches the `control` of each component that nothing in here is linked
    to. Where no component is wired to its `signal`, it sends at its end the
    shutdownMicroprocess it got, else a producerFinished.

    Args:
        linkages: (name, outbox) -> (name, inbox).
        boxsizes: (name, inbox) -> how many messages may wait there.
        components: the components by name.

    Attributes:
        layout: the linkages.
        components: the components by name.

    Raises:
        MissingLinkages: `linkages` is missing.
        TypeError: what was given under a name is no component.
        BadLinkage: a component has no such box.
    """

    Outboxes = {**Chassis.Outboxes, "_cs": "for shutdown messages to components"}

    def __init__(
        self,
        /,
        linkages: Mapping[BoxName, BoxName] | None = None,
        boxsizes: Mapping[BoxName, int | None] | None = None,
        **components: Any,
    ) -> None:
        if linkages is None:
            raise MissingLinkages(
                f"{type(self).__name__}: `linkages` is missing; "
                "give it linkages={} if its components are not linked"
            )
        self.layout = dict(linkages)
        self.components = components
        kind = type(self)
        inboxes, outboxes = dict.fromkeys(kind.Inboxes), dict.fromkeys(kind.Outboxes)
        for (name, box), (toname, tobox) in self.layout.items():
            within = self._isOutside(name) and self._isOutside(toname)
            if within:
                warnings.warn(
                    f"{kind.__name__}: ({name!r}, {box!r}) and ({toname!r}, {tobox!r})"
                    " both mean the graphline itself: its outbox now feeds its inbox",
                    SuspectLinkage,
                    stacklevel=2,
                )
            if self._check((name, box), 0):
                (outboxes if within else inboxes)[box] = None
            if self._check((toname, tobox), 1):
                (inboxes if within else outboxes)[tobox] = None
        self.Inboxes = dict(_described(kind.Inboxes, inboxes))
        self.Outboxes = dict(_described(kind.Outboxes, outboxes))
        super().__init__()
        for end, size in (boxsizes or {}).items():
            self._limit(end, size)

    # Building.

    def _isOutside(self, name: str) -> bool:
        """Return whether a name means the graphline itself."""
        return name not in self.components

    def _check(self, end: BoxName, sink: int) -> bool:
        """Check one end of a linkage; return whether it is at the graphline itself.

        Raises:
            TypeError: the part is no component.
            BadLinkage: it has no such box.
        """
        name, box = end
        where = f"{type(self).__name__}: linkage {'to' if sink else 'from'} {end!r}"
        if self._isOutside(name):
            near = get_close_matches(str(name), self.components, 1, 0.75)
            if near and name not in _OUTSIDE:
                warnings.warn(
                    f"{where}: no component is named {name!r}, so this means the "
                    f"graphline itself. Did you mean {near[0]!r}?",
                    SuspectLinkage,
                    stacklevel=3,
                )
            return True
        part = self.components[name]
        if not isinstance(part, component):
            raise TypeError(f"{where}, but {part!r} is no component")
        boxes = part.inboxes if sink else part.outboxes
        if box not in boxes:
            near = get_close_matches(str(box), map(str, boxes), 1)
            kind = "inbox" if sink else "outbox"
            raise BadLinkage(
                f"{where}, but {type(part).__name__} has no {kind} {box!r}; "
                f"it has {', '.join(sorted(map(str, boxes))) or 'none'}."
                + (f" Did you mean {near[0]!r}?" if near else "")
            )
        return False

    def _limit(self, end: BoxName, size: int | None) -> None:
        """Limit an inbox of a component, or of the graphline.

        Raises:
            BadLinkage: there is no such inbox.
        """
        inner = self.layout.get(end, end) if self._isOutside(end[0]) else end
        if not self._isOutside(inner[0]):
            self._check(inner, 1)
            self.components[inner[0]].inboxes[inner[1]].setSize(size)
        elif inner[1] in self.inboxes:
            self.setInboxSize(inner[1], size)
        else:
            raise BadLinkage(
                f"{type(self).__name__}: boxsizes names {end!r}, but there is no such "
                f"inbox; the graphline has {', '.join(sorted(self.inboxes))}."
            )

    # Running.

    def main(self) -> Generator[Any, None, None]:
        """Wire and activate the components, hand on `control`, end when all ended."""
        parts = self.components.values()
        self.addChildren(*parts)
        self._wire()
        yield newComponent(*parts)
        sources = {box for name, box in self.layout if self._isOutside(name)}
        sinks = {box for name, box in self.layout.values() if self._isOutside(name)}
        stop = None
        while True:
            ended = self.childrenDone()  # looked at first: a last message may come
            if "control" not in sources:
                for message in self.Inbox("control"):
                    if _stopsAtOnce(message):
                        stop = message
                    yield from self._tellFreeChildren(message)
            if ended:
                break
            if not self.childrenDone():
                self.pause()
            yield 1
        if "signal" not in sinks:
            last = producerFinished(self) if stop is None else stop
            yield from self.sendWhenSpace(last, "signal")

    def _wire(self) -> None:
        """Make the linkages.

        Raises:
            BoxAlreadyLinkedToDestination: two linkages begin at the same box.
        """
        for (name, box), (toname, tobox) in self.layout.items():
            source = self.components.get(name, self)
            sink = self.components.get(toname, self)
            kind = 0
            if self._isOutside(name) != self._isOutside(toname):
                kind = 1 if self._isOutside(name) else 2
            self.link((source, box), (sink, tobox), passthrough=kind)

    def _tellFreeChildren(self, message: Any) -> Generator[Any, None, None]:
        """Send a message to each child whose `control` nothing here is linked to."""
        for name, part in self.components.items():
            box = f"_cs:{name}"
            if box not in self.outboxes and not self._isFree(name, part):
                continue
            if box not in self.outboxes:
                self.outboxes[box] = makeOutbox(self)
                self.link((self, box), (part, "control"))
            yield from self.sendWhenSpace(message, box)

    def _isFree(self, name: str, part: Any) -> bool:
        """Return whether a child lives and is told to stop by nobody in here."""
        wired = (name, "control") in self.layout.values()
        return part in self._held and not wired and "control" in part.inboxes


def _stopsAtOnce(message: Any) -> bool:
    """Return whether a message is shutdownMicroprocess, an instance or the class."""
    kind = message if isinstance(message, type) else type(message)
    return issubclass(kind, shutdownMicroprocess)


def _described(declared: Any, names: Mapping[str, None]) -> Generator[BoxName]:
    """Yield (name, description) of each box, declared or only named in a linkage."""
    for name in names:
        known = declared.get(name) if isinstance(declared, Mapping) else None
        yield name, known or "joined to a component inside"


__kamaelia_components__ = (Graphline,)
