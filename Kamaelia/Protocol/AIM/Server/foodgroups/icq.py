"""Family 0x15, ICQ: stored messages, details and searches of ICQ accounts."""

import time
from typing import Final

from Kamaelia.Internet.peer_host import host_of
from Kamaelia.Protocol.AIM.Server import mailbox
from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import Pending
from Kamaelia.Protocol.AIM.wire.foodgroups import ICBM, ICQ
from Kamaelia.Protocol.AIM.wire.icbm import CHANNEL_ICQ, TLV_DATA, MessageToHost
from Kamaelia.Protocol.AIM.wire.icq import (
    META_REPLY,
    META_REQUEST,
    OFFLINE_DELETE,
    OFFLINE_DONE,
    OFFLINE_REQUEST,
    RESULT_ERROR,
    RESULT_NOT_FOUND,
    RESULT_OK,
    ICQRequest,
    ICQTime,
    OfflineMessage,
)
from Kamaelia.Protocol.AIM.wire.icq_details import (
    ACKNOWLEDGED_BY,
    found_record,
    full_info,
    read_setting,
    short_info,
)
from Kamaelia.Protocol.AIM.wire.icq_message import ICQMessage, ICQMessageType
from Kamaelia.Protocol.AIM.wire.packing import encode_text, read_s16le, s16le
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.Protocol.wire.reader import Reader
from Kamaelia.store.accounts import Account
from Kamaelia.store.aim import OfflineMessage as Kept
from Kamaelia.store.errors import BadValue, LimitReached, StoreBusy

__all__ = ["HANDLERS"]

_EMPTY: Final = s16le(b"")
_SHORT_INFO, _SHORT_REPLY = 0x04BA, 0x0104
_FULL_INFO: Final = (0x04B2, 0x04D0)
_BY_UIN, _BY_UIN_TLV = 0x051F, 0x0569
_SEARCHES: Final = (0x0515, 0x0529, 0x0533, 0x055F, 0x0573)
_XML, _XML_REPLY = 0x0898, 0x08A2
_LAST_FOUND: Final = 0x01AE
_SET_PASSWORD, _PASSWORD_REPLY = 0x042E, 0x00AA
_PROCESSING_ERROR: Final = 0x0001


def request(session: BOSSession, snac: SNAC) -> Pending:
    """Answer a request; one that isn't known gets an error inside its envelope."""
    asked = ICQRequest.from_bytes(snac.body)
    if asked.type == OFFLINE_REQUEST:
        session.collected = True
        return _give_stored(session, snac, asked)
    if asked.type == OFFLINE_DELETE:
        return _forget_stored(session)
    if asked.type == META_REQUEST:
        return _meta(session, snac, asked)
    session.unknown(snac)
    return None


def _answer(
    session: BOSSession,
    snac: SNAC,
    asked: ICQRequest,
    subtype: int,
    data: bytes,
    more: bool = False,
) -> None:
    reply = ICQRequest(asked.uin, META_REPLY, asked.sequence, subtype, data)
    session.reply(snac, ICQ.DB_REPLY, reply.to_bytes(), more=more)


def _meta(session: BOSSession, snac: SNAC, asked: ICQRequest) -> Pending:
    subtype = asked.subtype or 0
    if subtype == _SHORT_INFO:
        return _short_info(session, snac, asked)
    if subtype in _FULL_INFO:
        return _full_info(session, snac, asked)
    if subtype in (_BY_UIN, _BY_UIN_TLV):
        return _find(session, snac, asked)
    if subtype == _SET_PASSWORD:
        return _set_password(session, snac, asked)
    if subtype in ACKNOWLEDGED_BY:
        return _set_details(session, snac, asked)
    if subtype in _SEARCHES:
        _answer(session, snac, asked, _LAST_FOUND, bytes((RESULT_NOT_FOUND,)))
    elif subtype == _XML:
        # ICQ 2003 asks where its banners are when it signs on: nowhere.
        _answer(session, snac, asked, _XML_REPLY, bytes((RESULT_OK,)) + _EMPTY)
    else:
        _answer(session, snac, asked, _PROCESSING_ERROR, bytes((RESULT_ERROR,)))
    return None


def _uin(asked: ICQRequest) -> str:
    """Return the UIN that a request is about; QIP gives a wrong length for it."""
    reader = Reader(asked.data, "ICQ request")
    if asked.subtype == _BY_UIN_TLV:
        reader.u32le()
    return str(reader.u32le())


