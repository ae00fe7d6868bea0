"""Programs in the style of the examples of old, each run in a process of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compat import old_programs

ROOT = Path(__file__).parents[2]


def freePort() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run(program: str, *arguments: object, warnings: str = "error") -> tuple[str, str]:
    """Run a program to its end; return what it printed, and said on stderr."""
    done = subprocess.run(
        [sys.executable, "-W", warnings, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


EXPECTED = {
    "CHILDREN": """\
<1> item 0
first pair done, linkages left: 0
<2> item 0
<2> item 1
all done 1
""",
    "WAIT_COMPLETE": """\
steps [0, 1, 2, 3]
line hello
line world
end of input: producerFinished
after the run
""",
    "MAIN_BODY": "got a\ngot b\ngot c\nclosing down\n",
    "GRAPHLINE": "['A', 'B', 'aa', 'bb']\n-x\n-y\n",
    "CAROUSEL": "now playing one\nnow playing two\nnow playing three\n",
    "HANDLE": "olleh\ndlrow\n",
    "THREADED": "total 30\ntotal 1225\n",
    "BUSY": "done\nslow\ndelivered\n",
    "RATES": " ".join(map(str, range(20))) + " in time\n",
    "INTROSPECTION": "['ADD LINK', 'ADD NODE', 'DEL ALL']\n",
    "RESTARTS": "run 0\nrun 1\nrun 2\nab\n0\n",
    "SYNCHRONOUS": """\
sent 0
full
got 0
sent 1
full
got 1
sent 2
full
got 2
sent 3
got 3
""",
    "SHUTDOWN": "ending all\ncleaning up\nover\n",
    "ADAPTIVE": """\
1 squared is 1
2 squared is 4
3 squared is 9
['control', 'inbox'] ['outbox', 'signal']
""",
    "SERVICE": "enough\n",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_program_prints_what_it_always_printed(name: str) -> None:
    assert run(getattr(old_programs, name)) == (EXPECTED[name], "")


def test_guests_of_a_chat_server_hear_each_other() -> None:
    said, _ = run(old_programs.CHAT, freePort())
    assert sorted(said.splitlines()) == [
        "Ann heard 2",
        "Bob heard 1",
        "said: I am Bob",
        "said: I am Bob",
    ], said


def test_a_server_talks_line_by_line_and_ends_when_its_protocol_says_so() -> None:
    assert run(old_programs.SERVER_CORE, freePort()) == (
        "connection from 127.0.0.1 True\ngood day\nyou said one\nyou said two\nbye\n",
        "",
    )


def test_files_and_other_programs_are_parts_of_pipelines(tmp_path: Path) -> None:
    said, errors = run(old_programs.FILES, tmp_path / "fruit.txt")
    assert (said, errors) == (
        "apple\nfig\npear\n"
        "b'pear' b'\\napp' b'le\\nf' b'ig\\n' \n"
        "PEAR\nAPPLE\nFIG\n"
        "b'from a command\\n'15\n",
        "",
    )


def test_an_immortal_scheduler_goes_on_without_what_failed() -> None:
    said, errors = run(old_programs.IMMORTAL)
    assert said.splitlines()[:3] == [
        "stop of a crasher",
        "this one goes on",
        "stop of another",
    ]
    assert said.splitlines()[-1] == "mortal again: as planned"
    assert "ValueError: as planned" in errors


def test_deprecated_names_work_and_say_what_to_use() -> None:
    said, errors = run(old_programs.DEPRECATED)
    assert said == "b'old\\n'"
    assert errors.count("DEPRECATED: ") == 4
