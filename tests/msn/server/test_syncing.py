"""What a SYN asks the store for."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event, insert, select

from Kamaelia.store.schema import ACCOUNT, MSN_CONTACT, MSN_PROFILE, MSN_PROPERTY

from .hall import Hall, in_hall

MANY = 1000


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that any database is sent."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def befriend(connection: Connection) -> None:
    """Give alice a thousand contacts, each with telephones, who are not signed on."""
    alice = connection.execute(
        select(ACCOUNT.c.id).where(ACCOUNT.c.name == "alice@example.com")
    ).scalar_one()
    names = [f"friend{number}@example.com" for number in range(MANY)]
    shared = {"network": "msn", "suspended": False, "created": 0, "password": "-"}
    accounts = [{"name": name, "display": name, **shared} for name in names]
    connection.execute(insert(ACCOUNT), accounts)
    found = connection.execute(select(ACCOUNT.c.id, ACCOUNT.c.name))
    ids = {row.name: row.id for row in found}
    profile = {"guid": "", "list_version": 1, "settings_version": 1}
    profile |= {"blp": "AL", "gtc": "A", "message": ""}
    profiles = [
        {"account_id": ids[name], "friendly_name": name[:9].title(), **profile}
        for name in names
    ]
    connection.execute(insert(MSN_PROFILE), profiles)
    telephones = [
        {"account_id": ids[name], "key": key, "value": f"{key} {ids[name]}"}
        for name in names
        for key in ("PHH", "PHM", "WWE")
    ]
    connection.execute(insert(MSN_PROPERTY), telephones)
    rows = [
        {"account_id": alice, "handle": name, "guid": str(uuid.uuid4()), "lists": 3}
        for name in names
    ]
    connection.execute(
        insert(MSN_CONTACT), [{**r, "friendly_name": r["handle"]} for r in rows]
    )


@pytest.mark.parametrize("dialect", [7, 12])
def test_a_thousand_absent_contacts_cost_a_few_statements(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        await hall.store._database.write(befriend)
        client = await hall.sign_on("alice", dialect)
        with statements() as sent:
            heard = await client.say("SYN 5 0 0")
        assert len(sent) <= 2
        told = [line for line in heard if line.startswith("BPR")]
        assert sum("PHH%20" in line for line in told) == MANY
        assert not any("WWE" in line for line in told)
        assert any("Friend999" in line or "Friend99" in line for line in heard)

    in_hall(scenario, friends=False)


def test_contacts_who_are_signed_on_cost_no_statement() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.online("bob", 8)
        client = await hall.sign_on("alice", 8)
        with statements() as sent:
            heard = await client.say("SYN 5 0 0")
        assert sent == []
        assert any(line.startswith("LST bob@example.com Bob") for line in heard)

    in_hall(scenario)


def test_an_addition_asks_once_what_is_known_of_the_other() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.store.msn.set_property("carol@example.com", "PHH", "555")
        client = await hall.online("alice", 8)
        client.heard()
        with statements() as sent:
            heard = await client.say("ADD 9 FL carol@example.com carol@example.com")
        assert any("carol@example.com PHH 555" in line for line in heard)
        assert sum("msn_property" in statement for statement in sent) == 1

    in_hall(scenario)
