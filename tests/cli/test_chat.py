import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from Axon.testing import Probe
from Kamaelia.cli.chat import Conversation, explained
from Kamaelia.Protocol.AIM import events as aim
from Kamaelia.Protocol.MSN import harness_events as told
from tests.helpers.command import Served, Talker, kamaelia, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    names = ("ann", "bob", "carol@example.com", "dave@example.com")
    options = [option for name in names for option in ("--user", f"{name}:secret")]
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
    assert "info: AIM and ICQ only" in said


def test_a_refused_msn_sign_on_is_one_line(served: Served, tmp_path: Path) -> None:
    status, _, trouble = msn(served, tmp_path, "wrong", "")
    assert status == 1
    assert trouble.count("\n") == 1


def test_a_guessed_passport_address_is_called_a_guess() -> None:
    trouble = "cannot reach Passport at http://127.0.0.1:8080: refused"
    assert "--nexus" in explained(trouble, None)
    assert explained(trouble, "http://127.0.0.1:8080") == trouble
    assert explained("wrong password", None) == "wrong password"


def msn_talker(served: Served, folder: Path, name: str) -> Talker:
    made = Talker(
        folder,
        *("chat", f"msn://{name}@example.com@127.0.0.1:{served.ports['msn']}"),
        *("--nexus", f"http://127.0.0.1:{served.ports['http']}/rdr/pprdr.asp"),
    )
    made.say("secret")
    made.until(f"signed on as {name}@")
    return made


def test_a_file_is_sent_and_taken_by_what_is_typed(
    served: Served, tmp_path: Path
) -> None:
    (tmp_path / "my notes").write_bytes(b"0123456789")
    (tmp_path / "taken").mkdir()
    with (
        msn_talker(served, tmp_path, "carol") as carol,
        msn_talker(served, tmp_path, "dave") as dave,
    ):
        carol.say("send dave@example.com my notes")
        number = re.findall(r"accept (\d+)", dave.until("offers a file"))[0]
        dave.say(f"accept {number} taken")
        assert "taken/my notes" in dave.until(f"* file {number} in ")
        carol.until("* file ")
        assert (tmp_path / "taken/my notes").read_bytes() == b"0123456789"
        carol.say("send dave@example.com my notes")
        number = re.findall(r"cancel (\d+)", carol.until("* offering dave"))[0]
        dave.until("offers a file")
        carol.say(f"cancel {number}")
        carol.until("cancelled")
        dave.until("* file ")
        assert carol.end() == dave.end() == (0, "")


def test_advice_is_json_too(served: Served, tmp_path: Path) -> None:
    ended = kamaelia(
        tmp_path,
        *("chat", "--json", address(served)),
        *("--password-file", password(tmp_path, "secret")),
        stdin="help\nadd\n",
    )
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ["advice", "type: add BUDDY [GROUP]"] in events


@pytest.mark.parametrize(
    "event",
    [
        told.Disconnected.of("connection lost", 2.0, "lost"),
        aim.Disconnected.of("connection lost"),
    ],
)
@pytest.mark.parametrize("again", [True, False])
def test_a_lost_connection_is_told_if_the_client_signs_on_again(
    event: Any, again: bool
) -> None:
    shown: list[Any] = []
    talk = Conversation(shown.append, "msn", reconnect=again)
    probe = Probe(talk)
    probe.deliver(("signed on", "ann"), "heard")
    probe.deliver(event, "heard")
    assert (event in shown) is again
