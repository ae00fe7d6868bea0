from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.command import Served, kamaelia, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    users = ("ann:secret", "bob:hidden", "carol@example.com:secret")
    options = [option for user in users for option in ("--user", user)]
    with serving(folder, *options) as running:
        yield running
        assert running.end() == (0, "")


def password(folder: Path, text: str) -> str:
    path = folder / "password"
    path.write_text(text + "\n")
    return str(path)


def address(served: Served, name: str = "ann") -> str:
    return f"aim://{name}@127.0.0.1:{served.ports['aim']}"


def test_what_was_typed_before_the_sign_on_is_sent(
    served: Served, tmp_path: Path
) -> None:
    ended = kamaelia(
        tmp_path,
        *("chat", address(served), "--password-file", password(tmp_path, "secret")),
        stdin="ann Do I hear myself? <b>\n",
    )
    assert ended.stderr == ""
    assert "* signed on as ann\n" in ended.stdout
    assert ended.returncode == 0


def test_without_a_terminal_the_password_is_the_first_line(
    served: Served, tmp_path: Path
) -> None:
    typed = "secret\nann Do I hear myself?\n"
    ended = kamaelia(tmp_path, "chat", address(served), stdin=typed)
    assert ended.stderr == ""
    assert "* signed on as ann\n* your list: nobody\n" in ended.stdout
    assert "\nann: Do I hear myself?\n" in ended.stdout
    assert ended.returncode == 0


def test_no_password_at_all_is_one_line(served: Served, tmp_path: Path) -> None:
    ended = kamaelia(tmp_path, "chat", address(served), stdin="")
    assert ended.stderr == "kamaelia: no password for ann on standard input\n"
    assert ended.returncode == 1


def test_the_help_lists_the_commands_one_a_line(tmp_path: Path) -> None:
    ended = kamaelia(tmp_path, "chat", "--help")
    assert "\n  BUDDY TEXT " in ended.stdout
    assert "\\b" not in ended.stdout


def test_help_and_mistakes_are_explained_without_a_server(
    served: Served, tmp_path: Path
) -> None:
    ended = kamaelia(
        tmp_path,
        *("chat", address(served), "--password-file", password(tmp_path, "secret")),
        stdin="help\n/nonsense\nquit\n",
    )
    assert "message BUDDY TEXT" in ended.stdout
    assert "no command /nonsense" in ended.stdout
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [("ann", "wrong", "wrong password"), ("nobody", "x", "sign-on refused")],
)
def test_a_refused_sign_on_is_one_line(
    served: Served, tmp_path: Path, name: str, given: str, says: str
) -> None:
    ended = kamaelia(
        tmp_path,
        *("chat", address(served, name), "--password-file", password(tmp_path, given)),
    )
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.returncode == 1


def test_a_refused_connection_is_one_line(tmp_path: Path) -> None:
    ended = kamaelia(
        tmp_path,
        *("chat", "aim://ann@127.0.0.1:1"),
        *("--password-file", password(tmp_path, "secret")),
    )
    assert "connection refused" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.returncode == 1


def test_what_is_no_address_is_explained(tmp_path: Path) -> None:
    ended = kamaelia(tmp_path, "chat", "ann@127.0.0.1")
    assert ended.returncode == 2
    assert "aim://" in ended.stderr


def test_events_can_be_had_as_json(served: Served, tmp_path: Path) -> None:
    ended = kamaelia(
        tmp_path,
        *("chat", "--json", address(served)),
        *("--password-file", password(tmp_path, "secret")),
        stdin="",
    )
    assert '["signed on", "ann"]\n' in ended.stdout


def msn(served: Served, folder: Path, given: str, stdin: str) -> tuple[int, str, str]:
    ended = kamaelia(
        folder,
        *("chat", f"msn://carol@example.com@127.0.0.1:{served.ports['msn']}"),
        *("--nexus", f"http://127.0.0.1:{served.ports['http']}/rdr/pprdr.asp"),
        *("--password-file", password(folder, given)),
        stdin=stdin,
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_the_same_commands_work_on_msn(served: Served, tmp_path: Path) -> None:
    status, said, trouble = msn(
        served, tmp_path, "secret", "away At lunch\nlist\ninfo x@example.com\n"
    )
    assert (status, trouble) == (0, "")
    assert "* signed on as carol@example.com\n" in said
    assert "* your list: nobody\n" in said
    assert "info: AIM only" in said


def test_a_refused_msn_sign_on_is_one_line(served: Served, tmp_path: Path) -> None:
    status, _, trouble = msn(served, tmp_path, "wrong", "")
    assert status == 1
    assert trouble.count("\n") == 1
