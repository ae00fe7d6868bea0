"""Every block of code in README and docs runs, or at least is what can be typed.

- ```python: the blocks of one page are run in order, in one namespace. A ```text
  block that follows one at once is what it prints; `...` stands for anything. Where a
  block cannot be run, a comment `<!-- not run: why -->` stands before it. In the
  folder in which they run lie cert.pem and key.pem, for 127.0.0.1.
- ```console: what follows a `$ `. `kamaelia` commands must be understood. A
  `kamaelia serve` that is shown to be `ready` is really started, on free ports: the
  page's Python is run with these in place of the usual ones. What `kamaelia dissect`
  is shown to print of a recording, or of a file that the page's Python has written,
  it must print.
"""

import doctest
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import typer.main

from Kamaelia.cli.main import app
from tests.docs.pages import ROOT, Block, blocks, name_of, written_pages
from tests.helpers.command import kamaelia, serving
from tests.internet.certificates import write_pem

PAGES = written_pages()
USUAL = {"aim": "5190", "msn": "1863", "http": "8080"}
PORT_OPTIONS = ("--aim-port", "--msn-port", "--http-port", "--host", "--db")

every_page = pytest.mark.parametrize("path", PAGES, ids=map(name_of, PAGES))


def commands(block: Block) -> Iterator[list[str]]:
    """Yield the words of each command in a ```console block."""
    text = re.sub(r"\\\n *", "", block.text)
    for line in text.splitlines():
        if line.startswith("$ "):
            yield shlex.split(line[2:].partition(" | ")[0], comments=True)


def console(path: Path) -> list[tuple[list[str], str]]:
    """Return the commands of a page, each with what its block prints."""
    shown = [block for block in blocks(path) if block.language == "console"]
    return [
        (words, block.text.partition("\n")[2])
        for block in shown
        for words in commands(block)
    ]


WITH_PYTHON = [
    path
    for path in PAGES
    if any(b.language == "python" and not b.shown_only for b in blocks(path))
]


@pytest.mark.parametrize("path", WITH_PYTHON, ids=map(name_of, WITH_PYTHON))
def test_python_blocks_run(path: Path, tmp_path: Path) -> None:
    code = [b for b in blocks(path) if b.language == "python" and not b.shown_only]
    serve = [
        words
        for words, prints in console(path)
        if words[:2] == ["kamaelia", "serve"] and prints.endswith("ready\n")
    ]
    write_pem(tmp_path)
    with ExitStack() as stack:
        ports = dict(USUAL)
        if serve:
            served = stack.enter_context(serving(tmp_path, *settings(serve[0])))
            ports |= {name: str(port) for name, port in served.ports.items()}
        ran = run_page(path, code, ports, tmp_path)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    for words, prints in console(path):
        if words[:2] == ["kamaelia", "dissect"] and (tmp_path / words[2]).is_file():
            got = kamaelia(tmp_path, *words[1:]).stdout
            same = doctest.OutputChecker().check_output(prints, got, doctest.ELLIPSIS)
            assert same, f"{name_of(path)}: {words}\n{got}"


def settings(words: list[str]) -> list[str]:
    """Return the options of a `kamaelia serve` that tests can keep."""
    kept = []
    given = iter(words[2:])
    for word in given:
        if word in PORT_OPTIONS:
            next(given)
        else:
            kept.append(word)
    return kept


def run_page(
    path: Path, code: list[Block], ports: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run blocks in a process of their own, warnings being errors."""

    def at_free_ports(text: str) -> str:
        for name, usual in USUAL.items():
            text = re.sub(rf"\b{usual}\b", ports[name], text)
        return text

    wanted = [
        {
            "line": block.line,
            "text": at_free_ports(block.text),
            "output": block.output and at_free_ports(block.output),
        }
        for block in code
    ]
    return subprocess.run(
        [sys.executable, "-W", "error", str(Path(__file__).with_name("run_page.py"))],
        input=json.dumps({"page": name_of(path), "blocks": wanted}),
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
    )


@every_page
def test_few_python_blocks_are_only_shown(path: Path) -> None:
    code = [block for block in blocks(path) if block.language == "python"]
    shown = [block for block in code if block.shown_only]
    assert len(shown) <= max(1, len(code) // 4), "make them run, or take them out"


WITH_CONSOLE = [path for path in PAGES if console(path)]


@pytest.mark.parametrize("path", WITH_CONSOLE, ids=map(name_of, WITH_CONSOLE))
def test_commands_are_understood(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root = typer.main.get_command(app)
    for words, _ in console(path):
        name = words[0].removeprefix(".venv/bin/")
        if name == "kamaelia":
            understood(root, words[1:])
        elif name == "python" and words[1] == "-m":
            assert module_exists(words[2]), words
        elif name == "python" and words[1].startswith(("examples/", "tools/")):
            assert (ROOT / words[1]).is_file(), words


def understood(root: Any, words: list[str]) -> None:
    """Let a command read its arguments, without doing what they say."""
    context = root.make_context("kamaelia", list(words))
    command = root
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None, words
        context = found.make_context(name or "", rest, parent=context)
        command = context.command


def module_exists(name: str) -> bool:
    """Return whether the project has a module that `python -m` runs."""
    base = ROOT.joinpath(*name.split("."))
    return base.with_suffix(".py").is_file() or (base / "__main__.py").is_file()


def excerpts() -> Iterator[tuple[Path, list[str], str]]:
    """Yield each `kamaelia dissect` of a recording in the docs, with what it shows."""
    for path in PAGES:
        for words, prints in console(path):
            if words[:2] == ["kamaelia", "dissect"] and words[2].startswith("tests/"):
                yield path, words[1:], prints


@pytest.mark.parametrize(("path", "words", "text"), list(excerpts()))
def test_excerpts_of_dissect_are_real(
    path: Path, words: list[str], text: str, tmp_path: Path
) -> None:
    recording = ROOT / words[1]
    assert recording.is_file(), f"{name_of(path)}: {words[1]}"
    printed = kamaelia(tmp_path, "dissect", str(recording), *words[2:]).stdout
    lines = {line.rstrip() for line in printed.splitlines()}
    for line in text.splitlines():
        if line and line != "...":
            assert line.rstrip() in lines, f"{name_of(path)}: {line}"
