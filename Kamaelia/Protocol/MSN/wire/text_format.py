"""X-MMS-IM-Format: font, effects, colour and direction of a text message.

    FN=Segoe%20UI; EF=BI; CO=ff; CS=0; PF=22; RL=1

    FN  font name, percent-encoded        EF  any of B I U S, in any order
    CO  colour, hex BBGGRR without leading zeros (red comes last)
    CS  Windows charset, hex              PF  pitch and family of the font, hex
    RL  1: the text runs from right to left

Every field may be missing; blanks around the separators do not count.

Source: text messages of MSN Messenger clients, MSNP2 to MSNP18.
"""

import re
from dataclasses import dataclass
from typing import Final

from Kamaelia.Protocol.MSN.wire.encoding import decode_text, encode_text
from Kamaelia.Protocol.MSN.wire.limits import MAX_FONT_NAME
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = ["CHARSET_NAMES", "HEADER", "TextFormat"]

HEADER: Final = "X-MMS-IM-Format"

_HEX: Final = re.compile(r"[0-9A-Fa-f]{1,8}")

CHARSET_NAMES: Final = {
    0x00: "ANSI",
    0x01: "default",
    0x02: "symbol",
    0x4D: "Mac",
    0x80: "Shift-JIS",
    0x81: "Hangeul",
    0x82: "Johab",
    0x86: "GB2312",
    0x88: "Big5",
    0xA1: "Greek",
    0xA2: "Turkish",
    0xA3: "Vietnamese",
    0xB1: "Hebrew",
    0xB2: "Arabic",
    0xBA: "Baltic",
    0xCC: "Russian",
    0xDE: "Thai",
    0xEE: "East Europe",
    0xFF: "OEM",
}
"""What the numbers of CS mean. The text itself is in the charset of Content-Type."""


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text message looks.

    Attributes:
        font: the font's name; empty for the reader's own.
        bold, italic, underline, strike: effects.
        color: (red, green, blue), each 0 to 255.
        charset: Windows charset, 0 to 255; see `CHARSET_NAMES`.
        pitch: pitch in the low four bits (1 fixed, 2 variable), family in the high
            ones (1 roman, 2 swiss, 3 modern, 4 script, 5 decorative).
        right_to_left: whether the text runs from right to left.
    """

    font: str = ""
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    color: tuple[int, int, int] = (0, 0, 0)
    charset: int = 0
    pitch: int = 0
    right_to_left: bool = False

    @classmethod
    def parse(cls, value: str) -> "TextFormat":
        """Read a header's value; a field that makes no sense has its default."""
        fields: dict[str, str] = {}
        for part in value.split(";"):
            name, _, field = part.partition("=")
            fields.setdefault(name.strip(" \t").upper(), field.strip(" \t"))
        effects = fields.get("EF", "").upper()
        color = _hex(fields.get("CO", ""))
        return cls(
            font=decode_text(fields.get("FN", "")),
            bold="B" in effects,
            italic="I" in effects,
            underline="U" in effects,
            strike="S" in effects,
            color=(color & 0xFF, color >> 8 & 0xFF, color >> 16 & 0xFF),
            charset=_hex(fields.get("CS", "")) & 0xFF,
            pitch=_hex(fields.get("PF", "")) & 0xFF,
            right_to_left=fields.get("RL", "0") == "1",
        )

    @property
    def effects(self) -> str:
        """The effects as the letters of EF."""
        flags = (self.bold, self.italic, self.underline, self.strike)
        return "".join(letter for letter, on in zip("BIUS", flags, strict=True) if on)

    def to_header(self) -> str:
        """Return the header's value.

        Raises:
            LocalProtocolError: a font name of more than 31 characters, or a number
                outside 0 to 255.
        """
        red, green, blue = self.color
        if len(self.font) > MAX_FONT_NAME:
            raise LocalProtocolError(f"font name too long: {self.font!r}")
        for number in (red, green, blue, self.charset, self.pitch):
            if not 0 <= number <= 0xFF:
                raise LocalProtocolError(f"not a byte in a text format: {number}")
        value = (
            f"FN={encode_text(self.font)}; EF={self.effects};"
            f" CO={blue << 16 | green << 8 | red:x};"
            f" CS={self.charset:x}; PF={self.pitch:x}"
        )
        return value + "; RL=1" if self.right_to_left else value


def _hex(text: str) -> int:
    """Return a hex number, 0 for what is none."""
    return int(text, 16) if _HEX.fullmatch(text) else 0
