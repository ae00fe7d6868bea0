"""Boxes and linkages: what arrives where, who is woken, what is refused."""

from collections.abc import Generator
from typing import Any

import pytest

from Axon import Box
from Axon.AxonExceptions import (
    AxonException,
    BoxAlreadyLinkedToDestination,
    noSpaceInBox,
)
from Axon.Box import makeInbox, makeOutbox
from Axon.Component import component
from Axon.Linkage import linkage
from Axon.Postoffice import postoffice
from tests.axon.helpers import Gen, Sleeper, fresh, rounds


@pytest.fixture
def pair() -> tuple[component, component]:
    return component(), component()


def test_an_unlinked_outbox_drops(pair: tuple[component, component]) -> None:
    one, two = pair
    one.send("lost")
    one.link((one, "outbox"), (two, "inbox"))
    one.send("kept")
    assert list(two.Inbox()) == ["kept"]


def test_messages_arrive_at_once_in_order_as_they_are(
    pair: tuple[component, component],
) -> None:
    one, two = pair
    one.link((one, "outbox"), (two, "inbox"))
    thing = [1]
    for message in (thing, 2, 3):
        one.send(message)
    assert two.dataReady() == 3
    assert two.anyReady() == "inbox"
    assert two.recv() is thing
    assert [two.recv(), two.recv()] == [2, 3]
    assert two.anyReady() is False


def test_what_arrives_while_an_inbox_is_emptied_is_included() -> None:
    one = component()
    one._deliver(3)
    seen = []
    for number in one.Inbox():
        seen.append(number)
        if number:
            one._deliver(number - 1)
    assert seen == [3, 2, 1, 0]


def test_unknown_and_empty_boxes(pair: tuple[component, component]) -> None:
    one, _ = pair
    for wrong in (
        lambda: one.send(1, "none"),
        lambda: one.recv("none"),
        lambda: one.dataReady("none"),
        lambda: one._deliver(1, "none"),
    ):
        with pytest.raises(KeyError):
            wrong()
    with pytest.raises(IndexError):
        one.recv()


def test_any_ready_reports_a_box_without_a_name_as_true() -> None:
    class Nameless(component):
        Inboxes = ["", "control"]

    nameless = Nameless()
    nameless._deliver(1, "")
    assert nameless.anyReady() is True


@pytest.mark.parametrize("reverse", [False, True])
def test_chains_of_any_mix_lead_to_the_end(reverse: bool) -> None:
    a, b, c, d, e = (component() for _ in range(5))
    links: list[Any] = [
        ((a, "outbox"), (b, "outbox"), 2),
        ((b, "outbox"), (c, "outbox"), 2),
        ((c, "outbox"), (d, "inbox"), 0),
        ((d, "inbox"), (e, "inbox"), 1),
        ((e, "inbox"), (a, "inbox"), 1),
    ]
    for source, sink, passthrough in reversed(links) if reverse else links:
        a.link(source, sink, passthrough=passthrough)
    a.send("x")
    assert [i.dataReady() for i in (a, b, c, d, e)] == [1, 0, 0, 0, 0]
    assert len(a.outboxes["outbox"]) == len(c.outboxes["outbox"]) == 1
    a.unlink(c)
    a.send("lost")
    c.send("lost too")
    assert list(a.Inbox()) == ["x"]


def test_a_backlog_moves_on_when_its_box_is_passed_through(
    pair: tuple[component, component],
) -> None:
    parent, child = pair
    parent._deliver(1)
    parent._deliver(2)
    made = parent.link((parent, "inbox"), (child, "inbox"), 1)
    parent._deliver(3)
    assert parent.dataReady() == 0
    parent.unlink(thelinkage=made)
    parent._deliver(4)
    assert list(child.Inbox()) == [1, 2, 3]
    assert list(parent.Inbox()) == [4]


def test_a_backlog_wakes_who_gets_it() -> None:
    runner, parent = fresh(), component()
    sleeper = Sleeper().activate(runner)
    parent._deliver(1)
    rounds(runner, 2)
    parent.link((parent, "inbox"), (sleeper, "inbox"), passthrough=1)
    rounds(runner, 1)
    assert sleeper.steps == 2


