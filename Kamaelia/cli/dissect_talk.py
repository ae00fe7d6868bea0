"""Who said what to whom: the conversation in a capture.

A message that a capture shows twice, on its way to the server and on its way from
there, is one. Users are named by what sign-ons, own user info and messages tell; who
is not known is called by address.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from Kamaelia.cli.dissect_records import (
    CommandSeen,
    Event,
    FLAPSeen,
    FlowFound,
    Place,
)
from Kamaelia.cli.dissect_snac import frame_tlvs, room_name
from Kamaelia.cli.tcp_flows import Direction
from Kamaelia.Protocol.AIM.wire.chat import ChatMessage
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, CHANNEL_SIGNON
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, CHAT, ICBM, OSERVICE
from Kamaelia.Protocol.AIM.wire.html import looks_like_html, to_text
from Kamaelia.Protocol.AIM.wire.icbm import (
    CHANNEL_TEXT,
    MessageToClient,
    MessageToHost,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import read_users
from Kamaelia.Protocol.MSN.wire.contents import Text, read_content
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.wire.errors import ProtocolError

SAME_WITHIN: Final = 120.0
"""Seconds between two sights of one message."""


Sight = tuple[int, Direction]
"""Connection and direction: where a message was seen."""


class Said(NamedTuple):
    """One thing that somebody said.

    Attributes:
        time: when it was seen first.
        network: "aim" or "msn".
        stream: number of the connection on which it was seen first.
        frame: number of the packet with its last byte.
        sender: screen name or handle; an address if that is not known.
        recipients: names, or the room.
        text: as sent, HTML or not.
    """

    time: float
    network: str
    stream: int
    frame: int
    sender: str
    recipients: tuple[str, ...]
    text: str

    @property
    def words(self) -> str:
        """The text without HTML."""
        if self.network == "aim" and looks_like_html(self.text):
            return to_text(self.text)
        return self.text


class _Entry:
    """Something said, and the directions of connections on which it was seen."""

    def __init__(self, said: Said, sight: Sight) -> None:
        self.said = said
        self.seen = {sight}

    def may_be(self, sight: Sight, time: float) -> bool:
        """Tell whether this can be what was seen elsewhere at a time."""
        return sight not in self.seen and time - self.said.time <= SAME_WITHIN


class Conversation:
    """Collect what is said from a capture's events."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._known: dict[tuple[str, ...], list[_Entry]] = {}
        self._next: dict[tuple[tuple[str, ...], Sight], int] = {}
        self._owners: dict[int, str] = {}  # stream -> who is signed on there
        self._addresses: dict[int, str] = {}
        self._tickets: dict[bytes, str] = {}  # BOS cookie -> name
        self._rooms: dict[int, str] = {}
        self._others: dict[int, dict[str, None]] = {}  # in a switchboard, beside us

    def receive(self, event: Event) -> None:
        """Take an event; those that say nothing are passed over."""
        try:
            if isinstance(event, FlowFound):
                self._addresses[event.flow.number] = str(event.flow.client)
            elif isinstance(event, FLAPSeen):
                self._flap(event)
            elif isinstance(event, CommandSeen):
                self._command(event)
        except ProtocolError:
            return  # the listing of frames says what is wrong with this one

    def said(self) -> Iterator[Said]:
        """Yield everything said, in the order of time."""
        for entry in sorted(self._entries, key=lambda e: e.said.time):
            said = entry.said
            if said.sender == self._addresses.get(said.stream):
                said = said._replace(sender=self._owner(said.stream))
            yield said

    def _owner(self, stream: int) -> str:
        return self._owners.get(stream) or self._addresses.get(stream, "?")

    def _say(
        self,
        place: Place,
        key: tuple[str, ...],
        sender: str,
        recipients: tuple[str, ...],
        text: str,
    ) -> None:
        sight = (place.stream, place.dir)
        known = self._known.setdefault(key, [])
        at = self._next.get((key, sight), 0)
        while at < len(known) and not known[at].may_be(sight, place.time):
            at += 1
        self._next[key, sight] = at + 1
        if at < len(known):
            entry = known[at]
            entry.seen.add(sight)
            if entry.said.sender == self._addresses.get(entry.said.stream):
                entry.said = entry.said._replace(sender=sender)
            return
        said = Said(
            place.time, key[0], place.stream, place.frame, sender, recipients, text
        )
        entry = _Entry(said, sight)
        self._entries.append(entry)
        known.append(entry)

    def _flap(self, event: FLAPSeen) -> None:
        if event.channel == CHANNEL_SIGNON:
            tlvs = frame_tlvs(event.channel, event.payload)
            name = tlvs.text(0x01) or self._tickets.get(tlvs.get(0x06) or b"", "")
            if name:
                self._owners[event.place.stream] = name
        elif event.channel == CHANNEL_DATA:
            self._snac(event.place, SNAC.from_bytes(event.payload))

    def _snac(self, place: Place, snac: SNAC) -> None:
        kind, body = snac.type, snac.body
        if kind == ICBM.CHANNEL_MSG_TO_HOST:
            self._sent(place, MessageToHost.from_bytes(body))
        elif kind == ICBM.CHANNEL_MSG_TO_CLIENT:
            self._received(place, MessageToClient.from_bytes(body))
        elif kind in (CHAT.CHANNEL_MSG_TO_HOST, CHAT.CHANNEL_MSG_TO_CLIENT):
            self._chat(place, ChatMessage.from_bytes(body))
        elif kind == CHAT.ROOM_INFO_UPDATE:
            self._rooms[place.stream] = room_name(body)
        elif kind == BUCP.LOGIN_RESPONSE:
            tlvs = TLVBlock.from_bytes(body)
            if ticket := tlvs.get(0x06):
                self._tickets[ticket] = tlvs.text(0x01)
        elif kind == OSERVICE.SERVICE_RESPONSE:
            if ticket := TLVBlock.from_bytes(body).get(0x06):
                self._tickets[ticket] = self._owners.get(place.stream, "")
        elif kind == OSERVICE.USER_INFO_UPDATE and (users := read_users(body)):
            self._owners[place.stream] = users[0].screen_name

    def _sent(self, place: Place, message: MessageToHost) -> None:
        if message.channel == CHANNEL_TEXT:
            key = ("aim", message.cookie.hex(), message.text)
            owner = self._owner(place.stream)
            self._say(place, key, owner, (message.recipient,), message.text)

    def _received(self, place: Place, message: MessageToClient) -> None:
        if message.channel == CHANNEL_TEXT:
            key = ("aim", message.cookie.hex(), message.text)
            sender, owner = message.sender.screen_name, self._owner(place.stream)
            self._say(place, key, sender, (owner,), message.text)

    def _chat(self, place: Place, message: ChatMessage) -> None:
        who, text = message.sender(), message.text()
        sender = who.screen_name if who else self._owner(place.stream)
        room = "room " + self._rooms.get(place.stream, "of unknown name")
        key = ("aim", message.cookie.hex(), text)
        self._say(place, key, sender, (room,), text)

    def _command(self, event: CommandSeen) -> None:
        place, command = event.place, event.command
        stream, args = place.stream, command.args
        others = self._others.setdefault(stream, {})
        if command.name == "MSG" and command.payload is not None:
            self._message(place, args, Message.from_bytes(command.payload))
        elif command.name == "USR" and place.dir == "s2c" and len(args) > 1:
            if args[0] == "OK":
                self._owners[stream] = args[1]
        elif command.name in {"ANS", "USR"} and args and "@" in args[0]:
            self._owners[stream] = args[0]
        elif command.name == "JOI" and args:
            others[args[0]] = None
        elif command.name == "IRO" and len(args) > 2:
            others[args[2]] = None
        elif command.name == "BYE" and args:
            others.pop(args[0], None)

    def _message(self, place: Place, args: tuple[str, ...], message: Message) -> None:
        content = read_content(message)
        if not isinstance(content, Text):
            return
        owner = self._owner(place.stream)
        others = tuple(self._others[place.stream])
        if place.dir == "s2c":
            sender = args[0] if args else "?"
            rest = tuple(name for name in others if name != sender)
            recipients: tuple[str, ...] = (owner, *rest)
        else:
            sender, recipients = owner, others or ("?",)
        key = ("msn", sender, content.text)
        self._say(place, key, sender, recipients, content.text)
