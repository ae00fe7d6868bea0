import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from Kamaelia.cli.user import user_app
from Kamaelia.store.aim import Edit, FeedbagItem
from Kamaelia.store.store import Store, open_store


class User:
    """`kamaelia user ... --db FILE`."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/store.db"

    def __call__(self, *arguments: str, typed: str = "") -> str:
        """Run a command that must succeed; return what it prints."""
        result = self.run(*arguments, typed=typed)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout

    def fails(self, *arguments: str, typed: str = "") -> str:
        """Run a command that must fail with one line; return that line."""
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 1
        assert result.stdout == ""
        lines = result.stderr.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("kamaelia user: ")
        return lines[0]

    def run(self, *arguments: str, typed: str = "") -> Result:
        command = [*arguments, "--db", self.url]
        return CliRunner().invoke(user_app, command, input=typed)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.delenv("KAMAELIA_KEY_FILE", raising=False)
    return User(tmp_path)


def fits(user: User, name: str, password: str) -> bool:
    async def main() -> bool:
        async with await open_store(user.url) as store:
            network = "msn" if "@" in name else "aim"
            found = await store.accounts.check_password(
                "msn" if network == "msn" else "aim", name, password
            )
            return found is not None

    return asyncio.run(main())


def test_accounts_of_each_kind_are_added_and_listed(user: User) -> None:
    added = user("add", "Ann Example", "--password", "secret")
    assert added == "added AIM account Ann Example\n"
    user("add", "100200", "--password", "secret")
    user("add", "bob@example.com", "--password", "secret")
    assert user("list") == (
        "ICQ\t100200\tactive\nAIM\tAnn Example\tactive\nMSN\tbob@example.com\tactive\n"
    )
    listed = json.loads(user("list", "--json"))
    assert [(a["network"], a["kind"], a["name"]) for a in listed] == [
        ("aim", "ICQ", "100200"),
        ("aim", "AIM", "annexample"),
        ("msn", "MSN", "bob@example.com"),
    ]
    assert fits(user, "annexample", "secret")


def test_a_password_comes_from_a_file_standard_input_or_a_prompt(
    user: User, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("from a file\nsecond line\n")
    user("add", "ann", "--password-file", str(tmp_path / "password"))
    assert fits(user, "ann", "from a file")
    user("passwd", "ann", "--password-file", "-", typed="from a pipe\n")
    assert fits(user, "ann", "from a pipe")
    result = user.run("passwd", "ann", typed="asked for\nasked for\n")
    assert result.exit_code == 0
    assert "asked for" not in result.output
    assert fits(user, "ann", "asked for")
    user("passwd", "ann", typed="once is enough\n")
    assert fits(user, "ann", "once is enough")
    for typed in ("one\nother\n", "", "\n"):
        assert user.run("passwd", "ann", typed=typed).exit_code == 1
    assert fits(user, "ann", "once is enough")


def test_at_a_terminal_the_password_is_asked_for_twice(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def prompt(text: str, **settings: object) -> str:
        asked.append(settings)
        return "typed"

    monkeypatch.setattr("typer.prompt", prompt)
    monkeypatch.setattr("Kamaelia.cli.user._at_a_terminal", lambda: True)
    user("add", "ann")
    assert fits(user, "ann", "typed")
    assert asked[0]["hide_input"]
    assert asked[0]["confirmation_prompt"]


def test_an_account_is_suspended_and_let_in_again_and_removed(user: User) -> None:
    user("add", "ann", "--password", "secret")
    assert user("suspend", "Ann") == "ann is suspended\n"
    assert user("list") == "AIM\tann\tsuspended\n"
    assert user("suspend", "ann", "--undo") == "ann is active\n"
    assert user("remove", "ann") == "removed AIM account ann\n"
    assert user("list") == ""
    assert json.loads(user("list", "--json")) == []


def test_msn_contacts_are_added_on_both_sides(user: User) -> None:
    for handle in ("ann@example.com", "bob@example.com"):
        user("add", handle, "--password", "secret")
    user("contact", "add", "ann@example.com", "bob@example.com")
    assert user("contact", "list", "ann@example.com") == "bob@example.com\tFL AL\t\n"
    assert json.loads(user("contact", "list", "bob@example.com", "--json")) == [
        {"name": "ann@example.com", "lists": ["RL", "PL"], "groups": []}
    ]
    user("contact", "remove", "ann@example.com", "bob@example.com")
    assert user("contact", "list", "bob@example.com") == ""


def test_aim_contacts_are_buddies_in_a_group(user: User) -> None:
    user("add", "ann", "--password", "secret")
    user("contact", "add", "ann", "Bob B")
    assert user("contact", "list", "ann") == "Bob B\tbuddy\tBuddies\n"
    user("contact", "remove", "ann", "bobb")
    assert user("contact", "list", "ann") == ""


def test_errors_are_one_line(user: User, tmp_path: Path) -> None:
    user("add", "ann", "--password", "secret")
    assert "already" in user.fails("add", "A NN", "--password", "x")
    assert "no screen name" in user.fails("add", "_x", "--password", "x")
    assert "1 to 128 bytes" in user.fails("add", "bob", "--password", "")
    assert "no AIM account 'bob'" in user.fails("passwd", "bob", "--password", "x")
    assert "no AIM account" in user.fails("suspend", "bob")
    assert "no MSN account" in user.fails("remove", "bob@example.com")
    assert "no ICQ account" in user.fails("contact", "list", "77")
    assert "one network" in user.fails("contact", "add", "ann", "b@example.com")
    assert "no buddy" in user.fails("contact", "remove", "ann", "bob")
    missing = str(tmp_path / "missing")
    assert "cannot read" in user.fails("add", "bob", "--password-file", missing)
    both = user.fails("add", "bob", "--password", "x", "--password-file", missing)
    assert "not both" in both
    user.url = "mysql://localhost/x"
    assert "no database 'mysql'" in user.fails("list")


def test_control_characters_of_others_do_not_reach_the_terminal(user: User) -> None:
    user("add", "ann", "--password", "secret")

    async def fill(store: Store) -> None:
        item = FeedbagItem(1, 1, 0, "\x1b[2Jbad\n\u202ename")
        await store.aim.edit_feedbag("ann", [(Edit.PUT, item)])

    async def main() -> None:
        async with await open_store(user.url) as store:
            await fill(store)

    asyncio.run(main())
    shown = user("contact", "list", "ann")
    assert shown == "\\x1b[2Jbad\\n\\u202ename\tbuddy\t\n"


def test_the_help_says_who_can_see_a_password() -> None:
    result = CliRunner().invoke(user_app, ["add", "--help"], env={"COLUMNS": "200"})
    assert "list of processes" in result.stdout
