"""What MSN users see of others who are not signed on: a name, and some properties."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from Kamaelia.store.msn_values import Lists, Seen
from Kamaelia.store.names import ident
from Kamaelia.store.schema import ACCOUNT, MSN_CONTACT, MSN_PROFILE, MSN_PROPERTY

AT_ONCE: Final = 500
"""Handles in one statement; databases bound the values that a statement may have."""

_MASK: Final = func.coalesce(MSN_CONTACT.c.lists, 0)
_LETS: Final = and_(
    _MASK.bitwise_and(int(Lists.BL)) == 0,
    or_(_MASK.bitwise_and(int(Lists.AL)) != 0, MSN_PROFILE.c.blp == "AL"),
)
_SEEN: Final = (
    select(
        ACCOUNT.c.name,
        MSN_PROFILE.c.friendly_name,
        MSN_PROPERTY.c.key,
        MSN_PROPERTY.c.value,
    )
    .join(MSN_PROFILE, MSN_PROFILE.c.account_id == ACCOUNT.c.id)
    .outerjoin(
        MSN_CONTACT,
        and_(
            MSN_CONTACT.c.account_id == ACCOUNT.c.id,
            MSN_CONTACT.c.handle == bindparam("viewer"),
        ),
    )
    .outerjoin(
        MSN_PROPERTY,
        and_(
            MSN_PROPERTY.c.account_id == ACCOUNT.c.id,
            MSN_PROPERTY.c.key.in_(bindparam("keys", expanding=True)),
        ),
    )
    .where(
        ACCOUNT.c.network == "msn",
        ACCOUNT.c.name.in_(bindparam("names", expanding=True)),
        _LETS,
    )
)


def seen(
    connection: Connection, viewer: str, others: Collection[str], keys: Collection[str]
) -> dict[str, Seen]:
    """Return what a user sees of others: one statement for each 500 of them."""
    names = [ident("msn", other) for other in others]
    key = {"viewer": ident("msn", viewer), "keys": list(keys)}
    found: dict[str, Seen] = {}
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        rows = connection.execute(_SEEN, {**key, "names": some}).all()
        for name, friendly, kind, value in rows:
            one = found.setdefault(name, Seen(friendly, {}))
            if kind is not None:
                one.properties[kind] = value
    return found
