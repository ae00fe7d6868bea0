"""Where a store's data and its key lie: database URLs and the user's data folder."""

import os
import sys
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from Kamaelia.store.errors import DatabaseProblem

KEY_FILE_VARIABLE: Final = "KAMAELIA_KEY_FILE"
FORMS: Final = (
    "sqlite:///FILE, sqlite:// or memory (kept nowhere), "
    "postgresql://USER:PASSWORD@HOST/DATABASE"
)


class Location(NamedTuple):
    """A database, and the file of its key (None: both exist in memory only)."""

    url: URL
    key_file: Path | None

    @property
    def shown(self) -> str:
        """The URL as it may be printed: without a password."""
        return self.url.render_as_string(hide_password=True)

    @property
    def in_memory(self) -> bool:
        """Whether nothing of it outlives the process."""
        return self.url.get_backend_name() == "sqlite" and self.file is None

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for any other."""
        database = self.url.database
        if self.url.get_backend_name() != "sqlite" or database in {
            None,
            "",
            ":memory:",
        }:
            return None
        return Path(str(database))


def data_folder() -> Path:
    """Return the user's data folder for Kamaelia; it need not exist yet.

    Source: XDG Base Directory Specification 0.8 ($XDG_DATA_HOME, absolute only).
    """
    base = os.environ.get("XDG_DATA_HOME", "")
    if os.path.isabs(base):
        return Path(base) / "kamaelia"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "kamaelia"
    return Path.home() / ".local" / "share" / "kamaelia"


def locate(url: str | None = None, key_file: Path | None = None) -> Location:
    """Read a database URL as an operator writes it.

    Args:
        url: one of `FORMS`; None for a file in the user's data folder.
        key_file: where the key lies. Without it: $KAMAELIA_KEY_FILE, or beside a
            SQLite file (FILE.key), or in the user's data folder.

    Raises:
        DatabaseProblem: the URL is none that the store understands.
    """
    if url == "memory":
        url = "sqlite://"
    try:
        parsed = (
            URL.create("sqlite", database=str(data_folder() / "kamaelia.db"))
            if url is None
            else make_url(url)
        )
    except (ArgumentError, ValueError):
        raise DatabaseProblem(f"not a database URL; write one of {FORMS}") from None
    name = parsed.drivername.partition("+")[0]
    if name == "postgres":
        name = "postgresql"
    if name not in {"sqlite", "postgresql"}:
        raise DatabaseProblem(f"no database {name!r}; write one of {FORMS}")
    parsed = parsed.set(
        drivername="postgresql+asyncpg" if name == "postgresql" else "sqlite"
    )
    if name == "sqlite" and parsed.host:
        raise DatabaseProblem(
            "write sqlite:///FILE with three slashes (four: absolute)"
        )
    place = Location(parsed, None)
    return place._replace(key_file=key_file or _key_file(place))


def _key_file(place: Location) -> Path | None:
    """Return where the key of a database lies when nobody names a file."""
    if place.in_memory:
        return None
    if named := os.environ.get(KEY_FILE_VARIABLE):
        return Path(named)
    if place.file is not None:
        return place.file.with_name(place.file.name + ".key")
    return data_folder() / "postgresql.key"