def test_a_box_has_one_target_and_any_number_of_sources(
    pair: tuple[component, component],
) -> None:
    one, two = pair
    one.link((one, "outbox"), (two, "inbox"))
    with pytest.raises(BoxAlreadyLinkedToDestination):
        one.link((one, "outbox"), (two, "control"))
    one.link((one, "signal"), (two, "inbox"))
    one.link((two, "outbox"), (two, "inbox"))
    one.send(1, "signal")
    two.send(2)
    one.send(3)
    assert list(two.Inbox()) == [1, 2, 3]


def test_a_circle_of_passthroughs_is_refused(
    pair: tuple[component, component],
) -> None:
    one, two = pair
    one.link((one, "inbox"), (two, "inbox"), passthrough=1)
    with pytest.raises(AxonException, match="circle"):
        one.link((two, "inbox"), (one, "inbox"), passthrough=1)


def test_a_wrong_box_is_named_with_those_there_are(
    pair: tuple[component, component],
) -> None:
    one, two = pair
    with pytest.raises(KeyError, match="Did you mean 'outbox'"):
        one.link((one, "outbx"), (two, "inbox"))
    with pytest.raises(KeyError, match=r"no inbox 'none'; it has control, inbox\."):
        one.link((one, "outbox"), (two, "none"))
    assert one.postoffice.linkages == []


# Limits.


def test_a_full_box_refuses_and_one_taken_makes_room() -> None:
    one = component()
    one.setInboxSize("inbox", 2)
    one._deliver(1)
    one._deliver(2)
    with pytest.raises(noSpaceInBox) as caught:
        one._deliver(3)
    assert caught.value.args == (2, 2)
    assert one.dataReady() == 2
    one.recv()
    one._deliver(4)
    with pytest.raises(noSpaceInBox):
        one._deliver(5)
    assert list(one.Inbox()) == [2, 4]


def test_no_message_fits_into_a_box_of_size_0() -> None:
    one = component()
    one.setInboxSize("inbox", 0)
    with pytest.raises(noSpaceInBox):
        one._deliver(1)
    one.setInboxSize("inbox", None)
    one._deliver(1)
    with pytest.raises(ValueError, match="cannot be -1"):
        one.setInboxSize("inbox", -1)


def test_a_limit_counts_at_the_end_of_a_chain_only(
    pair: tuple[component, component],
) -> None:
    outer, inner = pair
    outer.setInboxSize("inbox", 1)
    made = outer.link((outer, "inbox"), (inner, "inbox"), passthrough=1)
    for number in range(5):
        outer._deliver(number)
    assert inner.dataReady() == 5
    outer.unlink(thelinkage=made)
    outer._deliver(1)
    with pytest.raises(noSpaceInBox):
        outer._deliver(2)


def test_all_sources_see_the_same_limit() -> None:
    one, two, sink = component(), component(), component()
    one.link((one, "outbox"), (sink, "inbox"), pipewidth=2)
    one.link((two, "outbox"), (sink, "inbox"))
    one.send(1)
    two.send(2)
    assert one.outboxes["outbox"].isFull()
    for full in (one, two):
        with pytest.raises(noSpaceInBox):
            full.send(3)


def test_pipewidth_and_synchronous_limit_the_sink_for_good(
    pair: tuple[component, component],
) -> None:
    one, two = pair
    one.link((one, "outbox"), (two, "inbox"), pipewidth=3)
    one.link((one, "signal"), (two, "control"), synchronous=True)
    one.unlink(two)
    assert two.inboxes["inbox"].getSize() == 3
    assert two.inboxes["control"].getSize() == 1


# Whom a message wakes: postboxes by themselves.


class Woken:
    def __init__(self) -> None:
        self.names: list[str] = []

    def inbox(self, name: str) -> Any:
        return makeInbox(lambda: self.names.append(name))

    def outbox(self, name: str) -> Any:
        return makeOutbox(lambda: self.names.append(name))

    def take(self) -> list[str]:
        found, self.names = self.names, []
        return sorted(found)


def test_delivery_wakes_the_owner_of_the_last_inbox_only() -> None:
    woken = Woken()
    out, first, last = woken.outbox("out"), woken.inbox("first"), woken.inbox("last")
    first.addsource(out)
    last.addsource(first)
    out.append(1)
    assert woken.take() == ["last"]
    first.append(2)
    assert woken.take() == ["last"]


