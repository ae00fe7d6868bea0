"""How the servers' log looks: a line for people, or a JSON object for programs.

Log calls carry fields (`extra`); each becomes ` name=value` behind the text, or a key
of the object. Text from the wire is escaped: an entry is one line, whatever a peer
sent. An error's traceback follows on lines of its own, in JSON under "traceback".
"""

import json
import logging
from typing import Any

from Kamaelia.cli.plain_text import plain

__all__ = ["FieldFormatter", "JSONFormatter", "set_up_logging"]

_STANDARD = frozenset(
    vars(logging.LogRecord("", 0, "", 0, "", None, None)) | {"message": 0, "asctime": 0}
)
_NO_FIELDS = frozenset({"taskName", "color_message"})  # asyncio's; uvicorn's


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the fields that a log call added."""
    added = {
        name: value for name, value in vars(record).items() if name not in _STANDARD
    }
    inner = added.pop("fields", None)
    if isinstance(inner, dict):
        added |= inner
    return {name: value for name, value in added.items() if name not in _NO_FIELDS}


class FieldFormatter(logging.Formatter):
    """Time, level, logger, text, then each field as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Return an entry."""
        stamp = self.formatTime(record)
        fields = "".join(f" {k}={plain(str(v))}" for k, v in fields_of(record).items())
        text = plain(record.getMessage())
        line = f"{stamp} {record.levelname} {record.name}: {text}{fields}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class JSONFormatter(logging.Formatter):
    """An object a line: time (Unix seconds), level, logger, text, and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return an entry."""
        entry: dict[str, Any] = {
            "time": round(record.created, 3),
            "level": record.levelname,
            "logger": record.name,
            "text": record.getMessage(),
            **fields_of(record),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def set_up_logging(verbose: bool, as_json: bool) -> None:
    """Log to standard error.

    Args:
        verbose: whether to log what goes well too.
        as_json: whether for programs.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JSONFormatter() if as_json else FieldFormatter())
    logging.basicConfig(level="INFO" if verbose else "WARNING", handlers=[handler])
    logging.getLogger("alembic").setLevel("WARNING")  # tells of its own plugins
    logging.getLogger("httpx").setLevel("WARNING")
