"""The payload of MSG: header lines, an empty line, a body.

    MIME-Version: 1.0 CRLF
    Content-Type: text/plain; charset=UTF-8 CRLF
    CRLF
    body

A message may have no body and even no empty line. Header values stay as they are: they
are not percent-decoded here, because some have parts that must be split first. The
body is bytes; `text` decodes it by the charset that Content-Type names.

Source: MSG payloads of MSN Messenger clients, as in the recordings of the tests.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = [
    "CHARSETS",
    "Fields",
    "Message",
    "build_block",
    "get_field",
    "parse_block",
]

Fields: TypeAlias = tuple[tuple[str, str], ...]
"""Header lines in their order: (name, value)."""

CHARSETS: Final = {
    name: codec
    for codec, names in {
        "utf-8": ("utf-8", "utf8"),
        "cp1252": ("us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252"),
        "iso8859-2": ("iso-8859-2",),
        "iso8859-5": ("iso-8859-5",),
        "iso8859-6": ("iso-8859-6",),
        "iso8859-7": ("iso-8859-7",),
        "iso8859-8": ("iso-8859-8", "iso-8859-8-i"),
        "cp1254": ("iso-8859-9", "windows-1254"),
        "iso8859-15": ("iso-8859-15",),
        "cp1250": ("windows-1250",),
        "cp1251": ("windows-1251",),
        "cp1253": ("windows-1253",),
        "cp1255": ("windows-1255",),
        "cp1256": ("windows-1256",),
        "cp1257": ("windows-1257",),
        "cp1258": ("windows-1258",),
        "cp874": ("windows-874", "tis-620"),
        "koi8-r": ("koi8-r",),
        "cp932": ("shift_jis", "shift-jis", "x-sjis"),
        "euc-jp": ("euc-jp", "x-euc-jp"),
        "iso2022-jp": ("iso-2022-jp",),
        "gb18030": ("gb2312", "gbk", "gb18030"),
        "big5": ("big5",),
        "cp949": ("euc-kr", "ks_c_5601-1987"),
    }.items()
    for name in names
}
"""Python's codec for each charset that is understood.

A table, since Python's own lookup would try to import what a peer wrote, and knows
codecs that no peer should reach.
"""


def parse_block(data: bytes) -> tuple[Fields, bytes]:
    """Split a block into its header lines and what follows the first empty line.

    Names and values lose the blanks around them; a line without a colon, or without
    a name, is passed over. Never fails.
    """
    fields: list[tuple[str, str]] = []
    position = 0
    while position < len(data):
        end = data.find(b"\n", position)
        if end < 0:
            end = len(data)
        line = data[position:end].removesuffix(b"\r")
        position = end + 1
        if not line:
            return tuple(fields), data[position:]
        text = line.decode("utf-8", "replace").replace("\r", " ")
        name, colon, value = text.partition(":")
        if colon and (name := name.strip(" \t")):
            fields.append((name, value.strip(" \t")))
    return tuple(fields), b""


def build_block(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return header lines, without an empty line after them.

    Raises:
        LocalProtocolError: a name or a value that a header line cannot carry.
    """
    lines = []
    for name, value in fields:
        line = f"{name}: {value}"
        if "\r" in line or "\n" in line or not name or ":" in name:
            raise LocalProtocolError(f"not a header line: {name!r}, {value!r}")
        lines.append(line + "\r\n")
    try:
        return "".join(lines).encode()
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"header that UTF-8 cannot carry: {error}") from error


def get_field(fields: Fields, name: str) -> str | None:
    """Return the value of the first header of this name, whatever its case."""
    wanted = name.lower()
    for found, value in fields:
        if found.lower() == wanted:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        headers: (name, value), in the order of the wire; old clients want MIME-Version
            first and Content-Type second.
        body: what follows the empty line.
    """

    headers: Fields = ()
    body: bytes = b""

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Message":
        """Read a payload; never fails."""
        return cls(*parse_block(payload))

    @classmethod
    def of_type(
        cls, content_type: str, body: bytes = b"", headers: Fields = ()
    ) -> "Message":
        """Return a message that begins with MIME-Version and Content-Type."""
        front = (("MIME-Version", "1.0"), ("Content-Type", content_type))
        return cls(front + headers, body)

    def to_bytes(self) -> bytes:
        """Return the payload.

        Raises:
            LocalProtocolError: a header that a header line cannot carry.
        """
        return build_block(self.headers) + b"\r\n" + self.body

    def get(self, name: str) -> str | None:
        """Return a header, whatever the case of its name; None: not there."""
        return get_field(self.headers, name)

    def with_header(self, name: str, value: str) -> "Message":
        """Return this message with a header set: in its old place, or at the end."""
        wanted = name.lower()
        headers = [
            (found, value if found.lower() == wanted else old)
            for found, old in self.headers
        ]
        if self.get(name) is None:
            headers.append((name, value))
        return replace(self, headers=tuple(headers))

    def without_headers(self, *names: str) -> "Message":
        """Return this message without the headers of these names."""
        unwanted = {name.lower() for name in names}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in unwanted)
        return replace(self, headers=kept)

    @property
    def content_type(self) -> str:
        """The type in small letters, without parameters; text/plain if not given."""
        value = self.get("Content-Type") or "text/plain"
        return value.partition(";")[0].strip(" \t").lower()

    @property
    def charset(self) -> str | None:
        """The charset parameter of Content-Type in small letters, or None."""
        value = self.get("Content-Type") or ""
        for parameter in value.split(";")[1:]:
            name, equals, charset = parameter.partition("=")
            if equals and name.strip(" \t").lower() == "charset":
                return charset.strip(' \t"').lower()
        return None

    @property
    def text(self) -> str:
        """The body as text.

        Without a charset, or with one that is not understood, UTF-8 where the bytes
        are that and Windows' Latin alphabet otherwise; bytes that the charset does not
        have become U+FFFD.
        """
        codec = CHARSETS.get(self.charset or "")
        if codec is not None:
            return self.body.decode(codec, "replace")
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            return self.body.decode("cp1252", "replace")
