from typing import Any

import pytest

from Kamaelia.cli.event_text import event_line
from Kamaelia.Protocol.MSN import harness_events as told
from Kamaelia.Protocol.MSN.wire.outcome import Outcome


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (("buddy list", {}), "* your list: nobody"),
        (("buddy list", {"": []}), "* your list: nobody"),
        (("buddy list", {"": ["a@x", "b@x"]}), "* your list: a@x, b@x"),
        (
            ("buddy list", {"": ["a@x"], "Friends": ["b@x"], "Work": []}),
            "* your list: Friends: b@x; Work: nobody; in no group: a@x",
        ),
        (("personal message", "a@x", ""), "* a@x says nothing beside their name"),
        (
            ("file offered", "a@x", "notes\n.txt", 10, 7),
            "* a@x offers a file of 10 bytes: notes\\n.txt; type accept 7 or cancel 7",
        ),
        (
            told.FileEnded.of(7, "/tmp/notes", "completed", Outcome.COMPLETED),
            "* file 7 in /tmp/notes: completed",
        ),
        (
            told.FileEnded.of(7, "", "cancelled", Outcome.CANCELLED_BY_PEER),
            "* file 7: cancelled",
        ),
        (told.Failure.of("no such user", 205, "add"), "add: no such user"),
        (told.Failure.of("no such user"), "no such user"),
        (
            told.Disconnected.of("connection lost", 2.2, "lost"),
            "connection lost; signing on again in 2 s",
        ),
        (told.Disconnected.of("connection lost", None, "lost"), "connection lost"),
        (("file progress", 7, 1, 10), None),
    ],
)
def test_an_event_is_a_line(event: Any, line: str | None) -> None:
    assert event_line(event) == line
