"""Take the arguments of a command apart, counting from the ones that must be there.

Newer dialects add arguments at the end and nobody may stumble over that, so only what
is missing is an error.
"""

from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["at", "expect", "need_trid", "remote_error", "reply_trid"]


def remote_error(command: Command, reason: str) -> RemoteProtocolError:
    """Return an error about what a peer's command says; the caller raises it."""
    line = " ".join((command.name, *command.tokens))
    return RemoteProtocolError(
        f"{command.name}: {reason}", 0, line.encode("utf-8", "replace")
    )


def expect(command: Command, least: int, *names: str) -> tuple[str, ...]:
    """Return a command's arguments, when there are enough of them.

    Args:
        command: what the peer sent.
        least: arguments that must be there, the transaction id not counted.
        names: the names that the command may have; none: any.

    Raises:
        RemoteProtocolError: another name, or too few arguments.
    """
    if names and command.name not in names:
        raise remote_error(command, f"expected {' or '.join(names)}")
    if len(command.args) < least:
        raise remote_error(command, f"{len(command.args)} arguments, needs {least}")
    return command.args


def need_trid(command: Command) -> int:
    """Return the transaction id.

    Raises:
        RemoteProtocolError: there is none.
    """
    if command.trid is None:
        raise remote_error(command, "no transaction id")
    return command.trid


def reply_trid(trid: int | None, name: str) -> int:
    """Return a transaction id that a line of ours needs.

    Raises:
        LocalProtocolError: it is None.
    """
    if trid is None:
        raise LocalProtocolError(f"{name} needs a transaction id")
    return trid


def at(args: tuple[str, ...], index: int) -> str | None:
    """Return an argument that may be missing."""
    return args[index] if index < len(args) else None
