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
from Kamaelia.Protocol.AIM.wire.icq_message import ICQMessage, ICQMessageType
from Kamaelia.Protocol.AIM.wire.packing import encode_text, read_s16le, s16le
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.Protocol.wire.reader import Reader
from Kamaelia.store.accounts import Account
from Kamaelia.store.aim import OfflineMessage as Kept
from Kamaelia.store.errors import BadValue, StoreBusy

__all__ = ["HANDLERS"]

_EMPTY: Final = s16le(b"")
_ANYBODY_MAY_ADD: Final = 1

_SHORT_INFO, _SHORT_REPLY = 0x04BA, 0x0104
_FULL_INFO: Final = (0x04B2, 0x04D0)
_BY_UIN, _BY_UIN_TLV = 0x051F, 0x0569
_SEARCHES: Final = (0x0515, 0x0529, 0x0533, 0x055F, 0x0573)
_XML, _XML_REPLY = 0x0898, 0x08A2
_LAST_FOUND: Final = 0x01AE
_SET_PASSWORD, _PASSWORD_REPLY = 0x042E, 0x00AA
_PROCESSING_ERROR: Final = 0x0001
_SETTINGS: Final = {
    0x03EA: 0x0064,
    0x03F3: 0x006E,
    0x03FD: 0x0078,
    0x0406: 0x0082,
    0x040B: 0x0087,
    0x0410: 0x008C,
    0x041A: 0x0096,
    0x0424: 0x00A0,
    0x0442: 0x00BE,
    0x0654: 0x031E,
    0x0C3A: 0x0C3F,
}
"""Requests to set details, and the types of their acknowledgements."""


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
    if subtype in _SEARCHES:
        _answer(session, snac, asked, _LAST_FOUND, bytes((RESULT_NOT_FOUND,)))
    elif subtype in _SETTINGS:
        # Details aren't kept; clients insist on this answer when they sign on.
        _answer(session, snac, asked, _SETTINGS[subtype], bytes((RESULT_OK,)))
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


async def _short_info(session: BOSSession, snac: SNAC, asked: ICQRequest) -> None:
    account = await _account(session, _uin(asked))
    if account is None:
        data = bytes((RESULT_NOT_FOUND,))
    else:
        nick = s16le(encode_text(account.display))
        flags = bytes((_ANYBODY_MAY_ADD, 0, 0))
        data = bytes((RESULT_OK,)) + nick + 3 * _EMPTY + flags
    _answer(session, snac, asked, _SHORT_REPLY, data)


async def _full_info(session: BOSSession, snac: SNAC, asked: ICQRequest) -> None:
    """Give the eight parts of somebody's details, empty but for the nickname."""
    account = await _account(session, _uin(asked))
    if account is None:
        _answer(session, snac, asked, 0x00C8, bytes((RESULT_NOT_FOUND,)))
        return
    ok = bytes((RESULT_OK,))
    nick = s16le(encode_text(account.display))
    parts = (
        (0x00C8, nick + 10 * _EMPTY + bytes((0, 0, 0, _ANYBODY_MAY_ADD, 0, 0, 0))),
        (0x00DC, bytes(3) + _EMPTY + bytes(9) + 2 * _EMPTY + bytes(3) + bytes(4)),
        (0x00EB, bytes(1)),
        (0x010E, bytes(3) + _EMPTY + bytes(1)),
        (0x00D2, 6 * _EMPTY + bytes(2) + 3 * _EMPTY + bytes(2) + _EMPTY),
        (0x00E6, _EMPTY),
        (0x00F0, bytes(1)),
        (0x00FA, bytes(2)),
    )
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
    record = int(uin).to_bytes(4, "little") + s16le(encode_text(account.display))
    record += 3 * _EMPTY + bytes((_ANYBODY_MAY_ADD, int(online), 0, 0, 0, 0))
    data = bytes((RESULT_OK,)) + len(record).to_bytes(2, "little") + record
    _answer(session, snac, asked, _LAST_FOUND, data + bytes(4) + bytes(8))


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