def test_collection_wakes_the_owners_of_all_outboxes_in_the_chain() -> None:
    woken = Woken()
    inner, outer = woken.outbox("inner"), woken.outbox("outer")
    first, last = woken.inbox("first"), woken.inbox("last")
    outer.addsource(inner)
    first.addsource(outer)
    last.addsource(first)
    inner.append(1)
    woken.take()
    assert last.pop(0) == 1
    assert woken.take() == ["inner", "outer"]


def test_linkages_count_as_they_stand_at_collection() -> None:
    woken = Woken()
    one, two, sink = woken.outbox("one"), woken.outbox("two"), woken.inbox("sink")
    sink.addsource(one)
    one.append(1)
    one.append(2)
    sink.removesource(one)
    sink.addsource(two)
    woken.take()
    sink.pop(0)
    assert woken.take() == ["two"]
    sink.addsource(one)
    sink.pop(0)
    assert woken.take() == ["one", "two"]


def test_each_of_several_sources_is_woken() -> None:
    woken = Woken()
    sink = woken.inbox("sink")
    boxes = [woken.outbox(str(number)) for number in range(3)]
    for box in boxes:
        sink.addsource(box)
    boxes[1].append("x")
    woken.take()
    boxes[2].pop(0)  # from the far end
    assert woken.take() == ["0", "1", "2"]


def test_an_inbox_without_a_linkage_wakes_its_owner_only() -> None:
    woken = Woken()
    box = woken.inbox("box")
    box.append(1)
    assert woken.take() == ["box"]
    box.pop(0)
    assert woken.take() == []


def test_a_chain_cut_in_the_middle_wakes_each_half_by_itself() -> None:
    woken = Woken()
    out, middle, last = woken.outbox("out"), woken.inbox("middle"), woken.inbox("last")
    middle.addsource(out)
    last.addsource(middle)
    last.removesource(middle)
    out.append(1)
    assert woken.take() == ["middle"]
    last.append(2)
    assert woken.take() == ["last"]
    last.pop(0)
    assert woken.take() == []
    middle.pop(0)
    assert woken.take() == ["out"]


def test_a_message_kept_at_the_far_end_stays_when_the_link_is_cut() -> None:
    out, sink = makeOutbox(None), makeInbox(None)
    sink.addsource(out)
    out.append(1)
    sink.removesource(out)
    assert (len(out), len(sink), sink.local_len()) == (0, 1, 1)
    with pytest.raises(IndexError):
        out.pop(0)
    with pytest.raises(ValueError, match="oldest"):
        sink.pop(1)


# Waiting for room.


def test_send_when_space_sleeps_until_there_is_room() -> None:
    def act(self: Any) -> Generator[int, None, None]:
        for number in range(4):
            yield from self.sendWhenSpace(number)
            sent.append(number)

    sent: list[int] = []
    runner, sink, sender = fresh(), component(), Gen(act)
    sender.link((sender, "outbox"), (sink, "inbox"), pipewidth=1)
    sender.activate(runner)
    rounds(runner, 3)
    assert sent == [0]
    assert runner.isThreadPaused(sender)
    for number in range(4):
        assert sink.recv() == number
        rounds(runner, 2)
    assert sent == [0, 1, 2, 3]


def test_a_sender_that_paused_is_woken_when_its_message_is_taken() -> None:
    runner, sink = fresh(), component()
    sleeper = Sleeper().activate(runner)
    sleeper.link((sleeper, "outbox"), (sink, "inbox"))
    rounds(runner, 1)
    sleeper.send(1)
    rounds(runner, 1)
    assert sleeper.steps == 1
    sink.recv()
    rounds(runner, 1)
    assert sleeper.steps == 2


# Handles and the postoffice.


def test_a_linkage_is_a_handle_that_connects_nothing() -> None:
    one, two = component(), component()
    made = linkage(one, two, "signal", "control")
    one.send(1, "signal")
    assert not two.dataReady("control")
    assert made.sourcePair() == (one, "signal")
    assert made.sinkPair() == (two, "control")
    assert made.getSourcebox() is one.outboxes["signal"]
    assert made.getSinkbox() is two.inboxes["control"]
    assert str(made) == f"Link( source:[{one.name},signal], sink:[{two.name},control] )"
    short = f"[component_{one.id},signal], sink:[component_{two.id},control]"
    assert short in made.short_str()


