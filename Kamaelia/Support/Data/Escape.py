"""Percent escapes: characters with a special meaning as %xx."""

import re

__all__ = ["escape", "unescape"]


def escape(message: str, substring: str | None = None) -> str:
    """Return a text with `%` and each character of `substring` as %xx.

    Args:
        message: the text.
        substring: the characters; each below U+0100.
    """
    message = message.replace("%", "%25")
    for character in dict.fromkeys(substring or ""):
        if character != "%":
            message = message.replace(character, f"%{ord(character):02x}")
    return message


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
