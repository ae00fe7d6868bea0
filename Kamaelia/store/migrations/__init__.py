"""Bring a database to the newest schema with Alembic, at start, without an ini file.

A new revision is a new module in `versions/` (rNNNN_topic.py): copy the head's
shape, name its `down_revision`, and change `schema` with it. A test compares what
the revisions make with what `schema` says.
"""

from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection

from Kamaelia.store.errors import DatabaseProblem
from Kamaelia.store.schema import METADATA

FOLDER: Final = Path(__file__).parent


def revisions() -> list[str]:
    """Return the names of all revisions, oldest first."""
    script = ScriptDirectory(str(FOLDER))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run what lies between the database's revision and the target.

    The caller holds the database's write lock and commits: half a migration is
    never seen, and of several processes that start at once one migrates.

    Raises:
        DatabaseProblem: the database is of a newer release than this code.
    """
    script = ScriptDirectory(str(FOLDER))
    current = MigrationContext.configure(connection).get_current_heads()
    if target == "head" and current == (script.get_current_head(),):
        return
    try:
        with EnvironmentContext(
            Config(),
            script,
            fn=lambda heads, _context: script._upgrade_revs(target, heads),
        ) as environment:
            environment.configure(
                connection=connection, target_metadata=METADATA, transactional_ddl=True
            )
            environment.run_migrations()
    except (CommandError, RevisionError) as error:
        schema = ", ".join(current)
        raise DatabaseProblem(
            f"the database is of another release of Kamaelia (schema {schema}): "
            f"update Kamaelia, or name another database"
        ) from error
