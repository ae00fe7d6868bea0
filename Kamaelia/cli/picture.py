"""A picture of a graph in text: components stacked, linkages between them.

    ┌──────────────────────────┐
    │ SNACExchanger            │
    └──────────────────────────┘
      │ outbox        ▲ inbox
      ▼ talk          │ heard
    ┌──────────────────────────┐
    │ OSCARProtocol            │
    └──────────────────────────┘

Linkages between components that do not stand next to each other are listed below.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Link", "draw_graph"]


class Link(NamedTuple):
    """A linkage: which box of which component leads to which."""

    source: str
    source_box: str
    sink: str
    sink_box: str


def draw_graph(names: Mapping[str, str], links: Sequence[Link]) -> str:
    """Return a picture of components and their linkages.

    Args:
        names: component -> what to write in its box, in the order in which to stack
            them where the linkages leave a choice.
        links: linkages between them; those to unknown components are left out.

    Returns:
        Lines without trailing spaces.
    """
    links = [link for link in links if link.source in names and link.sink in names]
    order = _stack(list(names), links)
    drawn: set[Link] = set()
    gaps: list[list[str]] = []
    for upper, lower in pairwise(order):
        between = [link for link in links if {link.source, link.sink} == {upper, lower}]
        drawn |= set(between)
        gaps.append(_arrows(between, upper))
    inner = max(
        [len(text) for text in names.values()]
        + [len(line) - 2 for gap in gaps for line in gap],
        default=0,
    )
    lines: list[str] = []
    for number, key in enumerate(order):
        lines += _box(names[key], inner)
        lines += gaps[number] if number < len(gaps) else []
    others = [link for link in links if link not in drawn]
    if others:
        lines += ["", "also:"]
        lines += [
            f"  {names[link.source]} {link.source_box} → "
            f"{names[link.sink]} {link.sink_box}"
            for link in others
        ]
    return "\n".join(line.rstrip() for line in lines)


def _stack(keys: list[str], links: Sequence[Link]) -> list[str]:
    """Return the components so that linked ones stand next to each other."""
    order: list[str] = []
    while len(order) < len(keys):
        last = order[-1] if order else None
        near = [
            key
            for link in links
            if last in (link.source, link.sink)
            for key in (link.sink, link.source)
            if key not in order
        ]
        rest = [key for key in keys if key not in order]
        order.append(max(near, key=near.count) if near else rest[0])
    return order


def _box(text: str, inner: int) -> list[str]:
    """Return a box around a text."""
    edge = "─" * (inner + 2)
    return [f"┌{edge}┐", f"│ {text:{inner}} │", f"└{edge}┘"]


def _arrows(links: Sequence[Link], upper: str) -> list[str]:
    """Return two lines of arrows between two boxes; one empty line if none."""
    if not links:
        return [""]
    above, below = " ", " "
    for link in links:
        down = link.source == upper
        head = f" │ {link.source_box}" if down else f" ▲ {link.sink_box}"
        foot = f" ▼ {link.sink_box}" if down else f" │ {link.source_box}"
        width = max(len(head), len(foot)) + 2
        above += head.ljust(width)
        below += foot.ljust(width)
    return [above.rstrip(), below.rstrip()]
