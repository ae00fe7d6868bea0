"""Fixed byte strings, and the checks that every format has to pass."""

from collections.abc import Callable
from typing import Any

import pytest

from Kamaelia.Protocol.wire.errors import ProtocolError

JUNK = (b"", b"\0", b"\xff" * 7, b"\0" * 40, b"\xff" * 40, bytes(range(90)))


def from_dump(text: str) -> bytes:
    """Return the bytes of a hex dump, with or without offsets and ASCII column."""
    data = bytearray()
    for line in text.strip().splitlines():
        words = line.split()
        if len(words[0]) == 4:
            words = words[1:17]
        for word in words:
            if len(word) != 2:
                break
            try:
                data.append(int(word, 16))
            except ValueError:
                break
    return bytes(data)


def check_only_protocol_errors(decode: Callable[[bytes], Any], data: bytes) -> None:
    """Decode; anything but a value or a ProtocolError fails the test."""
    try:
        value = decode(data)
    except ProtocolError:
        return
    if hasattr(value, "to_bytes"):
        try:
            value.to_bytes()
        except ProtocolError:
            return


def check_truncations(decode: Callable[[bytes], Any], whole: bytes) -> None:
    """Decode every beginning of `whole`, and `whole` with junk behind it."""
    for end in range(len(whole)):
        check_only_protocol_errors(decode, whole[:end])
    for junk in JUNK:
        check_only_protocol_errors(decode, whole + junk)
        check_only_protocol_errors(decode, junk)


def check_cut_short(decode: Callable[[bytes], Any], whole: bytes) -> None:
    """Every beginning of `whole` is an error."""
    for end in range(len(whole)):
        with pytest.raises(ProtocolError):
            decode(whole[:end])
