"""What users show of themselves is there after a restart: details of ICQ, icons."""

import asyncio
from pathlib import Path

from Kamaelia.Protocol.AIM.Server.state.art import Art
from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.bart import (
    BARTID,
    CODE_NOT_FOUND,
    CODE_OK,
    BARTDownload,
    BARTDownload2,
    BARTDownload2Reply,
    BARTDownloadReply,
    BARTUpload,
    icon_id,
)
from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagClass, FeedbagItem
from Kamaelia.Protocol.AIM.wire.foodgroups import BART, BUDDY, FEEDBAG, ICQ, OSERVICE
from Kamaelia.Protocol.AIM.wire.icq import ICQRequest
from Kamaelia.Protocol.AIM.wire.icq_details import ACKNOWLEDGED_BY
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import read_users
from Kamaelia.store.store import open_store
from tests.aim.server.clients import BOTH, QUICK, MemoryClient, online, run
from tests.aim.wire.test_icq_details import BASIC, MORE, NAMES, WORK, text

ICON = b"GIF89a" + bytes(100)
ANNOUNCED = FeedbagItem(
    "1",
    0,
    20,
    FeedbagClass.BART,
    TLVBlock((TLV(0xD5, bytes((1, 16)) + icon_id(ICON).data),)),
).to_bytes()


async def meta(
    client: MemoryClient, subtype: int, data: bytes
) -> list[tuple[int | None, bytes]]:
    asked = ICQRequest(100200, 0x07D0, 7, subtype, data).to_bytes()
    replies = [
        ICQRequest.from_bytes(snac.body)
        for snac in await client.ask(ICQ.DB_QUERY, asked)
    ]
    assert {reply.sequence for reply in replies} == {7}
    return [(reply.subtype, reply.data) for reply in replies]


def uin(number: int) -> bytes:
    return number.to_bytes(4, "little")


def test_details_are_kept_and_shown_to_others() -> None:
    async def scenario(state: ServerState) -> None:
        one = await online(state, "100200")
        for subtype, data in (
            (0x03EA, BASIC),
            (0x03F3, WORK),
            (0x03FD, MORE),
            (0x0406, text("some notes")),
            (0x0424, b"\0\1\2\0"),
            (0x0654, b"?"),
        ):
            assert await meta(one, subtype, data) == [
                (ACKNOWLEDGED_BY[subtype], b"\x0a")
            ]
        state = ServerState(state.store, now=lambda: 0x65000000)  # a restart
        other = await online(state, "100300")
        parts = dict(await meta(other, 0x04B2, uin(100200)))
        assert parts[0xC8] == b"\x0a" + text(*NAMES) + bytes.fromhex(
            "2700 02 00 01 02 01"
        )
        assert parts[0xD2] == b"\x0a" + WORK
        assert parts[0xE6] == b"\x0a" + text("some notes")
        assert parts[0xDC].startswith(b"\x0a" + MORE)
        [(_, short)] = await meta(other, 0x04BA, uin(100200))
        assert short == b"\x0a" + text(*NAMES[:4]) + b"\0\0\2"
        [(_, found)] = await meta(other, 0x051F, uin(100200))
        assert text("Bobby", "Bob", "Example", "b@x") in found
        [(_, short)] = await meta(other, 0x04BA, uin(100300))
        assert short.startswith(b"\x0a" + text("100300"))

    run(scenario)


def test_details_that_are_malformed_or_too_long_change_nothing() -> None:
    async def scenario(state: ServerState) -> None:
        one = await online(state, "100200")
        await meta(one, 0x0406, text("good"))
        for data in (b"", b"\5\0a", text("x" * 1025)):
            assert await meta(one, 0x0406, data) == [(0x0082, b"\x14")]
        assert await state.store.aim.details("100200") == {"notes": b"good"}
        assert one.closed is None

    run(scenario)


def test_an_icon_is_there_after_a_restart(tmp_path: Path) -> None:
    icon = icon_id(ICON)

    async def upload(state: ServerState) -> None:
        for name in ("alice", "bob"):
            await state.store.accounts.add("aim", name, "secret9")
        alice = await online(state, "alice")
        await alice.ask(FEEDBAG.INSERT_ITEM, ANNOUNCED)
        await alice.ask(BART.UPLOAD_QUERY, BARTUpload(1, ICON).to_bytes())

    async def after(state: ServerState) -> None:
        bob = await online(state, "bob", "alice")
        got = await bob.ask(BART.DOWNLOAD_QUERY, BARTDownload("alice", icon).to_bytes())
        assert BARTDownloadReply.from_bytes(got[0].body).data == ICON
        state.art = Art(0, state.store.aim)  # not even in memory
        alice = await online(state, "alice", keep=True)
        assert OSERVICE.BART_REPLY in alice.kinds()  # memory has no room: as before
        state.art = Art(1000, state.store.aim)
        await alice.disconnect()
        bob.heard.clear()
        alice = await online(state, "alice", keep=True)
        assert OSERVICE.BART_REPLY not in alice.kinds()
        assert read_users(bob.take(BUDDY.ARRIVED))[0].icon == icon

    async def main() -> None:
        for scenario in (upload, after):
            url = f"sqlite:///{tmp_path}/store.db"
            async with await open_store(url, schemes=BOTH, hasher=QUICK) as store:
                await scenario(ServerState(store, now=lambda: 0x65000000))

    asyncio.run(main())


def test_an_icon_that_the_store_has_need_not_be_uploaded_again() -> None:
    async def scenario(state: ServerState) -> None:
        await state.store.aim.put_art("bob", 1, ICON)
        alice = await online(state, "alice")
        answers = await alice.ask(FEEDBAG.INSERT_ITEM, ANNOUNCED)
        told = [a.body for a in answers if a.type == OSERVICE.BART_REPLY]
        assert told == [BARTID(1, 1, icon_id(ICON).data).to_bytes()]

    run(scenario)


def test_several_pieces_come_from_the_store_as_far_as_there_is_room() -> None:
    async def scenario(state: ServerState) -> None:
        for kind in range(3):
            await state.store.aim.put_art("bob", kind, bytes((kind,)) * 400)
        ids = [BARTID(1, 1, icon_id(bytes((kind,)) * 400).data) for kind in range(3)]
        asked = (BARTID(1, 1, bytes(16)), *ids, BARTID(1, 1, bytes(16)))
        alice = await online(state, "alice")
        got = await alice.ask(
            BART.DOWNLOAD2_QUERY, BARTDownload2("bob", asked).to_bytes()
        )
        codes = [BARTDownload2Reply.from_bytes(one.body).code for one in got]
        missing, ok = CODE_NOT_FOUND, CODE_OK
        assert codes == [missing, ok, ok, missing, missing]

    run(scenario, limits=Limits(output_bytes=2000))