def test_a_postoffice_knows_what_it_linked() -> None:
    one, two, three = component(), component(), component()
    office = postoffice("mine")
    made = office.link((one, "outbox"), (two, "inbox"))
    other = office.link((two, "outbox"), (three, "inbox"))
    assert office.linkages == [made, other]
    assert office.islinkageregistered(made) == 1
    assert str(office) == f"{{{{ POSTOFFICE: mine:debug links {office.linkages} }}}}"
    office.unlink(three)
    assert office.linkages == [made]
    office.unlink(thelinkage=other)
    office.unlinkAll()
    assert office.islinkageregistered(made) == 0
    one.send(1)
    assert not two.dataReady()
    assert str(postoffice()) == "{{ POSTOFFICE: links [] }}"


def test_unlink_cuts_what_the_caller_linked_only() -> None:
    one, two = component(), component()
    one.link((one, "outbox"), (two, "inbox"))
    two.unlink(one)
    one.send(1)
    assert two.recv() == 1


def test_transit_is_shown_when_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = component(), component()
    made = one.link((one, "outbox"), (two, "inbox"))
    made.setShowTransit(True, "here")
    one.send("seen")
    made.setShowTransit(False)
    one.send("unseen")
    assert capsys.readouterr().out == "here: 'seen'\n"
    monkeypatch.setattr(Box, "ShowAllTransits", True)
    makeInbox(None).append(5)
    assert capsys.readouterr().out == "inbox: 5\n"


def test_a_released_box_loses_nothing_and_stores_again(
    pair: tuple[component, component],
) -> None:
    one, two = pair
    one.link((one, "outbox"), (two, "inbox"))
    box = two.inboxes["inbox"]
    for number in range(6):
        one.send(number)
        box.release()  # holds a message: nothing happens
        assert two.recv() == number
        assert box.storage.maxlen is None
        box.release()
        assert box.storage.maxlen == 0  # it has no store of its own
    one.send("a")
    one.send("b")  # from the second on the store itself is what senders know
    assert [two.recv(), two.recv()] == ["a", "b"]
    box.release()
    one.send("c")
    assert two.recv() == "c"
    box.rest()
    one.send("d")
    assert list(two.Inbox()) == ["d"]


def test_a_box_that_was_linked_while_a_message_waited_is_released(
    pair: tuple[component, component],
) -> None:
    one, two = pair
    late = component()
    one.link((one, "outbox"), (two, "inbox"))
    one.send("first")
    one.link((late, "outbox"), (two, "inbox"))
    assert two.recv() == "first"
    two.inboxes["inbox"].release()
    late.send("second")
    one.send("third")
    assert list(two.Inbox()) == ["second", "third"]


def test_a_released_box_keeps_its_limit(pair: tuple[component, component]) -> None:
    one, two = pair
    one.link((one, "outbox"), (two, "inbox"), pipewidth=1)
    for _ in range(3):
        one.send("fits")
        with pytest.raises(noSpaceInBox):
            one.send("does not")
        assert two.recv() == "fits"
        two.inboxes["inbox"].release()


def test_a_released_box_that_is_counted_loses_nothing(
    pair: tuple[component, component], capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = pair
    made = one.link((one, "outbox"), (two, "inbox"))
    made.setShowTransit(True, "seen")
    for number in range(4):
        one.send(number)
        one.send(-number)
        assert list(two.Inbox()) == [number, -number]
        two.inboxes["inbox"].release()
        two.inboxes["inbox"].rest()
    assert capsys.readouterr().out.count("seen: ") == 8
    assert made.passed() == 8


def test_taking_from_a_passthrough_inbox_takes_at_the_end_of_the_chain(
    pair: tuple[component, component],
) -> None:
    one, two = pair
    one.link((one, "inbox"), (two, "inbox"), passthrough=1)
    one._deliver("further on")
    assert one.inboxes["inbox"].sink is two.inboxes["inbox"]
    assert one.recv() == "further on"
    with pytest.raises(IndexError):
        one.recv()
