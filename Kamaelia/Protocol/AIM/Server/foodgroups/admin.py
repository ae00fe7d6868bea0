"""Family 0x07, ADMIN: users look after their own accounts."""

from typing import Final

from Kamaelia.Internet.peer_host import host_of
from Kamaelia.Protocol.AIM.Server.session import Pending, Session
from Kamaelia.Protocol.AIM.wire.admin import (
    CONFIRM_ALREADY,
    TAG_EMAIL,
    TAG_NAME,
    TAG_NEW_PASSWORD,
    TAG_OLD_PASSWORD,
    TAG_STATUS,
    AdminReply,
    AdminRequest,
    ConfirmReply,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import ADMIN, SNACType
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.store.errors import AccountSuspended, BadName, BadValue, StoreBusy

__all__ = ["HANDLERS"]

_TAG_URL, _TAG_ERROR = 0x04, 0x08
_FULL_DISCLOSURE: Final = 3
_BUSY, _INVALID_NAME, _INVALID_PASSWORD = 0x04, 0x06, 0x07
_WRONG_OLD, _OLD_NEEDED, _UNSUPPORTED = 0x0A, 0x0F, 0x12


def info(session: Session, snac: SNAC) -> Pending:
    """Tell what is asked for."""
    asked = AdminRequest.from_bytes(snac.body).tlvs
    if asked.has(TAG_NAME):
        answer = TLV.text(TAG_NAME, session.user.display)
    elif asked.has(TAG_EMAIL):
        answer = TLV(TAG_EMAIL)
    elif asked.has(TAG_STATUS):
        answer = TLV.u16(TAG_STATUS, _FULL_DISCLOSURE)
    else:
        _answer(session, snac, ADMIN.INFO_REPLY, *_error(_UNSUPPORTED))
        return None
    _answer(session, snac, ADMIN.INFO_REPLY, answer)
    return None


def _error(code: int) -> tuple[TLV, TLV]:
    """Return an error; libpurple shows none that comes without an address to read."""
    return TLV.u16(_TAG_ERROR, code), TLV(_TAG_URL)


def _answer(session: Session, snac: SNAC, kind: SNACType, *answers: TLV) -> None:
    session.reply(snac, kind, AdminReply(TLVBlock(answers)).to_bytes())


async def change(session: Session, snac: SNAC) -> None:
    """Change the form of the name, or the password."""
    wanted = AdminRequest.from_bytes(snac.body).tlvs
    if wanted.has(TAG_NEW_PASSWORD):
        error = await _change_password(session, wanted)
        answer = TLV(TAG_NEW_PASSWORD)
    elif wanted.has(TAG_NAME):
        error = await _change_name(session, wanted.text(TAG_NAME))
        answer = TLV.text(TAG_NAME, session.user.display)
    else:
        error, answer = _UNSUPPORTED, TLV(TAG_STATUS)
    answers = _error(error) if error else (answer,)
    _answer(session, snac, ADMIN.INFO_CHANGE_REPLY, *answers)
    if not error and wanted.has(TAG_NAME):
        session.state.presence.update_own(session.user)
        session.state.presence.update(session.user)


async def _change_name(session: Session, display: str) -> int:
    try:
        account = await session.state.store.accounts.set_display(
            "aim", session.user.name, display
        )
    except BadName:
        return _INVALID_NAME
    session.user.display = account.display
    return 0


async def _change_password(session: Session, wanted: TLVBlock) -> int:
    old, new = wanted.get(TAG_OLD_PASSWORD), wanted.get(TAG_NEW_PASSWORD) or b""
    if not old:
        return _OLD_NEEDED
    accounts, name = session.state.store.accounts, session.user.name
    address, admission = session.link.ends.peer, session.state.admission
    if admission.refusal(address, name):
        return _BUSY
    try:
        peer = host_of(address)
        right = await accounts.check_password("aim", name, old, peer) is not None
        if admission.overrun(address, name):
            return _BUSY
        if not right:
            admission.failed(address, name)
            return _WRONG_OLD
        await accounts.set_password("aim", name, new, peer)
    except BadValue:
        return _INVALID_PASSWORD
    except (AccountSuspended, StoreBusy):
        return _BUSY
    return 0


def confirm(session: Session, snac: SNAC) -> Pending:
    """Say that accounts need no confirmation."""
    body = ConfirmReply(CONFIRM_ALREADY).to_bytes()
    session.reply(snac, ADMIN.ACCT_CONFIRM_REPLY, body)
    return None


HANDLERS: Final = {
    ADMIN.INFO_QUERY: info,
    ADMIN.INFO_CHANGE_REQUEST: change,
    ADMIN.ACCT_CONFIRM_REQUEST: confirm,
}
