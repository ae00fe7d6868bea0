import asyncio
import hashlib
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from Kamaelia.store.errors import (
    AccountExists,
    AccountSuspended,
    BadName,
    BadValue,
    NoSuchAccount,
    WrongKey,
)
from Kamaelia.store.passwords import (
    HASHER,
    Scheme,
    expected_digest,
    make_verifier,
)
from Kamaelia.store.store import Store, open_store
from tests.store.conftest import Place

ALL: frozenset[Scheme] = frozenset({"oscar-strong", "oscar-weak", "msn-md5"})
CONSTANT = b"AOL Instant Messenger (SM)"


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def test_verifiers_give_the_digests_of_the_specification() -> None:
    password, key = b"secret9", "7350-2214"
    strong = make_verifier("oscar-strong", password, key)
    weak = make_verifier("oscar-weak", password, key)
    assert strong.hex() == "69bd6d5ce8a549832ce03561a32fefe2"
    assert (
        expected_digest("oscar-strong", strong, key).hex()
        == "82c45453d9fe592c7d53705aca6fdd65"
    )
    assert (
        expected_digest("oscar-weak", weak, key).hex()
        == "54c1e2d90e04ff07e6a1b21fe1bd4ddc"
    )
    assert (
        make_verifier("msn-md5", b"s3cret-Pass", "1146959437.186590").hex()
        == "3f92ff5c4a50978e5e25fbcb6f7d692e"
    )


def test_accounts_are_made_found_listed_and_removed(place: Place) -> None:
    async def scenario(store: Store) -> None:
        accounts = store.accounts
        ann = await accounts.add("aim", "Ann Example", "secret")
        assert (ann.name, ann.display, ann.kind) == ("annexample", "Ann Example", "AIM")
        await accounts.add("aim", "1002 00", "secret")
        await accounts.add("msn", "Bob@Example.com", "secret")
        assert [(a.kind, a.name) for a in await accounts.list()] == [
            ("ICQ", "100200"),
            ("AIM", "annexample"),
            ("MSN", "bob@example.com"),
        ]
        assert [a.display for a in await accounts.list("msn")] == ["Bob@Example.com"]
        assert await accounts.get("aim", "ANN example") == ann
        with pytest.raises(AccountExists):
            await accounts.add("aim", "annExample", "other")
        await accounts.remove("aim", "ANNEXAMPLE")
        assert await accounts.find("aim", "annexample") is None
        with pytest.raises(NoSuchAccount, match="no AIM account 'annexample'"):
            await accounts.get("aim", "annexample")
        with pytest.raises(NoSuchAccount):
            await accounts.remove("aim", "annexample")

    place.run(scenario)


def test_put_makes_an_account_and_then_changes_its_password(place: Place) -> None:
    async def scenario(store: Store) -> None:
        first = await store.accounts.put("aim", "ann", "old")
        second = await store.accounts.put("aim", "Ann", "new")
        assert first.id == second.id
        assert await store.accounts.check_password("aim", "ann", "old") is None
        assert await store.accounts.check_password("aim", "ann", b"new")

    place.run(scenario)


