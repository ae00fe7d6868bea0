"""docs/reference/ says what the sources say."""

from tools.build_docs import KNOWN, build, stale
from tools.docstrings import as_markdown, escaped, paragraphs

COMMAND = "python tools/build_docs.py"


def test_the_reference_is_up_to_date() -> None:
    changed = stale(build())
    assert not changed, f"stale: {', '.join(changed)}\n\nRun: {COMMAND}"


def test_every_kind_of_module_has_a_page() -> None:
    assert {"Axon.Component", "Kamaelia.Chassis.Graphline"} <= set(KNOWN)
    assert not any(part.startswith("_") for name in KNOWN for part in name.split("."))


def test_markup_is_escaped_but_not_in_code() -> None:
    assert escaped("a <b> `c_d` *e* f_g") == r"a \<b\> `c_d` \*e\* f\_g"


def test_sections_become_lists() -> None:
    text = as_markdown(
        "What it does.\n\nArgs:\n    one: first,\n        still.\n    *two: b"
    )
    assert text == "What it does.\n\n**Args:**\n\n- `one`: first, still.\n- `*two`: b"


def test_indented_lines_become_code() -> None:
    assert as_markdown("So:\n\n    a = 1\n\n    b = 2") == (
        "So:\n\n```text\na = 1\n\nb = 2\n```"
    )


def test_drawings_keep_their_lines() -> None:
    assert as_markdown("one   first\ntwo   second") == (
        "```text\none   first\ntwo   second\n```"
    )


def test_words_that_begin_code_are_words_elsewhere() -> None:
    assert as_markdown("It has\ndefaults,\nwith care.") == (
        "It has\ndefaults,\nwith care."
    )


def test_code_may_follow_prose_at_once() -> None:
    assert paragraphs("So:\n    a\nand more") == [["So:"], ["    a"], ["and more"]]
