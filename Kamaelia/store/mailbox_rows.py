"""Operations on AIM's offline messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from Kamaelia.store.aim_rows import account_id_of
from Kamaelia.store.errors import BadValue, LimitReached
from Kamaelia.store.schema import OFFLINE_MESSAGE

BODY_LIMIT: Final = 65_535  # bytes of one message

# Statements of the busiest operation, built once.
_WAITING: Final = (
    select(func.count())
    .select_from(OFFLINE_MESSAGE)
    .where(OFFLINE_MESSAGE.c.account_id == bindparam("owner"))
)
_ADD_MESSAGE: Final = insert(OFFLINE_MESSAGE).returning(OFFLINE_MESSAGE.c.id)


@dataclass(frozen=True, slots=True)
class OfflineMessage:
    """A message that waits for its recipient."""

    id: int
    sender: str  # display form
    sent: int  # seconds since 1970-01-01 UTC
    channel: int  # ICBM channel, or what the server uses to tell kinds apart
    body: bytes  # whatever the server needs to send it


def add_message(
    connection: Connection,
    recipient: str,
    sender: str,
    sent: int,
    channel: int,
    body: bytes,
    limit: int,
) -> int:
    """Keep a message for somebody; return its id."""
    account_id = account_id_of(connection, recipient)
    if len(body) > BODY_LIMIT or len(sender) > 129 or "\0" in sender:
        raise BadValue("this message cannot be kept: its sender or body is too long")
    waiting = connection.execute(_WAITING, {"owner": account_id}).scalar_one()
    if waiting >= limit:
        raise LimitReached(f"{waiting} messages wait for {recipient!r} already")
    key = connection.execute(
        _ADD_MESSAGE,
        {
            "account_id": account_id,
            "sender": sender,
            "sent": sent,
            "channel": channel,
            "body": body,
        },
    ).scalar_one()
    return int(key)


def messages(connection: Connection, recipient: str) -> list[OfflineMessage]:
    """Return what waits for somebody, oldest first."""
    rows = connection.execute(
        select(OFFLINE_MESSAGE)
        .where(OFFLINE_MESSAGE.c.account_id == account_id_of(connection, recipient))
        .order_by(OFFLINE_MESSAGE.c.id)
    )
    return [
        OfflineMessage(row.id, row.sender, row.sent, row.channel, bytes(row.body))
        for row in rows
    ]


def remove_messages(connection: Connection, recipient: str, ids: Sequence[int]) -> int:
    """Forget messages that were delivered; return how many there were."""
    account_id = account_id_of(connection, recipient)
    gone = 0
    for key in ids:
        gone += connection.execute(
            delete(OFFLINE_MESSAGE).where(
                OFFLINE_MESSAGE.c.account_id == account_id, OFFLINE_MESSAGE.c.id == key
            )
        ).rowcount
    return gone
