import json
import logging

import pytest

from Kamaelia.cli.logs import FieldFormatter, JSONFormatter


def entry(text: str, **extra: object) -> logging.LogRecord:
    return logging.getLogger("aim").makeRecord(
        "aim", logging.INFO, "file", 1, text, (), None, extra=extra
    )


def test_fields_stand_behind_the_text() -> None:
    line = FieldFormatter().format(entry("refused", user="ann", fields={"code": 5}))
    assert line.endswith(" INFO aim: refused user=ann code=5")


def test_what_is_no_field_of_ours_is_left_out() -> None:
    line = FieldFormatter().format(entry("begun", color_message="\x1b[36mbegun"))
    assert line.endswith(" INFO aim: begun")


def test_what_a_peer_sent_cannot_look_like_another_entry() -> None:
    line = FieldFormatter().format(entry("said\nERROR fake", user="a\x1b[2J"))
    assert "\n" not in line
    assert "\x1b" not in line


def test_programs_get_an_object() -> None:
    found = json.loads(JSONFormatter().format(entry("refused", code=5)))
    assert (found["text"], found["level"], found["code"]) == ("refused", "INFO", 5)


@pytest.mark.parametrize("kind", [FieldFormatter, JSONFormatter])
def test_an_error_has_its_traceback(kind: type[logging.Formatter]) -> None:
    record = entry("failed")
    try:
        raise ValueError("why")
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    assert "ValueError: why" in kind().format(record)
