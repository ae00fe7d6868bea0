"""Every command of the recordings, read as typed lines and written again."""

from collections.abc import Callable
from typing import Any

import pytest

from Kamaelia.Protocol.MSN.wire.command import Command, CommandDecoder, Sender
from Kamaelia.Protocol.MSN.wire.contacts import ContactChange, NameChange
from Kamaelia.Protocol.MSN.wire.groups import GroupEntry, GroupReply, GroupRequest
from Kamaelia.Protocol.MSN.wire.presence import Presence, StatusChange
from Kamaelia.Protocol.MSN.wire.properties import Property
from Kamaelia.Protocol.MSN.wire.referral import Invitation, Referral
from Kamaelia.Protocol.MSN.wire.signon import (
    ClientVersion,
    SignedOn,
    SignOnRequest,
    SignOnStep,
    Versions,
    out_reason,
)
from Kamaelia.Protocol.MSN.wire.switchboard import (
    Enter,
    Entered,
    Incoming,
    Left,
    Outgoing,
    Participant,
    ringing,
)
from Kamaelia.Protocol.MSN.wire.sync import (
    ListEntry,
    Setting,
    SyncReply,
    SyncRequest,
)

from . import recordings

Rewrite = Callable[[Command, int], Command]


def _usr_of_client(command: Command, dialect: int) -> Command:
    if len(command.args) == 2:
        return Enter.from_command(command).to_command()
    return SignOnRequest.from_command(command).to_command()


def _usr_of_server(command: Command, dialect: int) -> Command:
    if command.args[0] == "OK" and len(command.args) == 3:
        return Entered.from_command(command).to_command()
    step = SignedOn.from_command(command, dialect)
    return (
        step.to_command()
        if isinstance(step, SignOnStep)
        else (step.to_command(dialect))
    )


def _same(command: Command, dialect: int) -> Command:
    if command.name == "OUT":
        assert out_reason(command) == ""
    elif command.args and command.args[0] == "RINGING":
        assert ringing(command).isdigit()
    return command


CLIENT: dict[str, Rewrite] = {
    "VER": lambda c, d: Versions.from_command(c).to_command(),
    "CVR": lambda c, d: ClientVersion.from_command(c).to_command(),
    "USR": _usr_of_client,
    "SYN": lambda c, d: SyncRequest.from_command(c).to_command(d),
    "CHG": lambda c, d: StatusChange.from_command(c).to_command(d),
    "ADD": lambda c, d: ContactChange.from_request(c, d).to_request(d),
    "ADG": lambda c, d: GroupRequest.from_command(c).to_command(d),
    "REA": lambda c, d: NameChange.from_request(c).to_command(),
    "ANS": lambda c, d: Enter.from_command(c).to_command(),
    "MSG": lambda c, d: Outgoing.from_command(c).to_command(),
    "XFR": _same,
    "CAL": _same,
    "OUT": _same,
}
SERVER: dict[str, Rewrite] = {
    "VER": lambda c, d: Versions.from_command(c).to_command(),
    "CVR": _same,
    "USR": _usr_of_server,
    "SYN": lambda c, d: SyncReply.from_command(c).to_command(d),
    "GTC": lambda c, d: Setting.from_command(c).to_command(),
    "BLP": lambda c, d: Setting.from_command(c).to_command(),
    "LSG": lambda c, d: GroupEntry.from_command(c, d).to_command(d),
    "LST": lambda c, d: ListEntry.from_command(c, d).to_command(d),
    "BPR": lambda c, d: Property.from_command(c).to_command(),
    "CHG": lambda c, d: StatusChange.from_command(c).to_command(d),
    "ILN": lambda c, d: Presence.from_command(c, d).to_command(d),
    "NLN": lambda c, d: Presence.from_command(c, d).to_command(d),
    "FLN": lambda c, d: Presence.from_command(c, d).to_command(d),
    "XFR": lambda c, d: Referral.from_command(c).to_command(d),
    "RNG": lambda c, d: Invitation.from_command(c).to_command(d),
    "ADD": lambda c, d: ContactChange.from_reply(c, d).to_reply(d),
    "ADG": lambda c, d: GroupReply.from_command(c, d).to_command(d),
    "REA": lambda c, d: NameChange.from_reply(c).to_command(),
    "ANS": lambda c, d: Entered.from_command(c).to_command(),
    "IRO": lambda c, d: Participant.from_command(c).to_command(d),
    "JOI": lambda c, d: Participant.from_command(c).to_command(d),
    "BYE": lambda c, d: Left.from_command(c).to_command(),
    "MSG": lambda c, d: Incoming.from_command(c).to_command(),
    "CAL": _same,
    "ACK": _same,
}


@pytest.mark.parametrize(("name", "dialect"), [("msnp8-twisted", 8), ("msn-ppa1e", 12)])
def test_typed_lines_write_what_they_read(name: str, dialect: int) -> None:
    seen = 0
    for (stream, direction), pieces in sorted(recordings.segments(name).items()):
        if not _is_msnp(name, stream):
            continue
        sender = Sender.CLIENT if direction == "c2s" else Sender.SERVER
        table = CLIENT if sender is Sender.CLIENT else SERVER
        decoder = CommandDecoder(sender, dialect=dialect)
        decoder.receive_data(b"".join(pieces))
        for command in decoder.commands():
            assert table[command.name](command, dialect) == command
            seen += 1
    assert seen == len(recordings.golden(name)["msn"]["commands"])


def _is_msnp(name: str, stream: int) -> bool:
    flows: list[dict[str, Any]] = recordings.golden(name)["flows"]
    return any(flow["stream"] == stream and flow["proto"] == "msnp" for flow in flows)
