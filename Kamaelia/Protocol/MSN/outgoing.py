"""Messages that are too long for a switchboard, cut into parts."""

from dataclasses import replace

from Kamaelia.Protocol.MSN.wire.contents import Text
from Kamaelia.Protocol.MSN.wire.limits import MAX_MESSAGE
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.multipart import split_message
from Kamaelia.Protocol.MSN.wire.slp import new_guid

__all__ = ["pieces"]


def pieces(message: Message, multi_packet: bool) -> list[Message]:
    """Return what carries a message, each part of at most 1664 bytes.

    Args:
        message: what to send.
        multi_packet: whether all readers put multi-packet messages together; text
            otherwise goes as several messages, cut between characters.

    Raises:
        LocalProtocolError: the headers leave no room, or there are too many parts.
    """
    if len(message.to_bytes()) <= MAX_MESSAGE:
        return [message]
    if multi_packet or message.content_type != "text/plain":
        return split_message(message, new_guid())
    text = Text.from_message(message)
    own = len(Message(message.headers).to_bytes())
    known = len(replace(text, text="").to_message().to_bytes())
    return [
        Message(message.headers, part.to_message().body)
        for part in text.split(MAX_MESSAGE - own + known)
    ]