async def _set_password(session: BOSSession, snac: SNAC, asked: ICQRequest) -> None:
    """Change the password; ICQ's clients don't send the old one."""
    new = read_s16le(Reader(asked.data, "ICQ password"))
    accounts, peer = session.state.store.accounts, host_of(session.link.ends.peer)
    result = RESULT_OK
    try:
        await accounts.set_password("aim", session.user.name, new, peer)
    except (BadValue, StoreBusy):
        result = RESULT_ERROR
    _answer(session, snac, asked, _PASSWORD_REPLY, bytes((result,)))


async def _account(session: BOSSession, uin: str) -> Account | None:
    return await session.state.store.accounts.find("aim", uin)


async def _set_details(session: BOSSession, snac: SNAC, asked: ICQRequest) -> None:
    """Keep what somebody says of themselves; clients insist on an answer."""
    subtype, result = asked.subtype or 0, RESULT_OK
    try:
        details = read_setting(subtype, asked.data)
        if details:
            await session.state.store.aim.set_details(session.user.name, details)
    except (ProtocolError, BadValue, LimitReached):
        result = RESULT_ERROR
    _answer(session, snac, asked, ACKNOWLEDGED_BY[subtype], bytes((result,)))


async def _details(session: BOSSession, account: Account) -> dict[str, bytes]:
    """Return an account's details; who gave no nickname is called by their name."""
    found = await session.state.store.aim.details(account.name)
    return {"nick": encode_text(account.display), **found}


async def _short_info(session: BOSSession, snac: SNAC, asked: ICQRequest) -> None:
    account = await _account(session, _uin(asked))
    if account is None:
        data = bytes((RESULT_NOT_FOUND,))
    else:
        data = bytes((RESULT_OK,)) + short_info(await _details(session, account))
    _answer(session, snac, asked, _SHORT_REPLY, data)


async def _full_info(session: BOSSession, snac: SNAC, asked: ICQRequest) -> None:
    """Give the eight parts of somebody's details."""
    account = await _account(session, _uin(asked))
    if account is None:
        _answer(session, snac, asked, 0x00C8, bytes((RESULT_NOT_FOUND,)))
        return
    ok = bytes((RESULT_OK,))
    parts = full_info(await _details(session, account))
    for number, (subtype, data) in enumerate(parts, 1):
        _answer(session, snac, asked, subtype, ok + data, more=number < len(parts))


async def _find(session: BOSSession, snac: SNAC, asked: ICQRequest) -> None:
    uin = _uin(asked)
    account = await _account(session, uin)
    if account is None:
        _answer(session, snac, asked, _LAST_FOUND, bytes((RESULT_NOT_FOUND,)))
        return
    user = session.state.users.find(uin)
    online = user is not None and session.state.presence.sees(session.user, user)
    details = await _details(session, account)
    record = found_record(int(uin), details, is_online=online)
    _answer(
        session, snac, asked, _LAST_FOUND, bytes((RESULT_OK,)) + record + bytes(4 + 8)
    )


async def _give_stored(session: BOSSession, snac: SNAC, asked: ICQRequest) -> None:
    """Give stored messages: ICQ's in ICQ's form, AIM's as messages."""
    for kept in await session.state.store.aim.offline_messages(session.user.name):
        old = _old_form(kept) if is_uin(kept.sender) else None
        if old is not None:
            body = old.to_request(asked.uin, asked.sequence).to_bytes()
            session.reply(snac, ICQ.DB_REPLY, body, more=True)
        elif (message := mailbox.stored_message(kept)) is not None:
            session.notify(ICBM.CHANNEL_MSG_TO_CLIENT, message)
    done = ICQRequest(asked.uin, OFFLINE_DONE, asked.sequence, None, b"\0")
    session.reply(snac, ICQ.DB_REPLY, done.to_bytes())


def _old_form(kept: Kept) -> OfflineMessage | None:
    """Return a stored message as ICQ's own, None if it can't be read."""
    try:
        sent = MessageToHost.from_bytes(kept.body)
        if sent.channel == CHANNEL_ICQ:
            message = ICQMessage.from_bytes(sent.tlvs.get(TLV_DATA) or b"")
        else:
            uin, kind = int(kept.sender), ICQMessageType.PLAIN
            message = ICQMessage(uin, kind, (sent.text,))
    except ProtocolError:
        return None
    moment = time.gmtime(kept.sent)
    return OfflineMessage(ICQTime(*moment[:5]), message)


async def _forget_stored(session: BOSSession) -> None:
    """Forget what the client says it has got."""
    store, name = session.state.store.aim, session.user.name
    kept = await store.offline_messages(name)
    await store.remove_offline_messages(name, [message.id for message in kept])


HANDLERS: Final = {ICQ.DB_QUERY: request}
