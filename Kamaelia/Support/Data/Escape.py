"""Percent escapes: characters with a special meaning as %xx."""

import re

__all__ = ["escape", "unescape"]


def escape(message: str, substring: str | None = None) -> str:
    """Return a text with `%` and each character of `substring` as %xx.

    Args:
        message: the text.
        substring: the characters; each below U+0100.
    """
    special = {ord(character) for character in "%" + (substring or "")}
    return message.translate({code: f"%{code:02x}" for code in special})


def unescape(message: str, substring: str | None = None) -> str:
    """Return a text with each %xx replaced by the character it stands for.

    Args:
        message: the text.
        substring: the characters that were escaped; any if None.
    """

    def character(found: re.Match[str]) -> str:
        meant = chr(int(found[1], 16))
        if substring is None or meant == "%" or meant in substring:
            return meant
        return found[0]

    return re.sub("%([0-9a-fA-F]{2})", character, message)
