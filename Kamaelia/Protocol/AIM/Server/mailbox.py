"""Messages for users who are not there: kept in the store, given out later."""

import logging
from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import CODE_OFFLINE, Pending
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.feedbag_prefs import BuddyPref
from Kamaelia.Protocol.AIM.wire.foodgroups import ICBM
from Kamaelia.Protocol.AIM.wire.icbm import (
    CHANNEL_ICQ,
    CHANNEL_TEXT,
    HostAck,
    MessageToHost,
)
from Kamaelia.Protocol.AIM.wire.icbm_control import (
    SUBCODE_NO_OFFLINE,
    SUBCODE_STORE_FULL,
)
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.user_info import UserFlag, UserInfo
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.aim import OfflineMessage
from Kamaelia.store.errors import LimitReached, NoSuchAccount

__all__ = ["can_keep", "collect", "deliver", "keep", "stored_message"]

logger = logging.getLogger(__name__)

_KEPT: Final = (CHANNEL_TEXT, CHANNEL_ICQ)


def can_keep(sent: MessageToHost) -> bool:
    """Return whether a message may be stored: text, and not an automatic reply."""
    return sent.channel in _KEPT and not sent.is_auto


async def keep(session: BOSSession, snac: SNAC, sent: MessageToHost) -> None:
    """Store a message; acknowledge it when that is committed."""
    state, sender = session.state, session.user
    try:
        account = await state.store.accounts.get("aim", sent.recipient)
        feedbag = await state.store.aim.feedbag(account.name)
        recipient = User(account, feedbag, 0)
        wanted = recipient.prefers(BuddyPref.TAKE_OFFLINE_MESSAGES, default=True)
        if not wanted or recipient.blocks(sender.name):
            state.metrics.messages.labels("refused").inc()
            session.refuse(snac, CODE_OFFLINE, SUBCODE_NO_OFFLINE)
            return
        if sender.name not in recipient.privacy.ignore:
            await state.store.aim.add_offline_message(
                account.name, sender.display, snac.body, channel=sent.channel
            )
    except (NoSuchAccount, LimitReached) as error:
        full = SUBCODE_STORE_FULL if isinstance(error, LimitReached) else None
        state.metrics.messages.labels("refused").inc()
        session.refuse(snac, CODE_OFFLINE, full)
        return
    state.metrics.messages.labels("stored").inc()
    if sent.wants_ack:
        ack = HostAck(sent.cookie, sent.channel, sent.recipient)
        session.reply(snac, ICBM.HOST_ACK, ack.to_bytes())
    await _deliver_if_back(session, account.name)


async def _deliver_if_back(session: BOSSession, name: str) -> None:
    """Give out what was stored for somebody who signed on in the meantime."""
    user = session.state.users.find(name)
    if user is None or not user.live:
        return
    ids = []
    for kept in await session.state.store.aim.offline_messages(name):
        body = stored_message(kept)
        if body is not None and user.live:
            user.live[0].notify(ICBM.CHANNEL_MSG_TO_CLIENT, body)
            ids.append(kept.id)
    await session.state.store.aim.remove_offline_messages(name, ids)


async def collect(session: BOSSession, snac: SNAC | None) -> None:
    """Give out what was stored, and forget it.

    Args:
        session: whose messages.
        snac: the request to answer; None if the client didn't ask.
    """
    store, name = session.state.store.aim, session.user.name
    kept = await store.offline_messages(name)
    deliver(session, kept)
    if snac is not None:
        session.reply(snac, ICBM.OFFLINE_RETRIEVE_REPLY)
    if kept:
        await store.remove_offline_messages(name, [message.id for message in kept])


def deliver(session: BOSSession, kept: list[OfflineMessage]) -> None:
    """Send stored messages in the form of AIM."""
    for message in kept:
        body = stored_message(message)
        if body is not None:
            session.notify(ICBM.CHANNEL_MSG_TO_CLIENT, body)


def stored_message(kept: OfflineMessage) -> bytes | None:
    """Return the body of SNAC (04, 07); None if what was stored can't be read."""
    flags = UserFlag.FREE | (UserFlag.ICQ if is_uin(kept.sender) else 0)
    try:
        sent = MessageToHost.from_bytes(kept.body)
    except ProtocolError:
        logger.warning("stored message %d cannot be read", kept.id)
        return None
    sender = UserInfo.make(kept.sender, flags=flags)
    return sent.relayed(sender, stored_at=kept.sent & 0xFFFF_FFFF).to_bytes()


def pending_delivery(session: BOSSession) -> Pending:
    """Return the work of giving messages to a client that never asks for them."""
    session.collected = True
    return collect(session, None)
