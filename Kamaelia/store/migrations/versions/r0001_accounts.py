"""Accounts, their passwords and verifiers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables that both networks share."""
    op.create_table(
        "setting",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("network", sa.String(3), nullable=False),
        sa.Column("name", sa.String(129), nullable=False),
        sa.Column("display", sa.String(129), nullable=False),
        sa.Column("suspended", sa.Boolean, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.UniqueConstraint("network", "name", name="account_network_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "verifier",
        sa.Column(
            "account_id",
            sa.Integer,
            sa.ForeignKey("account.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("scheme", sa.String(32), primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )
