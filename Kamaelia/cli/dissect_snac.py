"""What is in an OSCAR frame: its TLVs, its message, and a line for a reader.

`tlvs_of` and `message_of` give what the JSON document shows; `essence_of` the few
words behind a frame in the listing. All three take whatever comes: what is cut short
raises ProtocolError and nothing else.
"""

from collections.abc import Callable
from itertools import chain
from typing import Final

from Kamaelia.cli.dissect_records import Fields
from Kamaelia.cli.plain_text import plain, quoted
from Kamaelia.Protocol.AIM.wire import feedbag, icbm, icbm_control
from Kamaelia.Protocol.AIM.wire.buddy import read_names
from Kamaelia.Protocol.AIM.wire.chat import ChatMessage
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_SIGNOFF, CHANNEL_SIGNON
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    ADMIN,
    BUCP,
    BUDDY,
    CHAT,
    CHATNAV,
    FEEDBAG,
    ICBM,
    ICQ,
    LOCATE,
    OSERVICE,
    PD,
    SNACType,
    family_name,
)
from Kamaelia.Protocol.AIM.wire.message_text import read_fragments
from Kamaelia.Protocol.AIM.wire.packing import decode_text, read_s8
from Kamaelia.Protocol.AIM.wire.rendezvous import Rendezvous
from Kamaelia.Protocol.AIM.wire.room import RoomInfo
from Kamaelia.Protocol.AIM.wire.snac import SNAC, SNACError
from Kamaelia.Protocol.AIM.wire.tlv import TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo, read_users
from Kamaelia.Protocol.wire.reader import Reader

TEXT_FRAGMENT: Final = 1
FEATURES_FRAGMENT: Final = 5

_TLVS_AFTER: Final = {
    OSERVICE.SERVICE_REQUEST: 2,
    OSERVICE.SERVICE_RESPONSE: 0,
    OSERVICE.MOTD: 2,
    OSERVICE.SET_USERINFO_FIELDS: 0,
    LOCATE.RIGHTS_REPLY: 0,
    LOCATE.SET_INFO: 0,
    LOCATE.SET_DIR_INFO: 0,
    LOCATE.GET_DIR_REPLY: 2,
    BUDDY.RIGHTS_QUERY: 0,
    BUDDY.RIGHTS_REPLY: 0,
    PD.RIGHTS_REPLY: 0,
    ADMIN.INFO_QUERY: 0,
    ADMIN.INFO_CHANGE_REQUEST: 0,
    CHATNAV.NAV_INFO: 0,
    CHAT.CHANNEL_MSG_TO_HOST: 10,
    CHAT.CHANNEL_MSG_TO_CLIENT: 10,
    FEEDBAG.RIGHTS_QUERY: 0,
    FEEDBAG.RIGHTS_REPLY: 0,
    ICQ.DB_QUERY: 0,
    ICQ.DB_REPLY: 0,
    BUCP.LOGIN_REQUEST: 0,
    BUCP.LOGIN_RESPONSE: 0,
    BUCP.CHALLENGE_REQUEST: 0,
}
"""Bytes before the TLVs that fill the body."""

_USERS: Final = frozenset(
    {
        OSERVICE.USER_INFO_UPDATE,
        BUDDY.ARRIVED,
        BUDDY.DEPARTED,
        CHAT.USERS_JOINED,
        CHAT.USERS_LEFT,
    }
)
_ITEMS: Final = frozenset(
    {FEEDBAG.INSERT_ITEM, FEEDBAG.UPDATE_ITEM, FEEDBAG.DELETE_ITEM}
)
_TO_HOST: Final = ICBM.CHANNEL_MSG_TO_HOST
_TO_CLIENT: Final = ICBM.CHANNEL_MSG_TO_CLIENT
_EVENTS: Final = {0: "typing ended", 1: "has typed", 2: "is typing", 15: "closed"}
_KINDS: Final = {0: "proposes", 1: "cancels", 2: "accepts"}


def tlvs_of(snac: SNAC) -> TLVBlock:
    """Return the TLVs of a SNAC, in the order of the wire, those before the body too.

    Raises:
        ProtocolError: the body is cut short.
    """
    return TLVBlock((*TLVBlock.from_bytes(snac.prefix), *_body_tlvs(snac)))


def frame_tlvs(channel: int, payload: bytes) -> TLVBlock:
    """Return the TLVs of a sign-on or sign-off frame.

    Raises:
        ProtocolError: one is cut short.
    """
    if channel == CHANNEL_SIGNON:
        return TLVBlock.from_bytes(payload[4:])
    return TLVBlock.from_bytes(payload) if channel == CHANNEL_SIGNOFF else TLVBlock()


def _body_tlvs(snac: SNAC) -> TLVBlock:
    kind, body = snac.type, snac.body
    if kind in _TLVS_AFTER:
        return TLVBlock.from_bytes(body[_TLVS_AFTER[kind] :], lenient=True)
    if kind in _USERS:
        return TLVBlock(chain.from_iterable(user.tlvs for user in read_users(body)))
    if kind in _ITEMS:
        return _item_tlvs(feedbag.read_items(body))
    if kind == FEEDBAG.REPLY:
        return _item_tlvs(feedbag.FeedbagReply.from_bytes(body).items)
    if kind == LOCATE.USER_INFO_REPLY:
        reader = Reader(body, "user info reply")
        user = UserInfo.read(reader)
        return TLVBlock((*user.tlvs, *TLVBlock.read(reader)))
    if kind == _TO_HOST:
        return icbm.MessageToHost.from_bytes(body).tlvs
    if kind == _TO_CLIENT:
        message = icbm.MessageToClient.from_bytes(body)
        return TLVBlock((*message.sender.tlvs, *message.tlvs))
    if kind.subtype == 1:
        return SNACError.from_bytes(body).tlvs
    return TLVBlock()


def _item_tlvs(items: tuple[feedbag.FeedbagItem, ...]) -> TLVBlock:
    return TLVBlock(chain.from_iterable(item.attributes for item in items))


def show_tlvs(tlvs: TLVBlock) -> list[Fields]:
    """Return TLVs as the JSON document shows them."""
    return [
        {"type": tlv.tag, "len": len(tlv.value), "value_hex": tlv.value.hex()}
        for tlv in tlvs
    ]


def message_of(snac: SNAC, direction: str) -> Fields | None:
    """Return what the JSON document calls `icbm`; None if the SNAC is no message.

    Raises:
        ProtocolError: the body is cut short.
    """
    if snac.type == _TO_HOST:
        sent = icbm.MessageToHost.from_bytes(snac.body)
        fields = _envelope(sent.cookie, sent.channel)
        return {**fields, "recipient": sent.recipient, **_content(sent)}
    if snac.type == _TO_CLIENT:
        got = icbm.MessageToClient.from_bytes(snac.body)
        fields = _envelope(got.cookie, got.channel)
        who = {"warning_level": got.sender.warning, "sender": got.sender.screen_name}
        return {**fields, **who, **_content(got)}
    if snac.type == ICBM.HOST_ACK:
        ack = icbm.HostAck.from_bytes(snac.body)
        return {**_envelope(ack.cookie, ack.channel), "recipient": ack.recipient}
    if snac.type == ICBM.CLIENT_EVENT:
        event = icbm_control.ClientEvent.from_bytes(snac.body)
        fields = _envelope(event.cookie, event.channel)
        role = "recipient" if direction == "c2s" else "sender"
        return {**fields, "typing": event.event, role: event.screen_name}
    return None


def _envelope(cookie: bytes, channel: int) -> Fields:
    return {"cookie": cookie.hex(), "channel": channel}


def _content(message: icbm.MessageToHost | icbm.MessageToClient) -> Fields:
    """Return the fields for what a message says, by its channel."""
    if message.channel == icbm.CHANNEL_TEXT:
        data = message.tlvs.get(icbm.TLV_FRAGMENTS)
        return {} if data is None else _text(data, message.text)
    if message.channel == icbm.CHANNEL_RENDEZVOUS:
        data = message.tlvs.get(icbm.TLV_DATA)
        return {} if data is None else {"rendezvous": _rendezvous(data)}
    return {}


def _text(data: bytes, text: str) -> Fields:
    parts = read_fragments(data)
    texts = [part for part in parts if part.id == TEXT_FRAGMENT]
    features = [part.data for part in parts if part.id == FEATURES_FRAGMENT]
    fields: Fields = {
        "text": text,
        "text_hex": b"".join(part.data[4:] for part in texts).hex(),
    }
    if texts:
        fields["charset"] = texts[0].charset
        fields["charsubset"] = int.from_bytes(texts[0].data[2:4], "big")
    if features:
        fields["features_hex"] = features[0].hex()
    return fields


def _rendezvous(data: bytes) -> Fields:
    found = Rendezvous.from_bytes(data)
    return {
        "msg_type": found.kind,
        "cookie": found.cookie.hex(),
        "capability": found.capability.hex,
        "tlvs": show_tlvs(found.tlvs),
    }


def essence_of(snac: SNAC) -> str:
    """Return the gist of a SNAC on one line, escaped; nothing where there is none.

    Raises:
        ProtocolError: the body is cut short.
    """
    if snac.type in _ESSENCES:
        return _ESSENCES[snac.type](snac.body)
    if snac.type.subtype == 1:
        error = SNACError.from_bytes(snac.body)
        return f"error 0x{error.code:02X}, {plain(error.meaning)}"
    return ""


def _sent(body: bytes) -> str:
    message = icbm.MessageToHost.from_bytes(body)
    return f"to {plain(message.recipient)}{_gist(message)}"


def _received(body: bytes) -> str:
    message = icbm.MessageToClient.from_bytes(body)
    return f"from {plain(message.sender.screen_name)}{_gist(message)}"


def _gist(message: icbm.MessageToHost | icbm.MessageToClient) -> str:
    auto = " (automatic)" if message.is_auto else ""
    if message.channel == icbm.CHANNEL_TEXT:
        return f"{auto}: {quoted(message.text)}"
    data = message.tlvs.get(icbm.TLV_DATA)
    if message.channel != icbm.CHANNEL_RENDEZVOUS or data is None:
        return f"{auto}: channel {message.channel}"
    return f": rendezvous {message.cookie.hex()}, {_plan(Rendezvous.from_bytes(data))}"


def _plan(plan: Rendezvous) -> str:
    kind = _KINDS.get(plan.kind, f"kind {plan.kind}")
    words = [kind, str(plan.capability)]
    if offer := plan.files():
        words.append(f"file {quoted(offer.name)}, {offer.size} bytes")
    if room := plan.room():
        words.append(f"room {quoted(room.cookie)}")
    if plan.text:
        words.append(quoted(plan.text))
    if plan.port:
        words.append(f"at {plan.address() or plan.address(3)}:{plan.port}")
    return " ".join(words)


def _ack(body: bytes) -> str:
    ack = icbm.HostAck.from_bytes(body)
    return f"to {plain(ack.recipient)} taken, cookie {ack.cookie.hex()}"


def _typing(body: bytes) -> str:
    event = icbm_control.ClientEvent.from_bytes(body)
    what = _EVENTS.get(event.event, f"event {event.event}")
    return f"{plain(event.screen_name)}: {what}"


def _users(body: bytes) -> str:
    return ", ".join(_user(user) for user in read_users(body))


def _user(user: UserInfo) -> str:
    words = [plain(user.screen_name)]
    if user.is_away:
        words.append("away")
    if user.idle_minutes:
        words.append(f"idle {user.idle_minutes} min")
    return " ".join(words)


def _names(body: bytes) -> str:
    return ", ".join(plain(name) for name in read_names(body))


