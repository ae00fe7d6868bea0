"""MSN: profiles, groups and contact lists."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _owner() -> "sa.Column[int]":
    """Return the account's half of a primary key."""
    return sa.Column(
        "account_id",
        sa.Integer,
        sa.ForeignKey("account.id", ondelete="CASCADE"),
        primary_key=True,
    )


def upgrade() -> None:
    """Make MSN's tables; accounts that exist get a profile and group 0."""
    profile = op.create_table(
        "msn_profile",
        _owner(),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("friendly_name", sa.Text, nullable=False),
        sa.Column("list_version", sa.BigInteger, nullable=False),
        sa.Column("settings_version", sa.BigInteger, nullable=False),
        sa.Column("blp", sa.String(2), nullable=False),
        sa.Column("gtc", sa.String(1), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
    )
    op.create_table(
        "msn_property",
        _owner(),
        sa.Column("key", sa.String(16), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    group = op.create_table(
        "msn_group",
        _owner(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_table(
        "msn_contact",
        _owner(),
        sa.Column("handle", sa.String(129), primary_key=True),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("lists", sa.Integer, nullable=False),
        sa.Column("friendly_name", sa.Text, nullable=False),
    )
    op.create_index("msn_contact_handle", "msn_contact", ["handle"])
    op.create_table(
        "msn_member",
        _owner(),
        sa.Column("handle", sa.String(129), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    )
    _fill(profile, group)


def _fill(profile: sa.Table, group: sa.Table) -> None:
    """Give each MSN account that exists what a new one gets."""
    connection = op.get_bind()
    accounts = connection.execute(
        sa.text("SELECT id, display FROM account WHERE network = 'msn'")
    ).all()
    for account_id, display in accounts:
        connection.execute(
            profile.insert().values(
                account_id=account_id,
                guid=str(uuid.uuid4()),
                friendly_name=display,
                list_version=1,
                settings_version=1,
                blp="AL",
                gtc="A",
                message="",
            )
        )
        connection.execute(
            group.insert().values(
                account_id=account_id,
                number=0,
                guid=str(uuid.uuid4()),
                name="Other Contacts",
            )
        )
