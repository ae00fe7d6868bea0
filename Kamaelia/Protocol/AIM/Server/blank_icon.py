"""What an icon looks like that its owner has taken away: a transparent GIF.

Source: CompuServe's "Graphics Interchange Format, Version 89a", appendix F (LZW).
"""

from functools import cache
from typing import Final

__all__ = ["blank_icon"]

SIDE: Final = 50  # points
_CLEAR, _END, _FIRST = 4, 5, 6  # codes, for points of two bits


@cache
def blank_icon() -> bytes:
    """Return a GIF of 50 x 50 transparent points."""
    side = SIDE.to_bytes(2, "little")
    screen = side + side + bytes((0x80, 0, 0))
    colours = bytes(6)
    transparent = bytes.fromhex("21f9040100000000")
    image = b"\x2c" + bytes(4) + side + side + bytes(1)
    data = _one_colour(SIDE * SIDE)
    body = bytes((2, len(data))) + data + b"\0;"
    return b"GIF89a" + screen + colours + transparent + image + body


def _one_colour(points: int) -> bytes:
    """Return the LZW codes of so many points of colour 0.

    Each code after the first adds a run to the table that is one point longer than
    the longest so far, so the next code can say that run already.
    """
    bits, count, width, next_code = _CLEAR, 3, 3, _FIRST
    longest = 0
    while points:
        run = min(points, longest + 1)
        code = 0 if run == 1 else _FIRST + run - 2
        bits |= code << count
        count += width
        next_code += longest > 0
        if next_code == 1 << width:
            width += 1
        longest = max(longest, run)
        points -= run
    bits |= _END << count
    return bits.to_bytes((count + width + 7) // 8, "little")
