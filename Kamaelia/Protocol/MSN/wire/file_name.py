r"""File names that peers write, made safe to create.

A peer may offer "..\..\autoexec.bat", "C:evil", "NUL" or nothing at all.
"""

from typing import Final

__all__ = ["MAX_NAME", "safe_file_name"]

MAX_NAME: Final = 200  # bytes of UTF-8; file systems take 255, numbering needs room
_MAX_ENDING: Final = 16  # characters of ".tar.gz" and the like that a cut keeps
_FORBIDDEN: Final = frozenset('<>:"|?*')  # in a Windows file name
_DEVICES: Final = frozenset(
    ["CON", "PRN", "AUX", "NUL"]
    + [f"{port}{digit}" for port in ("COM", "LPT") for digit in "123456789"]
)


def safe_file_name(name: str, default: str = "received.bin") -> str:
    """Return a name that is safe to create in a folder of the receiver's choice.

    Only what follows the last slash or backslash is kept; control characters,
    bidirectional overrides and what Windows forbids become "_"; names of devices
    get a "_" in front; the ending survives when a long name is cut.

    Args:
        name: as the peer wrote it.
        default: for a name of which nothing is left.
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        char if char.isprintable() and char not in _FORBIDDEN else "_" for char in base
    ).strip(" .")
    if not kept:
        return default
    if kept.partition(".")[0].rstrip().upper() in _DEVICES:
        kept = "_" + kept
    stem, dot, ending = kept.rpartition(".")
    if len(kept.encode()) <= MAX_NAME:
        return kept
    tail = dot + ending if stem and len(ending) <= _MAX_ENDING else ""
    room = MAX_NAME - len(tail.encode())
    head = kept.removesuffix(tail).encode()[:room].decode("utf-8", "ignore")
    return head + tail
