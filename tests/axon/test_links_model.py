"""Boxes joined and cut at random behave as a simple model does."""

from collections import deque
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
inbox = st.integers(3, SIZE - 1)
actions = st.one_of(
    st.tuples(st.just("join"), box, box),
    st.tuples(st.just("cut"), box),
    st.tuples(st.just("send"), box, st.integers(0, 99)),
    st.tuples(st.just("take"), inbox),
    st.tuples(st.just("limit"), inbox, st.none() | st.integers(0, 3)),
)


class Model:
    """Says what boxes should do, slowly and plainly."""

    def __init__(self) -> None:
        self.target: dict[int, int] = {}
        self.kept: list[deque[int]] = [deque() for _ in range(SIZE)]
        self.limits: list[int | None] = [None] * SIZE

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
        else:
            return boxes[values[0]].pop(0)
    except (AxonException, IndexError) as error:
        return type(error)
    return None


@settings(max_examples=150, deadline=None)
@given(st.lists(actions, max_size=40))
def test_boxes_do_what_the_model_says(steps: list[tuple[Any, ...]]) -> None:
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
        else:
            expected = getattr(model, name)(*values)
        woken.clear()
        assert perform(boxes, name, *values) == expected
        if name == "send":
            end = model.end(values[0])
            assert woken == ([end] if end >= 3 and expected is None else [])
        elif name == "take" and expected is not IndexError:
            end = model.end(values[0])
            assert sorted(woken) == [n for n in range(3) if model.end(n) == end]
        for number, made in enumerate(boxes):
            assert list(made.storage) == list(model.kept[number])
            assert made.sink is boxes[model.end(number)]
