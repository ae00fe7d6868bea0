"""Boxes joined and cut at random behave as a simple model does."""

from collections import deque
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from Axon.AxonExceptions import (
    AxonException,
    BoxAlreadyLinkedToDestination,
    noSpaceInBox,
)
from Axon.boxes import postbox

SIZE = 6  # boxes 0-2 are outboxes, 3-5 are inboxes
box = st.integers(0, SIZE - 1)
outbox = st.integers(0, 2)
inbox = st.integers(3, SIZE - 1)
few = st.just(3) | inbox  # much happens at one box
usual = (
    st.tuples(st.just("join"), outbox, few),
    st.tuples(st.just("cut"), box),
    st.tuples(st.just("send"), outbox, st.integers(0, 99)),
    st.tuples(st.just("drain"), few, st.sampled_from(("release", "rest"))),
)
others = (
    st.tuples(st.just("join"), box, box),
    st.tuples(st.just("send"), box, st.integers(0, 99)),
    st.tuples(st.just("take"), inbox),
    st.tuples(st.just("limit"), inbox, st.none() | st.integers(0, 3)),
    st.tuples(st.just("release"), inbox),
)
seldom = (
    st.tuples(st.just("show"), box, st.booleans()),
    st.tuples(st.just("count"), st.booleans(), st.permutations(range(SIZE))),
)
programs = (
    st.lists(st.one_of(*usual), min_size=30, max_size=80)
    | st.lists(st.one_of(*usual, *others), max_size=80)
    | st.lists(st.one_of(*usual, *others, *seldom), max_size=80)
)


class Model:
    """Says what boxes should do, slowly and plainly."""

    def __init__(self) -> None:
        self.target: dict[int, int] = {}
        self.kept: list[deque[int]] = [deque() for _ in range(SIZE)]
        self.limits: list[int | None] = [None] * SIZE
        self.shown: set[int] = set()

    def end(self, at: int) -> int:
        while at in self.target:
            at = self.target[at]
        return at

    def join(self, source: int, sink: int) -> type[Exception] | None:
        if source in self.target:
            return BoxAlreadyLinkedToDestination
        if self.end(sink) == source:
            return AxonException
        self.target[source] = sink
        waiting, self.kept[source] = self.kept[source], deque()
        if self.end(sink) >= 3:
            self.kept[self.end(sink)] += waiting
        return None

    def send(self, at: int, message: int) -> type[Exception] | None:
        end = self.end(at)
        if end < 3:
            return None
        limit = self.limits[end]
        if limit is not None and len(self.kept[end]) >= limit:
            return noSpaceInBox
        self.kept[end].append(message)
        return None

    def take(self, at: int) -> Any:
        kept = self.kept[self.end(at)]
        return kept.popleft() if kept and self.end(at) >= 3 else IndexError

    def drain(self, at: int, way: str) -> list[int]:
        taken, self.kept[at] = list(self.kept[at]), deque()
        return taken


def perform(boxes: list[postbox], name: str, *values: Any) -> Any:
    """Do with the boxes what the model did; return what came of it."""
    try:
        if name == "join":
            boxes[values[1]].addsource(boxes[values[0]])
        elif name == "cut":
            target = boxes[values[0]].target
            if target is not None:
                target.removesource(boxes[values[0]])
        elif name == "send":
            boxes[values[0]].append(values[1])
        elif name == "limit":
            boxes[values[0]].setSize(values[1])
        elif name == "drain":  # what components do before they pause
            made = boxes[values[0]]
            taken = [made.storage.popleft() for _ in range(made.local_len())]
            getattr(made, values[1])()
            return taken
        elif name == "release":
            boxes[values[0]].release()
        elif name == "show":
            boxes[values[0]].setShowTransit(values[1], "shown")
        elif name == "count":
            postbox.counting = values[0]
            for number in values[1]:
                boxes[number].resolve()
        else:
            return boxes[values[0]].pop(0)
    except (AxonException, IndexError) as error:
        return type(error)
    return None


@settings(max_examples=400, deadline=None)
@given(programs)
def test_boxes_do_what_the_model_says(steps: list[tuple[Any, ...]]) -> None:
    try:
        with redirect_stdout(StringIO()) as printed:
            follow(steps, printed)
    finally:
        postbox.counting = False


def follow(steps: list[tuple[Any, ...]], printed: StringIO) -> None:
    """Do the steps with boxes and with a model, and compare the two after each."""
    model = Model()
    woken: list[int] = []
    boxes = [
        postbox(lambda number=number: woken.append(number), number >= 3)
        for number in range(SIZE)
    ]
    for name, *values in steps:
        expected: Any = None
        if name == "cut":
            model.target.pop(values[0], None)
        elif name == "limit":
            model.limits[values[0]] = values[1]
        elif name == "show":
            (model.shown.add if values[1] else model.shown.discard)(values[0])
        elif name in ("join", "send", "take", "drain"):
            expected = getattr(model, name)(*values)
        woken.clear()
        lines, counts = len(printed.getvalue()), [made.passed for made in boxes]
        assert perform(boxes, name, *values) == expected
        if name == "send":
            end = model.end(values[0])
            stored = end >= 3 and expected is None
            assert woken == ([end] if stored else [])
            shown = expected is None and values[0] in model.shown
            assert (len(printed.getvalue()) > lines) == shown
            if postbox.counting and stored:
                counts[values[0]] += 1
                assert [made.passed for made in boxes] == counts
        elif name == "take" and expected is not IndexError:
            end = model.end(values[0])
            assert sorted(woken) == [n for n in range(3) if model.end(n) == end]
        elif name not in ("join", "cut"):
            assert woken == []
        for number, made in enumerate(boxes):
            assert list(made.storage) == list(model.kept[number])
            assert made.sink is boxes[model.end(number)]
