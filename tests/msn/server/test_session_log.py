"""Log entries of a session say each thing once."""

import json
import logging

import pytest

from Kamaelia.cli.logs import FieldFormatter, JSONFormatter

from .hall import Hall, in_hall


def test_who_is_meant_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(hall: Hall) -> None:
        await (await hall.online("alice", 8)).say("OUT")

    with caplog.at_level(logging.INFO):
        in_hall(scenario)
    found = [r for r in caplog.records if "signed on" in r.getMessage()]
    assert len(found) == 1
    line = FieldFormatter().format(found[0])
    text, *fields = line.split(" peer=")
    assert text.endswith(": notification: signed on")
    assert fields == ["192.0.2.1:51234 handle=alice@example.com dialect=8"]
    entry = json.loads(JSONFormatter().format(found[0]))
    assert entry["text"] == "notification: signed on"
    assert entry["handle"] == "alice@example.com"
    assert entry["peer"] == "192.0.2.1:51234"
