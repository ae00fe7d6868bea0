"""Family 0x10, BART: icons up and down, kept in the store."""

from typing import Final

from Kamaelia.Protocol.AIM.Server.blank_icon import blank_icon
from Kamaelia.Protocol.AIM.Server.session import Pending, Session
from Kamaelia.Protocol.AIM.wire.bart import (
    BARTID,
    CLEARED,
    CODE_NOT_FOUND,
    CODE_OK,
    FLAG_CUSTOM,
    FLAG_REDIRECT,
    TYPE_ICON,
    BARTDownload,
    BARTDownload2,
    BARTDownload2Reply,
    BARTDownloadReply,
    BARTUpload,
    BARTUploadReply,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import BART, OSERVICE
from Kamaelia.Protocol.AIM.wire.snac import SNAC

__all__ = ["HANDLERS"]

_INVALID: Final = 1
_TOO_BIG: Final = 4


def upload(session: Session, snac: SNAC) -> Pending:
    """Keep a piece of art; tell its owner's watchers if it is the icon."""
    sent, state = BARTUpload.from_bytes(snac.body), session.state
    code = CODE_OK
    if len(sent.data) > state.limits.icon_bytes:
        code = _TOO_BIG
    elif not sent.data:
        code = _INVALID
    if code:
        reply = BARTUploadReply(code, BARTID(sent.type))
        session.reply(snac, BART.UPLOAD_REPLY, reply.to_bytes())
        return None
    return _keep(session, snac, sent)


async def _keep(session: Session, snac: SNAC, sent: BARTUpload) -> None:
    state, user = session.state, session.user
    name = await state.art.keep(user.name, sent.type, sent.data)
    item = BARTID(sent.type, FLAG_CUSTOM, name)
    session.reply(snac, BART.UPLOAD_REPLY, BARTUploadReply(CODE_OK, item).to_bytes())
    if name == user.icon and sent.type == TYPE_ICON:
        active = BARTID(TYPE_ICON, FLAG_CUSTOM | FLAG_REDIRECT, name).to_bytes()
        for instance in user.instances:
            instance.notify(OSERVICE.BART_REPLY, active)
        state.presence.update_own(user)
        state.presence.update(user)


async def _find(session: Session, item: BARTID) -> bytes | None:
    if item.data == CLEARED:
        return blank_icon()
    return await session.state.art.fetch(item.data)


async def download(session: Session, snac: SNAC) -> None:
    """Give a piece of art; no bytes if there is none of this name."""
    asked = BARTDownload.from_bytes(snac.body)
    data = await _find(session, asked.item) or b""
    body = BARTDownloadReply(asked.owner, asked.item, data).to_bytes()
    session.reply(snac, BART.DOWNLOAD_REPLY, body)


async def download2(session: Session, snac: SNAC) -> None:
    """Give several pieces, one answer each."""
    asked = BARTDownload2.from_bytes(snac.body)
    # One request may name thousands of pieces, or one piece thousands of times: it
    # gets no more than may wait for a client that hasn't read any of them yet.
    room = session.state.limits.output_bytes // 2
    missing: set[bytes] = set()
    for number, item in enumerate(asked.items, 1):
        data = None
        if item.data not in missing and room >= 0:  # each is looked up once
            data = await _find(session, item)
        if data is None:
            missing.add(item.data)
        if data is not None and (room := room - len(data)) < 0:
            data = None
        code = CODE_NOT_FOUND if data is None else CODE_OK
        body = BARTDownload2Reply(asked.owner, item, code, item, data or b"").to_bytes()
        more = number < len(asked.items)
        session.reply(snac, BART.DOWNLOAD2_REPLY, body, more=more)


HANDLERS: Final = {
    BART.UPLOAD_QUERY: upload,
    BART.DOWNLOAD_QUERY: download,
    BART.DOWNLOAD2_QUERY: download2,
}
