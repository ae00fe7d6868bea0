"""MSNMessage: a message of a conversation as programs make and get it."""

from typing import Any, ClassVar

from Kamaelia.Protocol.MSN.wire.contents import Text
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.switchboard import (
    ACK_ALWAYS,
    ACK_DATA,
    ACK_ERRORS,
    ACK_NEVER,
)
from Kamaelia.Protocol.MSN.wire.text_format import HEADER, TextFormat

__all__ = ["MSNMessage"]


class MSNMessage:
    r"""One message: headers and a body.

    Args:
        length: bytes of the payload that it came in; 0 for one of ours.
        userHandle: who sent it.
        screenName: the sender's friendly name.
        message: its text.
        specialMessage: not used; older programs give it.

    Attributes:
        ack: what the server is to answer: MESSAGE_ACK always, MESSAGE_NACK (only when
            it could not be delivered), MESSAGE_ACK_NONE nothing, MESSAGE_ACK_DATA as
            MESSAGE_ACK, for peer-to-peer data.
        headers: name -> value, as they stand on the wire, in their order.
        message: the text; lines end in `\r\n` on the wire, in `\n` or both here.
    """

    MESSAGE_ACK: ClassVar[str] = ACK_ALWAYS
    MESSAGE_NACK: ClassVar[str] = ACK_ERRORS
    MESSAGE_ACK_NONE: ClassVar[str] = ACK_NEVER
    MESSAGE_ACK_DATA: ClassVar[str] = ACK_DATA
    ack: str = MESSAGE_ACK

    def __init__(
        self,
        length: int = 0,
        userHandle: str = "",  # noqa: N803 - these names were Twisted's
        screenName: str = "",  # noqa: N803
        message: str = "",
        specialMessage: Any = False,  # noqa: N803
    ) -> None:
        self.userHandle = userHandle
        self.screenName = screenName
        self.length = length
        self.message = message
        self.headers: dict[str, str] = {
            "MIME-Version": "1.0",
            "Content-Type": "text/plain",  # charset=UTF-8 is added on the wire
        }
        self._body: bytes | None = None

    def __repr__(self) -> str:
        kind = self.getHeader("Content-Type") if self.hasHeader("Content-Type") else ""
        return f"<MSNMessage {kind} from {self.userHandle!r}>"

    @classmethod
    def fromWire(cls, wire: Message, handle: str = "", name: str = "") -> "MSNMessage":
        """Return a message that came in, or that is to be sent as it is."""
        made = cls(0, handle, name, wire.text)
        made.headers = {}
        for header, value in wire.headers:
            made.headers.setdefault(header, value)
        made._body = wire.body
        return made

    def toWire(self) -> Message:
        """Return it as headers and bytes; text goes in UTF-8 whatever is said."""
        headers = tuple(self.headers.items())
        if self._body is not None:
            return Message(headers, self._body)
        body = Text(self.message).to_message().body
        wire = Message(headers, body)
        if wire.content_type == "text/plain" and wire.charset != "utf-8":
            wire = wire.with_header("Content-Type", "text/plain; charset=UTF-8")
        return wire

    def setHeader(self, header: str, value: str) -> None:
        """Set a header, in its old place if there is one of the name."""
        self.headers[self._find(header) or header] = value

    def getHeader(self, header: str) -> str:
        """Return a header, whatever the case of its name.

        Raises:
            KeyError: there is none.
        """
        return self.headers[self._find(header) or header]

    def hasHeader(self, header: str) -> bool:
        """Return whether there is a header of this name."""
        return self._find(header) is not None

    def getMessage(self) -> str:
        """Return the text."""
        return self.message

    def setMessage(self, message: str) -> None:
        """Set the text."""
        self.message = message
        self._body = None

    @property
    def body(self) -> bytes:
        """The body as bytes."""
        return self.toWire().body

    @property
    def format(self) -> TextFormat | None:
        """Font, colour and effects; None: as the reader likes."""
        return (
            TextFormat.parse(self.getHeader(HEADER)) if self.hasHeader(HEADER) else None
        )

    @format.setter
    def format(self, look: TextFormat | None) -> None:
        """Set them.

        Raises:
            LocalProtocolError: a font's name that is too long, or bad numbers.
        """
        if look is None:
            self.headers.pop(self._find(HEADER) or HEADER, None)
        else:
            self.setHeader(HEADER, look.to_header())

    def _find(self, header: str) -> str | None:
        """Return a header's name as it stands here, or None."""
        wanted = header.lower()
        return next((name for name in self.headers if name.lower() == wanted), None)
