"""AIM: feedbags and offline messages."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _owner() -> "sa.Column[int]":
    """Return the account's half of a primary key."""
    return sa.Column(
        "account_id",
        sa.Integer,
        sa.ForeignKey("account.id", ondelete="CASCADE"),
        primary_key=True,
    )


def _number(name: str) -> "sa.Column[int]":
    """Return a further column of a primary key."""
    return sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)


def upgrade() -> None:
    """Make AIM's tables; accounts that exist get an empty feedbag."""
    op.create_table(
        "aim_feedbag",
        _owner(),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.execute(
        "INSERT INTO aim_feedbag (account_id, time, count) "
        "SELECT id, created, 0 FROM account WHERE network = 'aim'"
    )
    op.create_table(
        "aim_feedbag_item",
        _owner(),
        _number("group_id"),
        _number("item_id"),
        _number("class_id"),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("ident", sa.Text, nullable=False),
        sa.Column("attributes", sa.LargeBinary, nullable=False),
    )
    op.create_index("aim_feedbag_item_ident", "aim_feedbag_item", ["class_id", "ident"])
    op.create_table(
        "aim_offline_message",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "account_id",
            sa.Integer,
            sa.ForeignKey("account.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("sender", sa.String(129), nullable=False),
        sa.Column("sent", sa.BigInteger, nullable=False),
        sa.Column("channel", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "aim_offline_message_account", "aim_offline_message", ["account_id", "id"]
    )
