"""The case of the file tells the case of its functions.

In files that begin with a capital letter functions and methods are mixedCase, in the
others snake_case; classes, and prefabs at the top level, are CapWords everywhere.
Names of the original, and of libraries whose methods we override, are kept.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.kept_names import CLASSES, FUNCTIONS, OVERRIDDEN

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("Axon/**/*.py"), *ROOT.glob("Kamaelia/**/*.py")])

MIXED = re.compile(r"_*[a-z][a-zA-Z0-9]*_?")
SNAKE = re.compile(r"_*[a-z][a-z0-9_]*")
CAPWORDS = re.compile(r"_*[A-Z][a-zA-Z0-9]*")


@cache
def names(path: Path) -> list[tuple[str, str, int]]:
    """Return (kind, name, line) of what a file defines."""
    return list(_names(path))


def _names(path: Path) -> Iterator[tuple[str, str, int]]:
    """Yield (kind, name, line) of what a file defines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield "class", node.name, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield "prefab" if node in tree.body else "function", node.name, node.lineno


def isRight(path: Path, kind: str, name: str) -> bool:
    """Return whether a name follows the rule."""
    if name.startswith("__") and name.endswith("__"):
        return True
    if kind == "class":
        return bool(CAPWORDS.fullmatch(name))
    if kind == "prefab" and CAPWORDS.fullmatch(name):
        return True
    rule = MIXED if path.name[0].isupper() else SNAKE
    return bool(rule.fullmatch(name))


@pytest.mark.parametrize("folder", ["Axon", "Kamaelia"])
def test_the_case_of_the_file_tells_the_case_of_its_functions(folder: str) -> None:
    kept = CLASSES | FUNCTIONS | OVERRIDDEN
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in FILES
        if path.relative_to(ROOT).parts[0] == folder and path.name != "__init__.py"
        for kind, name, line in names(path)
        if not isRight(path, kind, name) and name not in kept
    ]
    assert wrong == [], "rename these, or add what the original has to kept_names.py"


def test_every_kept_name_is_in_use_and_needs_to_be_kept() -> None:
    used = {
        name
        for path in FILES
        for kind, name, _ in names(path)
        if not isRight(path, kind, name)
    }
    assert (CLASSES | FUNCTIONS | OVERRIDDEN) - used == set()


def test_no_two_paths_differ_by_case_only() -> None:
    paths = [str(path.relative_to(ROOT)).lower() for path in FILES]
    assert sorted(set(paths)) == sorted(paths)


def test_tests_are_named_as_sentences() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for _, name, line in names(path)
        if name.startswith("test") and not SNAKE.fullmatch(name)
    ]
    assert wrong == []
