"""The clients' sides of a recording, answered by our server as they were recorded."""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.bart import BARTDownloadReply
from Kamaelia.Protocol.AIM.wire.caps import INTEROPERATE
from Kamaelia.Protocol.AIM.wire.chat import ChatMessage, NavInfo
from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagReply
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    BART,
    BUCP,
    BUDDY,
    CHAT,
    CHATNAV,
    FEEDBAG,
    ICBM,
    LOCATE,
    OSERVICE,
    SNACType,
)
from Kamaelia.Protocol.AIM.wire.icbm import TLV_WANTS_EVENTS, MessageToClient
from Kamaelia.Protocol.AIM.wire.locate import UserInfoReply
from Kamaelia.Protocol.AIM.wire.login import LoginReply
from Kamaelia.Protocol.AIM.wire.oservice import ServiceResponse
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo, read_users
from Kamaelia.store.store import open_store
from tests.aim.server.clients import QUICK, Clock
from tests.aim.server.replay import (
    PASSWORDS,
    Replay,
    Stream,
    is_notice,
    recorded_frames,
)

STREAMS = range(16)
BOS_STREAMS = (2, 3, 13)


@cache
def played() -> dict[int, Stream]:
    """Return every connection of the recording, played against our server."""

    async def main() -> dict[int, Stream]:
        clock = Clock()
        async with await open_store("memory", hasher=QUICK) as store:
            for name, password in PASSWORDS.items():
                await store.accounts.add("aim", name, password)
            state = ServerState(store, clock=clock, now=clock)
            replay = Replay(state, clock, recorded_frames("aim-libpurple"))
            await replay.play()
            return dict(replay.streams)

    return asyncio.run(main())


def kinds(snacs: list[SNAC]) -> list[SNACType]:
    return [snac.type for snac in snacs]


def replies(snacs: list[SNAC]) -> dict[int, list[SNAC]]:
    """Return what answers each request, by request ID."""
    found: dict[int, list[SNAC]] = {}
    for snac in snacs:
        if not is_notice(snac):
            found.setdefault(snac.header.request_id, []).append(snac)
    return found


@pytest.mark.parametrize("number", [n for n in STREAMS if n not in BOS_STREAMS])
def test_other_connections_are_answered_in_the_recorded_order(number: int) -> None:
    stream = played()[number]
    assert kinds(stream.answered) == kinds(stream.recorded)


@pytest.mark.parametrize("number", BOS_STREAMS)
def test_each_request_on_bos_gets_the_answers_that_were_recorded(number: int) -> None:
    stream = played()[number]
    ours, theirs = replies(stream.answered), replies(stream.recorded)
    assert {n: kinds(s) for n, s in ours.items()} == {
        n: kinds(s) for n, s in theirs.items()
    }


@pytest.mark.parametrize("number", BOS_STREAMS)
def test_the_sign_on_goes_in_the_recorded_order(number: int) -> None:
    stream = played()[number]
    upto = kinds(stream.recorded).index(OSERVICE.SERVICE_RESPONSE)
    assert kinds(stream.answered)[:upto] == kinds(stream.recorded)[:upto]


@pytest.mark.parametrize("number", BOS_STREAMS)
def test_what_nobody_asked_for_comes_as_recorded(number: int) -> None:
    stream = played()[number]
    ours = Counter(s.type for s in stream.answered if is_notice(s))
    theirs = Counter(s.type for s in stream.recorded if is_notice(s))
    # The recorded server told of some arrivals twice.
    for counts in (ours, theirs):
        assert bool(counts.pop(BUDDY.ARRIVED, 0)) is (number != 13)
    if number == 13:  # we ask at every sign-on for an icon that was never uploaded
        assert ours.pop(OSERVICE.BART_REPLY) == 1
    assert ours == theirs


def presence(body: bytes) -> list[tuple[Any, ...]]:
    """Return what the user, not the server, chose of each user-info block."""
    return [_presence(info) for info in read_users(body)]


def _presence(info: UserInfo) -> tuple[Any, ...]:
    idle = info.idle_minutes
    caps = frozenset(info.caps) - {INTEROPERATE}  # the recorded server takes that out
    return info.screen_name, info.warning, info.is_away, info.status, idle, caps


def message(body: bytes) -> tuple[Any, ...]:
    found = MessageToClient.from_bytes(body)
    rest = found.tlvs.without(TLV_WANTS_EVENTS)  # the recorded server adds none
    return found.cookie, found.channel, found.sender.screen_name, rest


def said(body: bytes) -> tuple[Any, ...]:
    found = ChatMessage.from_bytes(body)
    sender = found.sender()
    assert sender is not None
    return found.cookie, found.channel, sender.screen_name, found.tlvs.without(0x03)


def art(body: bytes) -> tuple[Any, ...]:
    found = BARTDownloadReply.from_bytes(body)
    return found.owner, found.item, found.data[:10]


def room(body: bytes) -> Any:
    info = NavInfo.from_bytes(body).room()
    return info and (info.key, info.name, info.detail, info.max_message)


def profile(body: bytes) -> Any:
    reply = UserInfoReply.from_bytes(body)
    return _presence(reply.user), reply.tlvs


CHOSEN: dict[SNACType, Callable[[bytes], Any]] = {
    BUCP.LOGIN_RESPONSE: lambda body: LoginReply.from_bytes(body).screen_name,
    OSERVICE.HOST_ONLINE: lambda body: sorted(body[1::2]),
    OSERVICE.HOST_VERSIONS: bytes,
    OSERVICE.SERVICE_RESPONSE: lambda body: ServiceResponse.from_bytes(body).family,
    LOCATE.USER_INFO_REPLY: profile,
    ICBM.CHANNEL_MSG_TO_CLIENT: message,
    ICBM.HOST_ACK: bytes,
    FEEDBAG.REPLY: lambda body: FeedbagReply.from_bytes(body).items,
    FEEDBAG.STATUS: bytes,
    CHATNAV.NAV_INFO: room,
    CHAT.CHANNEL_MSG_TO_CLIENT: said,
    BART.DOWNLOAD_REPLY: art,
}
"""What of each SNAC the server doesn't choose."""


@pytest.mark.parametrize("kind", CHOSEN, ids=str)
def test_fields_that_the_server_does_not_choose_are_as_recorded(kind: SNACType) -> None:
    compare, seen = CHOSEN[kind], 0
    for number, stream in played().items():
        ours = [compare(s.body) for s in stream.answered if s.type == kind]
        theirs = [compare(s.body) for s in stream.recorded if s.type == kind]
        if kind == FEEDBAG.STATUS:
            ours, theirs = sorted(ours), sorted(theirs)
        assert ours == theirs, f"stream {number}"
        seen += len(theirs)
    assert seen


def test_presence_is_told_as_recorded() -> None:
    for number in (2, 3):
        stream = played()[number]
        ours = [presence(s.body) for s in stream.answered if s.type == BUDDY.ARRIVED]
        theirs = [presence(s.body) for s in stream.recorded if s.type == BUDDY.ARRIVED]
        for each in ours, theirs:
            for at in range(len(each) - 1, 0, -1):
                if each[at] == each[at - 1]:
                    del each[at]
        assert ours == theirs


def test_everybody_is_gone_at_the_end() -> None:
    for stream in played().values():
        assert stream.client is not None
        assert stream.client.closed in ("signed off", "user left", "authorized")
