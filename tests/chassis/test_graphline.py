import warnings
from typing import Any

import pytest

from Axon.AxonExceptions import BadLinkage
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Chassis.Graphline import Graphline, SuspectLinkage
from Kamaelia.Util.PassThrough import PassThrough
from Kamaelia.Util.PureTransformer import PureTransformer
from tests.helpers.runs import Collect, Send, run_all


def test_components_are_linked_as_told() -> None:
    end = producerFinished()
    sink = Collect()
    run_all(
        Graphline(
            source=Send(1, 2, last=end),
            sink=sink,
            linkages={
                ("source", "outbox"): ("sink", "inbox"),
                ("source", "signal"): ("sink", "control"),
            },
        )
    )
    assert (sink.heard, sink.said) == ([1, 2], [end])


@pytest.mark.parametrize("name", ["", "self", "outside"])
def test_a_name_that_is_no_part_means_the_graphline(name: str) -> None:
    probe = Probe(
        Graphline(
            up=PureTransformer(str.upper),
            linkages={
                (name, "inbox"): ("up", "inbox"),
                ("up", "outbox"): (name, "outbox"),
            },
        )
    )
    probe.deliver("a")
    assert probe.take() == ["A"]


def test_boxes_named_in_linkages_exist_at_once_and_only_there() -> None:
    first = Graphline(
        a=PassThrough(),
        linkages={("", "next"): ("a", "inbox"), ("a", "outbox"): ("", "found")},
    )
    assert "next" in first.inboxes
    assert "found" in first.outboxes
    assert {"inbox", "control"} <= set(first.inboxes)
    second = Graphline(linkages={})
    assert "next" not in second.inboxes
    assert "next" not in Graphline.Inboxes
    assert "found" not in second.outboxes


def test_missing_linkages_are_a_type_error_and_a_value_error() -> None:
    for kind in (TypeError, ValueError):
        with pytest.raises(kind, match="linkages"):
            Graphline(a=PassThrough())


def test_an_unknown_outbox_is_named_with_the_nearest() -> None:
    with pytest.raises(BadLinkage) as caught:
        Graphline(
            login=PassThrough(),
            linkages={("login", "outbx"): ("self", "outbox")},
        )
    assert str(caught.value) == (
        "Graphline: linkage from ('login', 'outbx'), but PassThrough has no outbox "
        "'outbx'; it has outbox, signal. Did you mean 'outbox'?"
    )


def test_an_unknown_inbox_is_named() -> None:
    with pytest.raises(BadLinkage, match=r"linkage to \('a', 'xyz'\).*no inbox 'xyz'"):
        Graphline(a=PassThrough(), linkages={("self", "inbox"): ("a", "xyz")})


def test_a_name_close_to_a_parts_name_is_a_warning() -> None:
    with pytest.warns(SuspectLinkage, match="Did you mean 'reader'"):
        Graphline(
            reader=PassThrough(),
            linkages={
                ("", "inbox"): ("reader", "inbox"),
                ("raeder", "inbox"): ("reader", "control"),
            },
        )


def test_both_ends_the_graphline_is_a_warning_and_a_loop() -> None:
    with pytest.warns(SuspectLinkage, match="both mean the graphline itself"):
        graph = Graphline(linkages={("", "outbox"): ("", "inbox")}, a=PassThrough())
    next(graph)
    graph.send("round", "outbox")
    assert graph.recv("inbox") == "round"


def test_something_that_is_no_component_is_named() -> None:
    kind: Any = PassThrough
    with pytest.raises(TypeError, match="no component"):
        Graphline(a=object(), linkages={("a", "outbox"): ("", "outbox")})
    with pytest.raises(TypeError):
        run_all(Graphline(a=object(), linkages={}))
    assert kind


# Shutdown.


def test_control_wired_to_a_child_goes_only_there() -> None:
    a, b = Collect(), Collect()
    probe = Probe(Graphline(a=a, b=b, linkages={("self", "control"): ("a", "control")}))
    stop = shutdownMicroprocess()
    probe.deliver(stop, "control")
    assert a.said == [stop]
    assert b.said == []
    b._deliver("end", "control")
    probe.settle()
    assert probe.ended
    [said] = probe.take("signal")
    assert type(said) is producerFinished


@pytest.mark.parametrize(
    "message", ["any", producerFinished(), shutdownMicroprocess()], ids=type
)
def test_control_reaches_each_child_that_nothing_here_is_linked_to(
    message: Any,
) -> None:
    a, b, c = Collect(), Collect(), Collect()
    probe = Probe(
        Graphline(a=a, b=b, c=c, linkages={("a", "signal"): ("c", "control")})
    )
    probe.deliver(message, "control")
    assert a.said == [message]
    assert b.said == [message]
    assert c.said == []


@pytest.mark.parametrize(
    "stop", [shutdownMicroprocess(), shutdownMicroprocess], ids=["instance", "class"]
)
def test_it_passes_shutdown_on_at_its_end(stop: Any) -> None:
    probe = Probe(Graphline(a=Collect(), linkages={}))
    probe.deliver(stop, "control")
    assert probe.ended
    assert probe.take("signal") == [stop]


def test_it_says_a_producer_finished_of_its_own() -> None:
    probe = Probe(Graphline(a=Collect(), linkages={}))
    got = producerFinished()
    probe.deliver(got, "control")
    [said] = probe.take("signal")
    assert type(said) is producerFinished
    assert said is not got


def test_it_waits_for_all_children_before_it_says_so() -> None:
    a, b = Collect(), Collect()
    probe = Probe(Graphline(a=a, b=b, linkages={}))
    a._deliver("end", "control")
    probe.settle()
    assert not probe.ended
    assert probe.take("signal") == []
    b._deliver("end", "control")
    probe.settle()
    assert len(probe.take("signal")) == 1


def test_with_signal_wired_it_says_nothing_itself() -> None:
    end = producerFinished()
    probe = Probe(
        Graphline(a=Send(last=end), linkages={("a", "signal"): ("self", "signal")})
    )
    probe.settle()
    assert probe.take("signal") == [end]
    assert probe.ended


# Limits.


def test_boxsizes_limit_an_inbox_and_hold_its_sender_back() -> None:
    graph = Graphline(
        source=Send(*range(10), last=producerFinished()),
        sink=(sink := Collect()),
        linkages={
            ("source", "outbox"): ("sink", "inbox"),
            ("source", "signal"): ("sink", "control"),
        },
        boxsizes={("sink", "inbox"): 1},
    )
    assert sink.inboxes["inbox"].getSize() == 1
    run_all(graph)
    assert sink.heard == list(range(10))


def test_boxsizes_of_the_graphline_limit_where_its_inbox_leads() -> None:
    a = PassThrough()
    Graphline(
        a=a,
        linkages={("self", "inbox"): ("a", "inbox")},
        boxsizes={("self", "inbox"): 3},
    )
    assert a.inboxes["inbox"].getSize() == 3


def test_boxsizes_of_unknown_boxes_are_refused() -> None:
    for end in (("a", "nowhere"), ("self", "nowhere")):
        with pytest.raises(BadLinkage, match="nowhere"):
            Graphline(a=PassThrough(), linkages={}, boxsizes={end: 1})


def test_many_children_end_in_linear_time() -> None:
    parts: dict[str, Any] = {f"p{n}": Send() for n in range(5000)}
    with warnings.catch_warnings():
        run_all(Graphline(linkages={}, **parts))
