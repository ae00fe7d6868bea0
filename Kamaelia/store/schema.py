"""The tables, as the newest migration leaves them.

One account table serves both networks; what an account owns goes with it
(ON DELETE CASCADE). Times are seconds since 1970-01-01 UTC.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA: Final = MetaData()


def _owner() -> Column[int]:
    """Return the column that ties a row to its account, half of a primary key."""
    return Column(
        "account_id",
        Integer,
        ForeignKey("account.id", ondelete="CASCADE"),
        primary_key=True,
    )


SETTING: Final = Table(
    "setting",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

ACCOUNT: Final = Table(
    "account",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("network", String(3), nullable=False),
    Column("name", String(129), nullable=False),
    Column("display", String(129), nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("password", Text, nullable=False),
    UniqueConstraint("network", "name", name="account_network_name"),
    sqlite_autoincrement=True,
)

VERIFIER: Final = Table(
    "verifier",
    METADATA,
    _owner(),
    Column("scheme", String(32), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

FEEDBAG: Final = Table(
    "aim_feedbag",
    METADATA,
    _owner(),
    Column("time", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
)

FEEDBAG_ITEM: Final = Table(
    "aim_feedbag_item",
    METADATA,
    _owner(),
    Column("group_id", Integer, primary_key=True, autoincrement=False),
    Column("item_id", Integer, primary_key=True, autoincrement=False),
    Column("class_id", Integer, primary_key=True, autoincrement=False),
    Column("name", LargeBinary, nullable=False),
    Column("ident", Text, nullable=False),
    Column("attributes", LargeBinary, nullable=False),
    Index("aim_feedbag_item_ident", "class_id", "ident"),
)

OFFLINE_MESSAGE: Final = Table(
    "aim_offline_message",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column(
        "account_id",
        Integer,
        ForeignKey("account.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("sender", String(129), nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("channel", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("aim_offline_message_account", "account_id", "id"),
    sqlite_autoincrement=True,
)

DETAIL: Final = Table(
    "aim_detail",
    METADATA,
    _owner(),
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

ART: Final = Table(
    "aim_art",
    METADATA,
    _owner(),
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("aim_art_hash", "hash"),
)

MSN_PROFILE: Final = Table(
    "msn_profile",
    METADATA,
    _owner(),
    Column("guid", String(36), nullable=False),
    Column("friendly_name", Text, nullable=False),
    Column("list_version", BigInteger, nullable=False),
    Column("settings_version", BigInteger, nullable=False),
    Column("blp", String(2), nullable=False),
    Column("gtc", String(1), nullable=False),
    Column("message", Text, nullable=False),
)

MSN_PROPERTY: Final = Table(
    "msn_property",
    METADATA,
    _owner(),
    Column("key", String(16), primary_key=True),
    Column("value", Text, nullable=False),
)

MSN_GROUP: Final = Table(
    "msn_group",
    METADATA,
    _owner(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("guid", String(36), nullable=False),
    Column("name", Text, nullable=False),
)

MSN_CONTACT: Final = Table(
    "msn_contact",
    METADATA,
    _owner(),
    Column("handle", String(129), primary_key=True),
    Column("guid", String(36), nullable=False),
    Column("lists", Integer, nullable=False),
    Column("friendly_name", Text, nullable=False),
    Index("msn_contact_handle", "handle"),
)

MSN_MEMBER: Final = Table(
    "msn_member",
    METADATA,
    _owner(),
    Column("handle", String(129), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
)
