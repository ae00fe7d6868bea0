"""Handwriting over P2P: session 64, without an INVITE.

The message is UTF-16LE text: a header that names the content type, a NUL, and
`base64:` with the drawing. The same comes as a message of its own in conversations
of more than two.

Source: what the community's descriptions of Windows Live Messenger report; seen in
one of them only, so reading is lenient: byte order mark, NULs and blanks may be there.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final, Self

from Kamaelia.Protocol.MSN.wire.p2p_context import decode_context
from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = ["GIF", "ISF", "Ink"]

GIF: Final = "image/gif"
ISF: Final = "application/x-ms-ink"

_PREFIX: Final = "base64:"


@dataclass(frozen=True, slots=True)
class Ink:
    """One drawing: GIF or Microsoft's ink serialized format."""

    content_type: str
    data: bytes

    @classmethod
    def from_bytes(cls, message: bytes) -> Self:
        """Read a message of session 64.

        Raises:
            RemoteProtocolError: it has no content type, or no base64 after it.
        """
        text = message.decode("utf-16-le", "replace").lstrip("\ufeff")
        head, mark, body = text.partition(_PREFIX)
        content_type = ""
        for line in head.replace("\0", "\n").splitlines():
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-type":
                content_type = value.partition(";")[0].strip().lower()
        if not (mark and content_type):
            raise RemoteProtocolError("P2P message of session 64 is no ink", 0, message)
        return cls(content_type, decode_context(body.strip("\0")))

    def to_bytes(self) -> bytes:
        """Return the message; it goes out with session id 64 and APP_INK."""
        head = f"MIME-Version: 1.0\r\nContent-Type: {self.content_type}\r\n\r\n\0"
        body = _PREFIX + b64encode(self.data).decode("ascii")
        return (head + body).encode("utf-16-le", "replace")
