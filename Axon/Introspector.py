"""Which components there are, how they are linked, and what passes.

`snapshot` gives it as data; the component `Introspector` as lines of text that say
what changed, which the Axon visualiser draws. Counting is off until `count` turns it
on: then each linkage counts its messages and each component its steps and its time.
"""

from collections.abc import Generator, Iterable, Iterator
from time import perf_counter
from typing import Any, NamedTuple

from Axon.boxes import postbox, watchers
from Axon.Component import component
from Axon.Ipc import shutdownMicroprocess
from Axon.Scheduler import scheduler

__all__ = [
    "BoxId",
    "BoxInfo",
    "ComponentInfo",
    "Introspector",
    "LinkInfo",
    "Topology",
    "count",
    "snapshot",
]


class BoxId(NamedTuple):
    """Which box: of which component, "i" or "o", and its name."""

    component: int
    kind: str
    name: str


class BoxInfo(NamedTuple):
    """A box: messages that wait in it, and how many may (None: no limit)."""

    box: BoxId
    waiting: int
    limit: int | None


class LinkInfo(NamedTuple):
    """A linkage: from where to where; messages that passed while counting was on."""

    source: BoxId
    sink: BoxId
    passthrough: int
    passed: int


class ComponentInfo(NamedTuple):
    """A component; its steps and seconds of work while counting was on."""

    id: int
    name: str
    asleep: bool
    steps: int
    seconds: float


class Topology(NamedTuple):
    """Everything that a scheduler knows, and what is linked to it."""

    components: list[ComponentInfo]
    boxes: list[BoxInfo]
    links: list[LinkInfo]


def snapshot(runner: Any = None) -> Topology:
    """Return the components of a scheduler, the default one if None, and their links.

    Components that are not activated but linked to others belong to it too.
    """
    found = _reachable(runner or scheduler.run)
    components, boxes = [], []
    for item in found:
        steps, seconds = getattr(item, "_axon_meter", (0, 0.0))
        asleep = bool(item._axon_asleep)
        components.append(ComponentInfo(item.id, item.name, asleep, steps, seconds))
        boxes += [
            BoxInfo(BoxId(item.id, kind, name), box.local_len(), box.getSize())
            for kind, name, box in _boxes(item)
        ]
    links = [
        LinkInfo(*_ends(made), made.passthrough, made.passed())
        for item in found
        for made in _linkages(item)
    ]
    return Topology(components, boxes, links)


def count(on: bool = True, runner: Any = None) -> None:
    """Begin to count messages, steps and time, or stop; numbers stay and go on.

    Args:
        on: whether to count.
        runner: a scheduler, the default one if None. Its steps are counted; messages
            are counted in all.
    """
    runner = runner or scheduler.run
    runner._queue.watch = _measured if on else None
    postbox.counting = on
    for item in _reachable(runner):
        for _, _, box in _boxes(item):
            box.resolve()


def _measured(item: Any) -> Any:
    """Step a task and count it."""
    begun = perf_counter()
    try:
        return item._axon_step(None)
    finally:
        steps, seconds = getattr(item, "_axon_meter", (0, 0.0))
        item._axon_meter = steps + 1, seconds + perf_counter() - begun


def _linkages(item: component) -> list[Any]:
    """Return the linkages that a component made."""
    return item.postoffice.linkages if "postoffice" in item.__dict__ else []


def _boxes(item: component) -> Iterator[tuple[str, str, postbox]]:
    """Yield (kind, name, box) of a component."""
    for name, box in list(item.inboxes.items()):
        yield "i", name, box
    for name, box in list(item.outboxes.items()):
        yield "o", name, box


def _ends(made: Any) -> tuple[BoxId, BoxId]:
    """Return the boxes that a linkage joins."""
    source, sink = made.sourcePair(), made.sinkPair()
    kinds = {0: "oi", 1: "ii", 2: "oo"}[made.passthrough]
    return (
        BoxId(source[0].id, kinds[0], source[1]),
        BoxId(sink[0].id, kinds[1], sink[1]),
    )