def _profile(body: bytes) -> str:
    return _user(UserInfo.from_bytes(body))


def _query2(body: bytes) -> str:
    return plain(decode_text(read_s8(Reader(body[4:], "user info query"))))


def _challenge(body: bytes) -> str:
    return plain(TLVBlock.from_bytes(body).text(0x01))


def _login(body: bytes) -> str:
    tlvs = TLVBlock.from_bytes(body)
    client = f" with {quoted(tlvs.text(0x03))}" if tlvs.has(0x03) else ""
    return f"{plain(tlvs.text(0x01))}{client}"


def _login_reply(body: bytes) -> str:
    tlvs = TLVBlock.from_bytes(body)
    if tlvs.has(0x08):
        return f"{plain(tlvs.text(0x01))} refused, code 0x{tlvs.u16(0x08):02X}"
    return f"{plain(tlvs.text(0x01))}, go to {plain(tlvs.text(0x05))}"


def _families(body: bytes) -> str:
    reader = Reader(body, "families")
    found = []
    while reader:
        found.append(family_name(reader.u16()))
    return " ".join(found)


def _service(body: bytes) -> str:
    return family_name(Reader(body, "service request").u16())


def _service_reply(body: bytes) -> str:
    tlvs = TLVBlock.from_bytes(body)
    return f"{family_name(tlvs.u16(0x0D))} at {plain(tlvs.text(0x05))}"


def _items(body: bytes) -> str:
    return _show_items(feedbag.read_items(body))


def _list(body: bytes) -> str:
    return _show_items(feedbag.FeedbagReply.from_bytes(body).items)


def _show_items(items: tuple[feedbag.FeedbagItem, ...]) -> str:
    return ", ".join(
        f"{item.group_id}/{item.item_id} class {item.class_id} {quoted(item.name)}"
        for item in items
    )


def _chat(body: bytes) -> str:
    message = ChatMessage.from_bytes(body)
    sender = message.sender()
    who = f"from {plain(sender.screen_name)}" if sender else "to the room"
    return f"{who}: {quoted(message.text())}"


def _room(body: bytes) -> str:
    return quoted(room_name(body))


def room_name(body: bytes) -> str:
    """Return the name of the room that a CHAT ROOM_INFO_UPDATE is about.

    Raises:
        ProtocolError: the body is cut short.
    """
    return RoomInfo.from_bytes(body).name


_ESSENCES: Final[dict[SNACType, Callable[[bytes], str]]] = {
    OSERVICE.HOST_ONLINE: _families,
    OSERVICE.SERVICE_REQUEST: _service,
    OSERVICE.SERVICE_RESPONSE: _service_reply,
    OSERVICE.USER_INFO_UPDATE: _users,
    LOCATE.USER_INFO_REPLY: _profile,
    LOCATE.USER_INFO_QUERY2: _query2,
    BUDDY.ARRIVED: _users,
    BUDDY.DEPARTED: _users,
    BUDDY.ADD_BUDDIES: _names,
    BUDDY.DEL_BUDDIES: _names,
    ICBM.CHANNEL_MSG_TO_HOST: _sent,
    ICBM.CHANNEL_MSG_TO_CLIENT: _received,
    ICBM.HOST_ACK: _ack,
    ICBM.CLIENT_EVENT: _typing,
    CHAT.ROOM_INFO_UPDATE: _room,
    CHAT.USERS_JOINED: _users,
    CHAT.USERS_LEFT: _users,
    CHAT.CHANNEL_MSG_TO_HOST: _chat,
    CHAT.CHANNEL_MSG_TO_CLIENT: _chat,
    FEEDBAG.REPLY: _list,
    FEEDBAG.INSERT_ITEM: _items,
    FEEDBAG.UPDATE_ITEM: _items,
    FEEDBAG.DELETE_ITEM: _items,
    BUCP.CHALLENGE_REQUEST: _challenge,
    BUCP.LOGIN_REQUEST: _login,
    BUCP.LOGIN_RESPONSE: _login_reply,
}
