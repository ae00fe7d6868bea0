from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.cli.picture import Link, draw_graph

STACK = """\
┌────────────────────────────────┐
│ SNACExchanger                  │
└────────────────────────────────┘
  │ outbox   ▲ inbox   │ signal
  ▼ talk     │ heard   ▼ control
┌────────────────────────────────┐
│ OSCARProtocol                  │
└────────────────────────────────┘"""


def test_two_linked_layers_stand_on_each_other() -> None:
    links = [
        Link("a", "outbox", "b", "talk"),
        Link("b", "heard", "a", "inbox"),
        Link("a", "signal", "b", "control"),
    ]
    assert draw_graph({"a": "SNACExchanger", "b": "OSCARProtocol"}, links) == STACK


def test_linked_components_stand_next_to_each_other_whatever_their_order() -> None:
    picture = draw_graph(
        {"a": "first", "c": "third", "b": "second"},
        [Link("a", "outbox", "b", "inbox"), Link("b", "outbox", "c", "inbox")],
    )
    assert picture.index("first") < picture.index("second") < picture.index("third")
    assert "also" not in picture


def test_linkages_that_skip_a_layer_are_listed() -> None:
    picture = draw_graph(
        {"a": "first", "b": "second", "c": "third"},
        [
            Link("a", "outbox", "b", "inbox"),
            Link("b", "outbox", "c", "inbox"),
            Link("c", "outbox", "a", "inbox"),
        ],
    )
    assert picture.endswith("also:\n  third outbox → first inbox")


boxes = st.sampled_from(["inbox", "outbox", "control"])
parts = st.sampled_from("abcdef")


@given(st.sets(parts), st.lists(st.builds(Link, parts, boxes, parts, boxes)))
def test_every_component_and_every_linkage_is_in_the_picture(
    keys: set[str], links: list[Link]
) -> None:
    names = {key: f"part-{key}" for key in sorted(keys)}
    picture = draw_graph(names, links)
    for text in names.values():
        assert f"│ {text}" in picture
    inside = {link for link in links if {link.source, link.sink} <= keys}
    arrows = picture.count("▼") + picture.count("▲") + picture.count("→")
    assert arrows >= len(inside)
