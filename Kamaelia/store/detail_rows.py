"""Operations on what AIM and ICQ users show of themselves: details and art."""

import time
from collections.abc import Mapping
from hashlib import md5
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from Kamaelia.store.aim_rows import account_id_of
from Kamaelia.store.errors import BadValue, LimitReached
from Kamaelia.store.schema import ART, DETAIL

DETAIL_NAME_LIMIT: Final = 32  # characters
DETAIL_LIMIT: Final = 32_768  # bytes of one detail
DETAILS_LIMIT: Final = 100  # of one account

ART_BYTES: Final = 65_535  # of one piece
ART_LIMIT: Final = 16  # pieces of one account, one of a kind; the oldest make room

_FIND_ART: Final = select(ART.c.data).where(ART.c.hash == bindparam("hash")).limit(1)


def details(connection: Connection, name: str) -> dict[str, bytes]:
    """Return the details of an account."""
    rows = connection.execute(
        select(DETAIL.c.name, DETAIL.c.value).where(
            DETAIL.c.account_id == account_id_of(connection, name)
        )
    )
    return {row.name: bytes(row.value) for row in rows}


def set_details(
    connection: Connection, name: str, changes: Mapping[str, bytes]
) -> None:
    """Set details; an empty one is forgotten."""
    account_id = account_id_of(connection, name)
    for key, value in changes.items():
        if not 0 < len(key) <= DETAIL_NAME_LIMIT or len(value) > DETAIL_LIMIT:
            raise BadValue(f"the detail {key[:DETAIL_NAME_LIMIT]!r} cannot be kept")
    rows = connection.execute(
        select(DETAIL.c.name).where(DETAIL.c.account_id == account_id)
    )
    known = {row.name for row in rows}
    kept = {key: bytes(value) for key, value in changes.items() if value}
    if len((known - changes.keys()) | kept.keys()) > DETAILS_LIMIT:
        raise LimitReached(f"{name!r} has {DETAILS_LIMIT} details already")
    gone = known & changes.keys()
    if gone:
        connection.execute(
            delete(DETAIL).where(
                DETAIL.c.account_id == account_id, DETAIL.c.name.in_(gone)
            )
        )
    if kept:
        connection.execute(
            insert(DETAIL),
            [
                {"account_id": account_id, "name": key, "value": value}
                for key, value in kept.items()
            ],
        )


def put_art(connection: Connection, name: str, kind: int, data: bytes) -> bytes:
    """Keep a piece of art in place of the last of its kind; return its hash."""
    account_id = account_id_of(connection, name)
    if not 0 <= kind <= 0xFFFF or not 0 < len(data) <= ART_BYTES:
        raise BadValue(f"art of {len(data)} bytes and kind {kind} cannot be kept")
    key = md5(data, usedforsecurity=False).digest()
    mine = ART.c.account_id == account_id
    connection.execute(delete(ART).where(mine, ART.c.kind == kind))
    others = connection.execute(
        select(ART.c.kind).where(mine).order_by(ART.c.time.desc(), ART.c.kind)
    ).scalars()
    old = list(others)[ART_LIMIT - 1 :]
    if old:
        connection.execute(delete(ART).where(mine, ART.c.kind.in_(old)))
    connection.execute(
        insert(ART),
        {
            "account_id": account_id,
            "kind": kind,
            "hash": key,
            "time": int(time.time()),
            "data": bytes(data),
        },
    )
    return key


def find_art(connection: Connection, key: bytes) -> bytes | None:
    """Return a piece of art by its hash, whoever keeps it; None if nobody does."""
    found = connection.execute(_FIND_ART, {"hash": key}).first()
    return None if found is None else bytes(found.data)
