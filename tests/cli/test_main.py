import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from Axon.AxonExceptions import noSpaceInBox
from Kamaelia.cli.capture_file import CaptureError
from Kamaelia.cli.main import SUBCOMMANDS, app, run
from Kamaelia.cli.plain_text import plain, quoted
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from Kamaelia.store.errors import StoreError
from tests.helpers.pcap import capture_path

KAMAELIA = [sys.executable, "-m", "Kamaelia.cli.main"]


def test_help_names_every_subcommand_and_imports_none() -> None:
    code = (
        "import sys\n"
        "from Kamaelia.cli.main import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "slow = [m for m in sys.modules if m.startswith(('Kamaelia.Protocol',"
        " 'Kamaelia.store', 'Axon', 'sqlalchemy'))]\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for name, command in SUBCOMMANDS.items():
        assert f"{name} " in done.stdout
        assert command.help in done.stdout


def test_the_version_is_printed() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("kamaelia 0.")


@pytest.mark.parametrize("arguments", [["dissect", "--help"], ["user", "--help"]])
def test_a_subcommand_shows_its_own_help(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert f"kamaelia {arguments[0]}" in result.stdout.replace("root", "kamaelia")


def test_a_subcommand_that_is_not_installed_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = SUBCOMMANDS["demo"]._replace(module="Kamaelia.cli.missing")
    monkeypatch.setitem(SUBCOMMANDS, "demo", missing)
    result = CliRunner().invoke(app, ["demo"])
    assert result.exit_code == 1
    assert result.stderr == "kamaelia: demo is not part of this installation\n"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (StoreError("no such account"), "no such account"),
        (RemoteProtocolError("bad marker", 3, b"x"), "bad marker at byte 3: found 78"),
        (FileNotFoundError(2, "No such file", "x.pcap"), "x.pcap: No such file"),
        (ConnectionRefusedError("refused"), "refused"),
        (CaptureError("not a\ncapture"), r"not a\ncapture"),
        (noSpaceInBox("full"), "full"),
    ],
)
def test_expected_errors_are_one_line_and_status_1(
    error: Exception, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    assert run(fail) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"kamaelia: {text}\n"


def test_a_defect_is_not_hidden() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(fail)


@pytest.mark.parametrize(("code", "status"), [(None, 0), (3, 3), ("text", 1)])
def test_exits_keep_their_status(code: object, status: int) -> None:
    assert run(lambda: sys.exit(code)) == status  # type: ignore[arg-type]


def test_errors_of_a_real_run_have_no_traceback(tmp_path: Path) -> None:
    for argument in (tmp_path / "missing.pcap", Path(__file__)):
        done = subprocess.run(
            [*KAMAELIA, "dissect", str(argument)], capture_output=True, text=True
        )
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith("kamaelia: ")


def test_a_reader_that_leaves_early_is_tolerated() -> None:
    path = str(capture_path("aim-libpurple.pcap"))
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*KAMAELIA, "dissect", path], stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode in {0, 1}


def test_output_in_a_narrow_encoding_is_escaped() -> None:
    path = str(capture_path("aim-libpurple.pcap"))
    done = subprocess.run(
        [*KAMAELIA, "dissect", path],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        check=True,
    )
    assert rb"h\xe9 \u4f60" in done.stdout


def test_text_is_plain_whatever_it_holds() -> None:
    assert plain("hé 你 😀 a\\b") == "hé 你 😀 a\\b"
    assert plain("a\nb\x1b\u200e\ud800\x85") == r"a\nb\x1b\u200e\ud800\x85"
    assert quoted("x" * 9, limit=4) == '"xxxx..."'
