"""SNACExchanger and AsyncSNACExchanger: requests, replies, what comes meanwhile."""

from collections.abc import Generator
from typing import Any

import pytest

from Axon.Ipc import errorInformation, producerFinished
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.AsyncSNACExchanger import AsyncSNACExchanger
from Kamaelia.Protocol.AIM.OSCARClient import RequestFailed, SNACExchanger
from Kamaelia.Protocol.AIM.requests import Header, RequestTable
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, ICBM, LOCATE
from Kamaelia.Support.OscarUtil import CHANNEL_NEWCONNECTION
from Kamaelia.Support.OscarUtil2 import TLV
from tests.aim.client.scripted_server import doubles, error, snac


class KeyGetter(SNACExchanger):
    def main(self) -> Any:
        self.send((CHANNEL_NEWCONNECTION, b"\0\0\0\1"))
        while not self.dataReady():
            yield 1
        self.send(self.recv(), "heard")
        self.sendSnac(0x17, 0x06, TLV(0x01, "kamaelia1"))
        for reply in self.waitSnac(0x17, 0x07):  # noqa: B007 - the old way
            yield 1
        self.send(reply[2:], "heard")
        while self.dataReady():
            self.send(self.recvSnac(), "heard")


def test_the_old_way_to_wait_gives_the_body_last() -> None:
    probe = Probe(KeyGetter())
    probe.deliver((1, b"\0\0\0\1"), "inbox")
    assert probe.take() == [
        (1, b"\0\0\0\1"),
        (2, bytes.fromhex("00170006000000000001") + b"\0\1\0\x09kamaelia1"),
    ]
    probe.deliver(snac(0x17, 7, b"\0\4key!", 1), "inbox")
    assert probe.take("heard") == [(1, b"\0\0\0\1"), b"key!"]
    assert probe.ended


def test_what_comes_while_waiting_is_kept_in_order() -> None:
    probe = Probe(KeyGetter())
    probe.deliver((1, b"\0\0\0\1"), "inbox")
    probe.deliver((5, b""), "inbox")
    probe.deliver(snac(1, 0x13, b"b"), "inbox")
    probe.component._deliver(snac(0x17, 7, b"\0\4key!", 1), "inbox")
    probe.deliver(snac(4, 7, b"c"), "inbox")
    heard = probe.take("heard")
    assert heard[1] == b"key!"
    assert [body for _, body in heard[2:]] == [b"b", b"c"]


class Waiter(SNACExchanger):
    """Waits for one type; then tells what else there is."""

    def main(self) -> Any:
        self.first = self.sendSnac(LOCATE.USER_INFO_QUERY, b"")
        self.second = self.sendSnac(LOCATE.USER_INFO_QUERY, b"")
        try:
            for body in self.waitSnac(LOCATE.USER_INFO_REPLY):  # noqa: B007
                yield 1
            self.send(body, "heard")
        except RequestFailed as failed:
            self.send(failed, "heard")
        while self.anyReady():
            self.send(self.recv(), "heard")
        yield 1


def test_an_error_with_the_request_id_ends_the_wait() -> None:
    probe = Probe(Waiter())
    probe.deliver(snac(1, 0x13, b"kept"), "inbox")
    probe.deliver(error(2, 4, 99), "inbox")
    probe.deliver(error(4, 4, 2), "inbox")
    assert probe.take("heard") == []
    probe.deliver(error(2, 4, 2), "inbox")
    failed, *rest = probe.take("heard")
    assert isinstance(failed, RequestFailed)
    assert (failed.code, failed.meaning) == (4, "recipient not logged in")
    assert str(failed) == (
        "LOCATE USER_INFO_QUERY failed: recipient not logged in (0x04)"
    )
    assert rest == [snac(1, 0x13, b"kept"), error(2, 4, 99), error(4, 4, 2)]


class Asker(SNACExchanger):
    def main(self) -> Any:
        try:
            replies = yield from self.request(0x13, 0x04)
            self.send([reply.body for reply in replies], "heard")
        except RequestFailed as failed:
            self.send(failed, "heard")
        self.send(self.dataReady(), "heard")


class AsyncAsker(AsyncSNACExchanger):
    async def main(self) -> None:
        try:
            replies = await self.request(0x13, 0x04)
            self.send([reply.body for reply in replies], "heard")
        except RequestFailed as failed:
            self.send(failed, "heard")
        self.send(self.dataReady(), "heard")


AsyncAsker.Outboxes = {"outbox": "", "signal": "", "heard": ""}