def _reachable(runner: Any) -> list[component]:
    """Return the components a scheduler knows and those linked to them."""
    pending = [item for item in runner.threads if isinstance(item, component)]
    found = dict.fromkeys(pending)
    while pending:
        for made in _linkages(pending.pop()):
            for end in (made.source, made.sink):
                if end not in found:
                    found[end] = None
                    pending.append(end)
    return list(found)


class Introspector(component):
    """Tells what changes among the components of its scheduler, as lines of text.

    The first message is `DEL ALL`; each further one has the lines of one change: `ADD`
    or `DEL`, then `NODE id name randompos component|inbox|outbox` or `LINK from to`.
    It sleeps until components come or go or linkages are made or cut.

    Args:
        interval: seconds between two looks at least.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "lines of text: what is there, then what changed",
        "signal": "shutdownMicroprocess, passed on",
    }
    interval = 0.05

    def main(self) -> Generator[int, None, None]:
        """Look whenever something has changed."""
        self.send("DEL ALL\n", "outbox")
        nodes: dict[str, str] = {}
        links: dict[str, None] = {}
        watchers.append(self.unpause)
        try:
            while (stop := self._shutdown()) is None:
                new_nodes, new_links = self._lines()
                text = _difference(nodes, new_nodes, links, new_links)
                nodes, links = new_nodes, new_links
                if text:
                    self.send(text, "outbox")
                    yield from self._rest()
                else:
                    self.pause()
                    yield 1
        finally:
            watchers.remove(self.unpause)
        self.send(stop, "signal")

    def _shutdown(self) -> Any:
        """Return the shutdownMicroprocess that came; others are dropped."""
        for message in self.Inbox("control"):
            kind = message if isinstance(message, type) else type(message)
            if issubclass(kind, shutdownMicroprocess):
                return message
        return None

    def _rest(self) -> Generator[int, None, None]:
        """Sleep for the interval, or until told to stop."""
        over: list[bool] = []

        def wake() -> None:
            over.append(True)
            self.wake()

        timer = self.scheduler.loop.call_later(self.interval, wake)
        try:
            while not over and not self.dataReady("control"):
                self.pause()
                yield 1
        finally:
            timer.cancel()

    def introspect(
        self,
    ) -> tuple[dict[int, str], list[BoxId], dict[tuple[BoxId, BoxId], int]]:
        """Return components, boxes and linkages.

        Returns:
            Id -> name of the components; ids of the boxes; (box id, box id) -> messages
            that passed while counting was on.
        """
        found = snapshot(getattr(self.scheduler, "threads", None) and self.scheduler)
        return (
            {info.id: info.name for info in found.components},
            [info.box for info in found.boxes],
            {(info.source, info.sink): info.passed for info in found.links},
        )

    def _lines(self) -> tuple[dict[str, str], dict[str, None]]:
        """Return the nodes, as id -> rest of the line, and the links as lines."""
        components, boxes, pipes = self.introspect()
        nodes = {
            f'"{ident}"': f'"{name}" randompos component'
            for ident, name in components.items()
        }
        links: dict[str, None] = {}
        for box in boxes:
            kind = "inbox" if box.kind == "i" else "outbox"
            nodes[f'"{tuple(box)}"'] = f'"{box.name}" randompos {kind}'
            links[f'"{box.component}" "{tuple(box)}"'] = None
        for source, sink in pipes:
            links[f'"{tuple(source)}" "{tuple(sink)}"'] = None
        return nodes, links


def _difference(
    nodes: dict[str, str],
    new_nodes: dict[str, str],
    links: Iterable[str],
    new_links: Iterable[str],
) -> str:
    """Return the lines that lead from one topology to another: links go first."""
    links, new_links = dict.fromkeys(links), dict.fromkeys(new_links)
    lines = [f"DEL LINK {link}" for link in links if link not in new_links]
    lines += [f"DEL NODE {node}" for node in nodes if node not in new_nodes]
    lines += [
        f"ADD NODE {node} {rest}"
        for node, rest in new_nodes.items()
        if node not in nodes
    ]
    lines += [f"ADD LINK {link}" for link in new_links if link not in links]
    return "".join(line + "\n" for line in lines)


__kamaelia_components__ = (Introspector,)