def test_the_display_form_changes_only_in_case_and_spaces(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        changed = await store.accounts.set_display("aim", "ann", "A n N")
        assert (changed.name, changed.display) == ("ann", "A n N")
        with pytest.raises(BadName):
            await store.accounts.set_display("aim", "ann", "bob")

    place.run(scenario)


def test_a_suspended_account_is_told_so_only_with_the_right_password(
    place: Place,
) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("msn", "bob@example.com", "secret")
        await store.accounts.set_suspended("msn", "bob@example.com")
        check = store.accounts.check_password
        assert await check("msn", "bob@example.com", "wrong") is None
        with pytest.raises(AccountSuspended):
            await check("msn", "bob@example.com", "secret")
        await store.accounts.set_suspended("msn", "bob@example.com", False)
        assert await check("msn", "bob@example.com", "secret")

    place.run(scenario)


def test_strong_oscar_sign_on_with_a_fresh_challenge_each_time(place: Place) -> None:
    async def scenario(store: Store) -> None:
        accounts = store.accounts
        await accounts.add("aim", "Ann", "secret")
        key = accounts.oscar_challenge("ann")
        assert key != accounts.oscar_challenge("ann")
        digest = md5(key.encode() + md5(b"secret") + CONSTANT)
        assert (await accounts.check_oscar("A nn", key, digest)) is not None
        assert await accounts.check_oscar("ann", key + "1", digest) is None
        assert await accounts.check_oscar("nobody", key, digest) is None
        assert await accounts.check_oscar("ann", key, digest[:8]) is None
        assert await accounts.check_oscar("ann", key, b"") is None
        weak = md5(key.encode() + b"secret" + CONSTANT)
        assert await accounts.check_oscar("ann", key, weak) is None

    place.run(scenario)


def test_weak_oscar_sign_on_where_it_is_allowed(place: Place) -> None:
    async def scenario(store: Store) -> None:
        accounts = store.accounts
        await accounts.add("aim", "Ann", "secret")
        key = accounts.oscar_challenge("ann")
        assert key == accounts.oscar_challenge("A NN")
        assert key != accounts.oscar_challenge("nobody")
        for digest in (
            md5(key.encode() + b"secret" + CONSTANT),
            md5(key.encode() + md5(b"secret") + CONSTANT),
        ):
            assert await accounts.check_oscar("ann", key, digest)
        await accounts.set_password("aim", "ann", "other")
        assert accounts.oscar_challenge("ann") == key
        assert await accounts.check_oscar("ann", key, digest) is None

    place.run(scenario, ALL)


def test_md5_sign_on_of_msn_where_it_is_allowed(place: Place) -> None:
    async def scenario(store: Store) -> None:
        accounts = store.accounts
        await accounts.add("msn", "bob@example.com", "secret")
        salt = accounts.msn_salt("BOB@example.com")
        assert salt == accounts.msn_salt("bob@example.com")
        digest = md5(salt.encode() + b"secret").hex()
        assert await accounts.check_msn("bob@example.com", digest)
        assert await accounts.check_msn("bob@example.com", digest.upper())
        assert await accounts.check_msn("bob@example.com", digest[:-1]) is None
        assert await accounts.check_msn("bob@example.com", "no hex") is None
        assert await accounts.check_msn("eve@example.com", digest) is None

    place.run(scenario, ALL)


def test_a_challenge_does_not_tell_who_exists(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "secret")
        await store.accounts.add("msn", "ann@example.com", "secret")
        for challenge, mark in (
            (store.accounts.oscar_challenge, "-"),
            (store.accounts.msn_salt, "."),
        ):
            for name in ("ann", "nobody", "ann@example.com", "eve@example.com"):
                first, _, second = challenge(name).partition(mark)
                assert (len(first), len(second)) == (10, 10)
                assert (first + second).isdecimal()
                assert challenge(name) == f"{first}{mark}{second}"

    place.run(scenario, ALL)


def test_verifiers_of_schemes_no_longer_allowed_are_removed(
    lasting_place: Place,
) -> None:
    async def add(store: Store) -> None:
        await store.accounts.add("aim", "ann", "secret")
        await store.accounts.add("msn", "bob@example.com", "secret")

    async def kept(store: Store) -> list[str]:
        return sorted(
            await store._database.read(
                lambda c: [
                    str(row[0])
                    for row in c.exec_driver_sql("SELECT scheme FROM verifier")
                ]
            )
        )

    lasting_place.run(add, ALL)
    assert lasting_place.run(kept) == sorted(ALL)
    assert lasting_place.run(kept, frozenset({"oscar-strong"})) == ["oscar-strong"]
    assert lasting_place.run(kept) == ["oscar-strong"]
    assert lasting_place.run(kept, frozenset()) == []

    async def sign_on(store: Store) -> None:
        # A password seen in clear gives the verifiers that are allowed by now.
        assert await store.accounts.check_password("aim", "ann", "secret")
        key = store.accounts.oscar_challenge("ann")
        digest = md5(key.encode() + b"secret" + CONSTANT)
        assert await store.accounts.check_oscar("ann", key, digest)

    lasting_place.run(sign_on, ALL)


def test_no_password_and_no_verifier_lies_in_the_clear(tmp_path: Path) -> None:
    async def add(store: Store) -> None:
        await store.accounts.add("aim", "ann", "a quite long password")

    Place(f"sqlite:///{tmp_path}/store.db", None).run(add, ALL)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"a quite long password" not in stored
    assert md5(b"a quite long password") not in stored
    assert md5(b"a quite long password").hex().encode() not in stored
    assert b"$argon2id$" in stored


def test_a_hash_of_old_costs_is_renewed_at_sign_on(tmp_path: Path) -> None:
    place = Place(f"sqlite:///{tmp_path}/store.db", None)

    async def add(store: Store) -> None:
        await store.accounts.add("aim", "ann", "secret")

    place.run(add)

    async def renew() -> None:
        newer = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
        async with await open_store(place.url, hasher=newer) as store:
            assert await store.accounts.check_password("aim", "ann", "secret")
            secrets = await store.accounts._secrets("aim", "ann")
            assert secrets is not None
            assert "t=2" in secrets.password

    asyncio.run(renew())


def test_another_key_file_is_noticed(tmp_path: Path) -> None:
    place = Place(f"sqlite:///{tmp_path}/store.db", None)

    async def add(store: Store) -> None:
        await store.accounts.add("aim", "ann", "secret")

    place.run(add)
    key = tmp_path / "store.db.key"
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(WrongKey, match="missing"):
        place.run(add)
    assert not key.exists()
    key.write_text("AAAA")
    with pytest.raises(WrongKey, match="no key file"):
        place.run(add)
    Place(f"sqlite:///{tmp_path}/other.db", None).run(add)
    key.write_bytes((tmp_path / "other.db.key").read_bytes())
    with pytest.raises(WrongKey, match="another database"):
        place.run(add)
    key.write_bytes(kept)
    with pytest.raises(AccountExists):
        place.run(add)


@pytest.mark.parametrize(
    ("network", "name"),
    [
        ("aim", ""),
        ("aim", "   "),
        ("aim", "_ann"),
        ("aim", "an\nn"),
        ("aim", "a" * 98),
        ("aim", "äpfel"),
        ("aim", "0123"),
        ("aim", "2147483647"),
        ("msn", "bob"),
        ("msn", "bob@"),
        ("msn", "b ob@example.com"),
        ("msn", "bob@exa@mple.com"),
        ("msn", "b" * 130 + "@example.com"),
        ("msn", "bob%20@exam%20ple.com"),
    ],
)
def test_names_no_account_can_have(network: str, name: str) -> None:
    async def scenario(store: Store) -> None:
        with pytest.raises(BadName):
            await store.accounts.add("aim" if network == "aim" else "msn", name, "x")

    Place("memory", None).run(scenario)


@pytest.mark.parametrize("name", ["\0", "\ud800", "ann\0", "%", "x" * 10_000, "' OR 1"])
def test_any_text_may_be_looked_up(name: str, place: Place) -> None:
    async def scenario(store: Store) -> None:
        assert await store.accounts.find("aim", name) is None
        assert await store.accounts.check_password("msn", name, "x") is None
        assert await store.accounts.check_oscar(name, "1", bytes(16)) is None

    place.run(scenario)


@pytest.mark.parametrize("password", ["", "x" * 129, "\ud800"])
def test_passwords_that_cannot_be(password: str) -> None:
    async def scenario(store: Store) -> None:
        with pytest.raises(BadValue):
            await store.accounts.add("aim", "ann", password)
        await store.accounts.add("aim", "ann", "secret")
        assert await store.accounts.check_password("aim", "ann", password) is None

    Place("memory", None).run(scenario)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(BadValue, match="unknown scheme"):
        asyncio.run(open_store("memory", schemes={"rot13"}))  # type: ignore[arg-type]


def test_passwords_are_argon2id_with_real_costs_by_default() -> None:
    stored = HASHER.hash(b"secret")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
