"""What goes wrong in a protocol: one tree of exceptions with two branches.

A codec raises only these on bad input. `LocalProtocolError` is our caller's doing,
`RemoteProtocolError` the peer's.
"""

__all__ = ["LocalProtocolError", "ProtocolError", "RemoteProtocolError"]

SAMPLE = 16  # bytes of the offending input that an error carries


class ProtocolError(Exception):
    """A rule of a protocol was broken."""


class LocalProtocolError(ProtocolError):
    """Our caller asked for something the protocol cannot express: fix the call."""


class RemoteProtocolError(ProtocolError):
    """The peer sent something the protocol does not allow: close the connection.

    Attributes:
        reason: what is wrong, without the position.
        offset: where it is, in bytes from the start of what was decoded.
        data: up to 16 bytes of the input, from `offset` on.
    """

    def __init__(self, reason: str, offset: int = 0, data: bytes = b"") -> None:
        self.reason = reason
        self.offset = offset
        self.data = bytes(data[:SAMPLE])
        found = f": found {self.data.hex(' ')}" if self.data else ""
        super().__init__(f"{reason} at byte {offset}{found}")

    def __reduce__(self) -> tuple[type, tuple[str, int, bytes]]:
        return type(self), (self.reason, self.offset, self.data)
