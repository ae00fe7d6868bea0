"""What must not be in the repository, beyond what ruff looks for."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = sorted([*ROOT.glob("Axon/**/*.py"), *ROOT.glob("Kamaelia/**/*.py")])
TEXTS = sorted(
    path
    for pattern in ("*.py", "*.md", "*.toml", "*.cfg")
    for folder in ("Axon", "Kamaelia", "tests", "tools", "examples", "docs", ".")
    for path in (
        (ROOT / folder).glob(pattern)
        if folder == "."
        else (ROOT / folder).rglob(pattern)
    )
)

# Spelt in two halves, so that this file does not hold them.
WORKPLACE = re.compile(
    "|".join(
        first + second
        for first, second in [
            ("/wo", "rk/"),
            ("/ho", "me/"),
            ("/ro", "ot/"),
            ("shared/des", r"ign\.md"),
            ("shared/sty", r"le\.md"),
            ("shared/refer", "ence"),
        ]
    )
)

# Prints what it is asked to print: module -> why.
PRINTS = {
    "Kamaelia/Experimental/PythonInterpreter.py": "values, at a prompt",
    "Axon/Component.py": "TraceAllSends",
    "Axon/Microprocess.py": "the notice of _unpause",
    "Axon/STM.py": "Store.dump",
    "Axon/debug.py": "debugging notes",
    "Axon/boxes.py": "setShowTransit",
}


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("call", ["exec", "eval"])
def test_the_library_runs_no_text(call: str) -> None:
    assert [found for found in calls(call) if found] == []


def calls(name: str) -> list[str]:
    """Return the files of the library that call a function by this name."""
    found = []
    for path in LIBRARY:
        tree = parsed(path)
        found += [
            str(path.relative_to(ROOT))
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == name
        ]
    return found


def test_the_library_prints_what_it_is_asked_to_only() -> None:
    prints = {path for path in calls("print") if not path.startswith("Kamaelia/cli/")}
    assert prints - set(PRINTS) == set()


def test_no_error_is_swallowed_without_a_word() -> None:
    wrong = []
    for path in LIBRARY:
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            silent = all(isinstance(part, ast.Pass) for part in node.body)
            wide = node.type is None or ast.unparse(node.type) in {
                "Exception",
                "BaseException",
            }
            last = lines[node.body[-1].lineno - 1]
            commented = "#" in last or "#" in lines[node.lineno - 1]
            if silent and (wide or not commented):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == [], "say in a comment why this error is of no interest"


def test_every_module_says_what_it_is_for() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in LIBRARY
        if not ast.get_docstring(parsed(path))
    ]
    assert wrong == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in TEXTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WORKPLACE.search(line)
    ]
    assert wrong == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b|for " + "now")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in LIBRARY
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if later.search(line)
    ]
    assert wrong == []
