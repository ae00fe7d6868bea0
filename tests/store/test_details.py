"""What AIM and ICQ users show of themselves: details and art, on every database."""

from hashlib import md5

import pytest

from Kamaelia.store.errors import BadValue, LimitReached, NoSuchAccount
from Kamaelia.store.store import Store
from tests.store.conftest import Place


def test_details_are_there_after_a_restart(lasting_place: Place) -> None:
    shown = {"nick": b"B\xf6b", "notes": bytes(range(256)), "country": b"\0\0"}

    async def fill(store: Store) -> None:
        for name in ("100200", "100300"):
            await store.accounts.add("aim", name, "x")
        assert await store.aim.details("100200") == {}
        await store.aim.set_details("100200", {"nick": b"old", "city": b"Rome"})
        await store.aim.set_details("100200", {**shown, "city": b""})
        await store.aim.set_details("100300", {"nick": b"other"})

    async def read(store: Store) -> None:
        assert await store.aim.details("100 200") == shown
        await store.accounts.remove("aim", "100200")
        await store.accounts.add("aim", "100200", "x")
        assert await store.aim.details("100200") == {}
        assert await store.aim.details("100300") == {"nick": b"other"}

    lasting_place.run(fill)
    lasting_place.run(read)


def test_details_are_bounded(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        for bad in ({"": b"x"}, {"x" * 33: b"x"}, {"x": bytes(32_769)}):
            with pytest.raises(BadValue):
                await store.aim.set_details("ann", {"good": b"1", **bad})
        assert await store.aim.details("ann") == {}
        await store.aim.set_details("ann", {f"n{n}": b"x" for n in range(100)})
        await store.aim.set_details("ann", {"n1": b"y", "n2": b"", "m": b"z"})
        with pytest.raises(LimitReached):
            await store.aim.set_details("ann", {"one": b"more"})
        kept = await store.aim.details("ann")
        assert (len(kept), kept["n1"], kept["m"]) == (100, b"y", b"z")
        with pytest.raises(NoSuchAccount):
            await store.aim.set_details("nobody", {"x": b"y"})
        with pytest.raises(NoSuchAccount):
            await store.aim.details("nobody")

    place.run(scenario)


def test_art_is_found_by_its_hash_after_a_restart(lasting_place: Place) -> None:
    icon = b"GIF89a" + bytes(range(256)) * 20

    async def fill(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        await store.accounts.add("aim", "bob", "x")
        await store.aim.put_art("ann", 1, b"old")
        assert await store.aim.put_art("ann", 1, icon) == md5(icon).digest()
        await store.aim.put_art("bob", 1, icon)

    async def read(store: Store) -> None:
        assert await store.aim.art(md5(icon).digest()) == icon
        assert await store.aim.art(md5(b"old").digest()) is None
        await store.accounts.remove("aim", "ann")
        assert await store.aim.art(md5(icon).digest()) == icon
        await store.accounts.remove("aim", "bob")
        assert await store.aim.art(md5(icon).digest()) is None

    lasting_place.run(fill)
    lasting_place.run(read)


def test_art_is_bounded_and_the_oldest_makes_room(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        for kind, data in ((1, b""), (1, bytes(65_536)), (-1, b"x"), (65_536, b"x")):
            with pytest.raises(BadValue):
                await store.aim.put_art("ann", kind, data)
        with pytest.raises(NoSuchAccount):
            await store.aim.put_art("nobody", 1, b"x")
        for kind in range(20):
            await store.aim.put_art("ann", kind, bytes((kind,)))
        kept = [
            kind
            for kind in range(20)
            if await store.aim.art(md5(bytes((kind,))).digest()) is not None
        ]
        assert len(kept) == 16
        assert 19 in kept

    place.run(scenario)