@pytest.mark.parametrize("kind", [Asker, AsyncAsker])
def test_replies_are_matched_by_request_id_and_collected(kind: Any) -> None:
    probe = Probe(kind())
    probe.deliver(snac(0x13, 6, b"other", 77), "inbox")
    probe.deliver(snac(0x13, 6, b"one", 1, flags=1), "inbox")
    probe.deliver(snac(3, 0x0B, b"meanwhile"), "inbox")
    assert probe.take("heard") == []
    prefixed = snac(0x13, 6, b"\0\6\0\1\0\2\0\4two", 1, flags=0x8000)
    probe.deliver(prefixed, "inbox")
    assert probe.take("heard") == [[b"one", b"two"], 2]


@pytest.mark.parametrize("kind", [Asker, AsyncAsker])
def test_a_request_that_fails_says_code_and_meaning(kind: Any) -> None:
    probe = Probe(kind())
    probe.deliver(error(0x13, 0x0E, 1, TLV(8, doubles(3))), "inbox")
    failed, left = probe.take("heard")
    assert (failed.code, failed.subcode) == (0x0E, 3)
    assert failed.meaning == "malformed SNAC payload"
    assert left == 0


class AsyncReader(AsyncSNACExchanger):
    Outboxes = {"outbox": "", "signal": "", "heard": ""}

    async def main(self) -> None:
        body = await self.waitSnac(BUCP.CHALLENGE_RESPONSE)
        self.send(body, "heard")
        self.send(await self.nextSnac(), "heard")
        async for frame in self.messages("inbox"):
            self.send(frame, "heard")


def test_a_coroutine_waits_for_types_and_for_whatever_comes() -> None:
    probe = Probe(AsyncReader())
    probe.deliver((4, b""), "inbox")
    probe.deliver(snac(1, 0x13, b"first"), "inbox")
    probe.deliver(snac(0x17, 7, b"key", 1), "inbox")
    key, (header, body), farewell = probe.take("heard")
    assert (key, body) == (b"key", b"first")
    assert header == Header(1, 0x13, 0, 0x80000000)
    assert farewell == (4, b"")
    probe.deliver(snac(1, 0x13, b"last"), "inbox")
    assert probe.take("heard") == [snac(1, 0x13, b"last")]
    probe.deliver(producerFinished(), "control")
    assert probe.ended


def test_alone_it_is_a_layer() -> None:
    probe = Probe(SNACExchanger())
    probe.deliver((1, b"\0\0\0\1"), "inbox")
    probe.deliver(snac(0x13, 0x0E, b"\0\6\0\1\0\2\0\4\0\0", 7, flags=0x8000), "inbox")
    assert probe.take("heard") == [
        (1, b"\0\0\0\1"),
        ((0x13, 0x0E, 0x8000, 7), b"\0\0"),
    ]
    probe.deliver((ICBM.CHANNEL_MSG_TO_CLIENT, b"x"), "talk")
    probe.deliver(((4, 6, 0, 0x21), b"y"), "talk")
    probe.deliver((5, b""), "talk")
    assert probe.take("outbox") == [
        snac(4, 7, b"x", 1),
        snac(4, 6, b"y", 0x21),
        (5, b""),
    ]


@pytest.mark.parametrize(
    ("box", "message"), [("talk", "text"), ("talk", ((1,), b"")), ("inbox", (2, b"x"))]
)
def test_what_makes_no_sense_ends_the_layer(box: str, message: Any) -> None:
    probe = Probe(SNACExchanger())
    probe.deliver(message, box)
    [ended] = probe.take("signal")
    assert isinstance(ended, errorInformation)
    assert probe.ended


class Maker(SNACExchanger):
    def __init__(self) -> None:
        """Leave out the base's, as old programs may."""
        super().__init__()

    def main(self) -> Generator[int, None, None]:
        yield 1


def test_snacs_are_made_as_the_description_has_them() -> None:
    maker = Maker()
    wanted = "00020005000000000070" + "000303626f62"
    body = bytes.fromhex("000303626f62")
    assert maker.makeSnac(2, 5, body, request_id=0x70).hex() == wanted
    assert maker.makeSnac(LOCATE.USER_INFO_QUERY, body, request_id=0x70).hex() == wanted
    assert maker.makeSnac(0x17, 6, "caf\xe9")[10:] == b"caf\xe9"
    with pytest.raises(TypeError, match="needs a subtype"):
        maker.makeSnac(4, b"body")


def test_requests_are_numbered_cyclically_and_forgotten_in_time() -> None:
    table = RequestTable(first=0x7FFFFFFF, most=2)
    numbers = [table.add((4, 6)) for _ in range(3)]
    assert numbers == [0x7FFFFFFF, 1, 2]
    assert len(table) == 2
    assert table.answered(Header(4, 0x0C, 0, 0x7FFFFFFF)) is None
    assert table.answered(Header(2, 0x0C, 0, 1)) is None
    assert table.answered(Header(4, 0x0C, 0, 1)) is not None
    assert table.answered(Header(4, 0x0C, 0, 1)) is None
