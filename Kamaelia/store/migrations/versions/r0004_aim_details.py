"""AIM: what users show of themselves, details and art."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _owner() -> "sa.Column[int]":
    """Return the account's half of a primary key."""
    return sa.Column(
        "account_id",
        sa.Integer,
        sa.ForeignKey("account.id", ondelete="CASCADE"),
        primary_key=True,
    )


def upgrade() -> None:
    """Make the tables; nobody has shown anything yet."""
    op.create_table(
        "aim_detail",
        _owner(),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "aim_art",
        _owner(),
        sa.Column("kind", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_index("aim_art_hash", "aim_art", ["hash"])
