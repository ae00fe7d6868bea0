"""Every OSCAR format with a strategy that makes its values."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire import (
    admin,
    bart,
    buddy,
    chat,
    directory,
    feedbag,
    feedbag_rights,
    icbm,
    icbm_control,
    icq,
    icq_extended,
    icq_message,
    locate,
    login,
    oservice,
    own_info,
    pd,
    rendezvous,
    room,
    snac,
    user_info,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import SNACType
from Kamaelia.Protocol.AIM.wire.rates import RateClass
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFF_FFFF)
u64 = st.binary(min_size=8, max_size=8)
some = st.binary(max_size=30)
letters = st.characters(codec="utf-8", exclude_characters="\0")
words = st.text(letters, max_size=12)
names = words
tlvs = st.lists(st.builds(TLV, u16, some), max_size=4).map(TLVBlock)
no_names = st.lists(st.builds(TLV, st.integers(2, 99), some), max_size=3).map(TLVBlock)
uuids = st.builds(UUID, bytes=st.binary(min_size=16, max_size=16))
users = st.builds(user_info.UserInfo, names, u16, tlvs)
barts = st.builds(bart.BARTID, u16, u8, some)
rooms = st.builds(room.RoomKey, u16, names, u16)
room_infos = st.builds(room.RoomInfo, rooms, tlvs, u8)
types = st.builds(SNACType, u16, u16)
items = st.builds(feedbag.FeedbagItem, words, u16, u16, u16, tlvs)
icq_messages = st.builds(
    icq_message.ICQMessage,
    u32,
    st.integers(2, 255),
    st.lists(words, min_size=1).map(tuple),
    u8,
)
identities = st.builds(
    login.ClientIdentity, words, u16, u16, u16, u16, u16, u32, words, words, u8
)


def _rate(long: bool) -> st.SearchStrategy[RateClass]:
    tail = (u32, st.booleans()) if long else (st.none(), st.just(False))
    return st.builds(RateClass, u16, u32, u32, u32, u32, u32, u32, u32, *tail)


def _params(classes: list[RateClass]) -> st.SearchStrategy[oservice.RateParams]:
    members = st.tuples(
        *(
            st.tuples(st.just(c.id), st.lists(types, max_size=3).map(tuple))
            for c in classes
        )
    )
    return st.builds(oservice.RateParams, st.just(tuple(classes)), members)


rate_params = st.lists(_rate(True), max_size=3).flatmap(_params)
versions = st.builds(oservice.FamilyVersion, u16, u16)
tools = st.builds(oservice.ToolVersion, u16, u16, u16, u16)
interests = st.builds(directory.Interest, u8, u8, words)
times = st.tuples(u32, u32, u32)
sixteen = st.binary(min_size=16, max_size=16)
extended = (u8, words, u16, u8, u16, u16, u16, sixteen, u32, some)
direct = (u32, u32, u8, u16, u32, u32, u32, times)


class Format(NamedTuple):
    """A format: its values and the function that reads them."""

    values: st.SearchStrategy[Any]
    decode: Callable[[bytes], Any]


def _of(cls: Any, *fields: st.SearchStrategy[Any]) -> tuple[str, Format]:
    return cls.__name__, Format(st.builds(cls, *fields), cls.from_bytes)


def _tuple_of(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


FORMATS: dict[str, Format] = dict(
    (
        _of(snac.SNACHeader, u16, u16, u16, u32),
        _of(snac.SNACError, u16, tlvs),
        _of(login.SignOn, u32, tlvs),
        _of(login.SignOff, tlvs),
        _of(login.ChallengeRequest, names, no_names),
        _of(login.ChallengeReply, some, tlvs),
        _of(login.LoginRequest, names, some, st.booleans(), identities, some),
        _of(user_info.UserInfo, names, u16, tlvs),
        _of(
            user_info.DirectInfo,
            u32,
            u32,
            u8,
            u16,
            u32,
            u32,
            u32,
            st.tuples(u32, u32, u32),
        ),
        _of(bart.BARTID, u16, u8, some),
        _of(bart.BARTUpload, u16, some),
        _of(bart.BARTUploadReply, u8, barts),
        _of(bart.BARTDownload, names, barts, u8),
        _of(bart.BARTDownloadReply, names, barts, some),
        _of(bart.BARTDownload2, names, _tuple_of(barts)),
        _of(bart.BARTDownload2Reply, names, barts, u8, barts, some),
        _of(buddy.BuddyRights, u16, u16, u16, u16),
        _of(pd.PDRights, u16, u16, u16),
        _of(pd.GroupMask, u32),
        _of(oservice.Versions, _tuple_of(versions)),
        _of(
            oservice.ClientOnline,
            _tuple_of(st.builds(oservice.ToolVersion, u16, u16, u16, u16)),
        ),
        _of(oservice.ServiceRequest, u16, tlvs),
        _of(oservice.ServiceResponse, u16, words.filter(bool), some, u8, words),
        _of(oservice.RateChange, u16, _tuple_of(_rate(True))),
        (
            "RateParams",
            Format(rate_params, oservice.RateParams.from_bytes),
        ),
        _of(oservice.MigrateGroups, _tuple_of(u16), words, some),
        _of(own_info.EvilNotification, u16, st.none() | users),
        _of(own_info.IdleNotification, u32),
        _of(own_info.MessageOfTheDay, u16, words),
        _of(own_info.PrivacyFlags, u32),
        _of(own_info.SetUserInfo, tlvs),
        _of(room.RoomKey, u16, names, u16),
        _of(room.RoomInfo, rooms, tlvs, u8),
        _of(room.ExchangeInfo, u16, tlvs),
        _of(chat.RoomInfoRequest, rooms, u8),
        _of(chat.CreateRoom, room_infos),
        _of(chat.NavInfo, tlvs),
        _of(chat.ChatMessage, u64, tlvs, u16),
        _of(icbm.MessageToHost, u64, u16, names, tlvs),
        _of(icbm.MessageToClient, u64, u16, users, tlvs),
        _of(icbm.HostAck, u64, u16, names),
        _of(icbm_control.ICBMParameters, u16, u32, u16, u16, u16, u32),
        _of(icbm_control.ClientEvent, names, u16, u16, u64),
        _of(icbm_control.EvilRequest, names, st.booleans()),
        _of(icbm_control.EvilReply, u16, u16),
        _of(icbm_control.ClientError, u64, u16, names, u16, some),
        _of(rendezvous.Rendezvous, u16, u64, uuids, tlvs),
        _of(rendezvous.FileOffer, words, u32, u16, st.booleans()),
        _of(locate.LocateRights, u16, u16, u16),
        _of(locate.SetInfo, tlvs),
        _of(locate.UserInfoQuery, names, u16),
        _of(locate.UserInfoQuery2, names, u32),
        _of(locate.UserInfoReply, users, tlvs),
        _of(feedbag.FeedbagReply, _tuple_of(items), u32, u8),
        _of(feedbag.FeedbagVersion, u32, u16),
        _of(feedbag_rights.FeedbagRights, tlvs),
        _of(feedbag_rights.AuthorisationRequest, names, words),
        _of(feedbag_rights.AuthorisationReply, names, st.booleans(), words),
        _of(feedbag_rights.BuddyAdded, names),
        _of(
            icq_message.ICQMessage,
            u32,
            st.integers(2, 255),
            st.lists(words, min_size=1).map(tuple),
            u8,
        ),
        _of(icq.ICQRequest, u32, st.just(icq.META_REQUEST), u16, u16, some),
        _of(
            icq.OfflineMessage,
            st.builds(icq.ICQTime, u16, u8, u8, u8, u8),
            icq_messages,
        ),
        _of(icq_extended.ExtendedMessage, *extended),
        _of(admin.AdminRequest, tlvs),
        _of(admin.AdminReply, tlvs, u16),
        _of(admin.ConfirmReply, u16, tlvs),
        _of(directory.DirectoryInfo, tlvs, u16),
        _of(directory.DirectoryReply, _tuple_of(tlvs), u16),
    )
)

LISTS: dict[str, Format] = {
    "read_users": Format(_tuple_of(users), user_info.read_users),
    "read_names": Format(_tuple_of(names), buddy.read_names),
    "read_numbers": Format(_tuple_of(u16), oservice.read_numbers),
    "read_barts": Format(_tuple_of(barts), bart.read_barts),
    "read_items": Format(_tuple_of(items), feedbag.read_items),
    "read_interests": Format(
        _tuple_of(st.builds(directory.Interest, u8, u8, words)),
        directory.read_interests,
    ),
    "found_names": Format(_tuple_of(names), directory.found_names),
    "read_missed_calls": Format(
        _tuple_of(st.builds(icbm_control.MissedCall, u16, users, u16, u16)),
        icbm_control.read_missed_calls,
    ),
}

ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "read_users": user_info.users_to_bytes,
    "read_names": buddy.names_to_bytes,
    "read_numbers": oservice.numbers_to_bytes,
    "read_barts": lambda ids: b"".join(each.to_bytes() for each in ids),
    "read_items": feedbag.items_to_bytes,
    "read_interests": directory.interests_to_bytes,
    "found_names": directory.names_found_to_bytes,
    "read_missed_calls": icbm_control.missed_calls_to_bytes,
}
