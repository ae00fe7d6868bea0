"""Family 0x02, LOCATE: profiles, away messages, capabilities, directory entries."""

from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import CODE_OFFLINE, Pending
from Kamaelia.Protocol.AIM.Server.state.instances import Instance
from Kamaelia.Protocol.AIM.wire.buddy import read_names
from Kamaelia.Protocol.AIM.wire.directory import DirectoryInfo
from Kamaelia.Protocol.AIM.wire.foodgroups import LOCATE
from Kamaelia.Protocol.AIM.wire.locate import (
    LocateRights,
    SetInfo,
    UserInfoQuery,
    UserInfoQuery2,
    UserInfoReply,
    Wants,
)
from Kamaelia.Protocol.AIM.wire.packing import u16
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock

__all__ = ["HANDLERS"]

_TEXTS: Final = (0x02, 0x04)
_MOST_CAPS: Final = 64
_LONGEST_ENTRY: Final = 255


def rights(session: BOSSession, snac: SNAC) -> Pending:
    """Tell the limits."""
    body = LocateRights(max_profile=session.state.limits.profile_bytes).to_bytes()
    session.reply(snac, LOCATE.RIGHTS_REPLY, body)
    return None


def set_info(session: BOSSession, snac: SNAC) -> Pending:
    """Set what is there; texts are given back as they came, cut at the limit."""
    limit = session.state.limits.profile_bytes
    session.instance.set_locate(
        _cut(tlv, limit) for tlv in SetInfo.from_bytes(snac.body).tlvs
    )
    if session.instance.live:
        session.state.presence.update(session.user)
    return None


def _cut(tlv: TLV, limit: int) -> TLV:
    """Return a TLV no longer than may be stored, cut between UTF-16 units."""
    longest = limit & ~1 if tlv.tag in _TEXTS else 16 * _MOST_CAPS
    return tlv if len(tlv.value) <= longest else TLV(tlv.tag, tlv.value[:longest])


def user_info(session: BOSSession, snac: SNAC) -> Pending:
    """Tell about somebody: the old form of the question."""
    query = UserInfoQuery.from_bytes(snac.body)
    return _tell(session, snac, query.screen_name, query.wants)


def user_info2(session: BOSSession, snac: SNAC) -> Pending:
    """Tell about somebody: the newer form."""
    query = UserInfoQuery2.from_bytes(snac.body)
    return _tell(session, snac, query.screen_name, query.wants)


def _tell(session: BOSSession, snac: SNAC, name: str, wants: int) -> Pending:
    presence = session.state.presence
    other = session.state.users.find(name)
    if other is None or not (
        other is session.user or presence.sees(session.user, other)
    ):
        session.refuse(snac, CODE_OFFLINE)
        return None
    instances = other.live or other.instances
    shown = next((i for i in instances if i.locate), instances[0])
    reply = UserInfoReply(presence.info(other), TLVBlock(_wanted(shown, wants)))
    session.reply(snac, LOCATE.USER_INFO_REPLY, reply.to_bytes())
    return None


def _wanted(shown: Instance, wants: int) -> list[TLV]:
    """Return the TLVs that a query asks for, as far as they are set."""
    tags: list[int] = []
    if wants & Wants.PROFILE:
        tags += 0x01, 0x02
    if wants & Wants.AWAY and shown.away:
        tags += 0x03, 0x04
    if wants & Wants.CAPS:
        tags.append(0x05)
    if wants & Wants.CERTS:
        tags.append(0x06)
    found = [shown.locate.get(tag) for tag in tags]
    if wants & Wants.PROFILE and not shown.locate.keys() & {0x01, 0x02}:
        found[:2] = TLV(0x01), TLV(0x02)  # an empty profile is one, too
    return [tlv for tlv in found if tlv is not None]


def set_directory(session: BOSSession, snac: SNAC) -> Pending:
    """Keep the directory entry while the user is signed on."""
    tlvs = TLVBlock.from_bytes(snac.body, lenient=True)
    entry = {tlv.tag: tlv.value[:_LONGEST_ENTRY] for tlv in tlvs if tlv.tag < 0x40}
    session.user.directory = entry
    session.reply(snac, LOCATE.SET_DIR_REPLY, u16(1))
    return None


def get_directory(session: BOSSession, snac: SNAC) -> Pending:
    """Tell somebody's directory entry, if the asker may see that they are there.

    An entry lasts as long as its owner is signed on, so it tells just that.
    """
    names, user = read_names(snac.body), session.user
    other = session.state.users.find(names[0]) if names else None
    shown = other is not None and (
        other is user or session.state.presence.sees(user, other)
    )
    entry = other.directory if other is not None and shown else {}
    tlvs = TLVBlock(TLV(tag, value) for tag, value in entry.items())
    session.reply(snac, LOCATE.GET_DIR_REPLY, DirectoryInfo(tlvs).to_bytes())
    return None


def set_keywords(session: BOSSession, snac: SNAC) -> Pending:
    """Answer; interests are not kept."""
    session.reply(snac, LOCATE.SET_KEYWORD_REPLY, u16(1))
    return None


HANDLERS: Final = {
    LOCATE.RIGHTS_QUERY: rights,
    LOCATE.SET_INFO: set_info,
    LOCATE.USER_INFO_QUERY: user_info,
    LOCATE.USER_INFO_QUERY2: user_info2,
    LOCATE.SET_DIR_INFO: set_directory,
    LOCATE.GET_DIR_INFO: get_directory,
    LOCATE.SET_KEYWORD_INFO: set_keywords,
}
