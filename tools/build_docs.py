"""Build docs/reference/ from docstrings, signatures and box descriptions.

    python tools/build_docs.py            write the pages that have changed
    python tools/build_docs.py --check    say which are stale; exit status 1 if any

One page for each public module of Axon and Kamaelia, and an index. What is written
depends on the sources alone: the same sources give the same pages.
"""

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, its own folder stands there

from tools.docstrings import as_markdown, escaped, summary  # noqa: E402

REFERENCE = ROOT / "docs" / "reference"
PACKAGES = ("Axon", "Kamaelia")
LEFT_OUT = "Kamaelia.store.migrations.versions"
LONGEST = 72
"""Characters of a value that are shown."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> dict[str, Path]:
    """Return dotted name -> file of each public module."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            private = any(part.startswith("_") for part in name.split("."))
            if not private and not name.startswith(LEFT_OUT):
                found[name] = path
    return dict(sorted(found.items()))


# What a module holds.


def is_public(name: str) -> bool:
    """Return whether a name is for users."""
    return not name.startswith("_")


def functions_of(body: list[ast.stmt]) -> Iterator[Function]:
    """Yield the public functions among statements, without overloads."""
    for node in body:
        if isinstance(node, Function) and is_public(node.name):
            yield node


def values_of(body: list[ast.stmt]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, line that shows it, docstring) of the public assignments."""
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, kind = node.targets[0].id, ""
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, kind = node.target.id, f": {ast.unparse(node.annotation)}"
        else:
            continue
        if not is_public(name) or name in ("Inboxes", "Outboxes"):
            continue
        line = f"{name}{kind}{_value(node.value)}"
        if len(line) > LONGEST:
            line = f"{line[: LONGEST - 4].rstrip()} ..."
        yield name, line, _string(after)


def _value(node: ast.expr | None) -> str:
    """Return what shows a value, the same on each Python: f-strings are not."""
    if node is None:
        return ""
    if any(isinstance(part, ast.JoinedStr) for part in ast.walk(node)):
        return " = ..."
    return f" = {ast.unparse(node)}"


def _string(node: ast.stmt | None) -> str:
    """Return the text of a statement that is nothing but a string."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value if isinstance(node.value.value, str) else ""
    return ""


def signature(node: Function, name: str | None = None, drop: int = 0) -> str:
    """Return how a function is called, over several lines if it is long.

    Args:
        node: the function.
        name: to show instead of its own.
        drop: leading parameters to leave out, such as self.
    """
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    defaults += given.defaults
    parts = [_parameter(*p) for p in zip(positional, defaults, strict=True)]
    if given.posonlyargs:
        parts.insert(len(given.posonlyargs), "/")
    parts = parts[drop:]
    if parts[:1] == ["/"]:
        del parts[0]
    if given.vararg:
        parts.append(f"*{_parameter(given.vararg)}")
    elif given.kwonlyargs:
        parts.append("*")
    pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    parts += [_parameter(*pair) for pair in pairs]
    if given.kwarg:
        parts.append(f"**{_parameter(given.kwarg)}")
    result = f" -> {ast.unparse(node.returns)}" if node.returns and not name else ""
    word = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    return laid_out(f"{word}{name or node.name}", parts, result)


def _parameter(node: ast.arg, default: ast.expr | None = None) -> str:
    """Return a parameter with annotation and default."""
    text = node.arg
    if node.annotation is not None:
        text += f": {ast.unparse(node.annotation)}"
    if default is not None:
        equals = " = " if node.annotation is not None else "="
        text += f"{equals}{ast.unparse(default)}"
    return text


def laid_out(head: str, parts: list[str], tail: str) -> str:
    """Return head(parts)tail, on one line if that is short enough."""
    line = f"{head}({', '.join(parts)}){tail}"
    if len(line) <= 88:
        return line
    return "\n".join([f"{head}(", *(f"    {part}," for part in parts), f"){tail}"])


def how_made(node: ast.ClassDef) -> str:
    """Return how an instance is made, as far as the class itself says."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return signature(each, node.name, drop=1)
    if _has_fields(node):
        lines = [line for _, line, _ in values_of(node.body) if ":" in line]
        return laid_out(node.name, lines, "")
    return ""


def _has_fields(node: ast.ClassDef) -> bool:
    """Return whether a class is made with its annotated attributes as arguments."""
    bases = [ast.unparse(base) for base in node.bases]
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    return "NamedTuple" in bases or any("dataclass" in mark for mark in marks)


# The pages.


class Page:
    """The page of one module.

    Args:
        name: dotted name of the module.
        path: its file.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.module: Any = import_module(name)
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.docstring = ast.get_docstring(self.tree) or ""
        self.components = _names(self.module, "__kamaelia_components__")
        self.prefabs = _names(self.module, "__kamaelia_prefabs__")

    def text(self) -> str:
        """Return the page."""
        blocks = [f"# {escaped(self.name)}", as_markdown(self.docstring)]
        blocks += self._origins()
        classes = [n for n in self.tree.body if isinstance(n, ast.ClassDef)]
        for node in classes:
            if is_public(node.name):
                blocks += self._class(node)
        for function in functions_of(self.tree.body):
            prefab = function.name in self.prefabs
            blocks += [f"## {'Prefab' if prefab else 'Function'} `{function.name}`"]
            blocks += _fenced(signature(function))
            blocks += [as_markdown(ast.get_docstring(function) or "")]
        blocks += self._values()
        return "\n\n".join(block for block in blocks if block) + "\n"

    def _origins(self) -> list[str]:
        """Return which names of `__all__` come from other modules."""
        own = {getattr(node, "name", None) for node in self.tree.body} | {
            name for name, *_ in values_of(self.tree.body)
        }
        came = [n for n in getattr(self.module, "__all__", ()) if n not in own]
        lines = []
        for name in sorted(came):
            home = getattr(getattr(self.module, name, None), "__module__", None)
            linked = f", from [{escaped(home)}]({home}.md)" if home in KNOWN else ""
            lines.append(f"- `{name}`{linked}")
        return ["Also here:", "\n".join(lines)] if lines else []

    def _class(self, node: ast.ClassDef) -> Iterator[str]:
        """Yield the parts about a class."""
        kind = "Component" if node.name in self.components else "Class"
        bases = ", ".join(f"`{ast.unparse(base)}`" for base in node.bases)
        yield f"## {kind} `{node.name}`"
        made = how_made(node)
        yield from _fenced(made)
        yield f"Bases: {bases}." if bases else ""
        yield as_markdown(ast.get_docstring(node) or "")
        cls = getattr(self.module, node.name)
        if node.name in self.components:
            yield from _boxes(cls)
        if not _has_fields(node):
            lines = [line for _, line, _ in values_of(node.body)]
            if lines:
                yield "Attributes of the class:"
                yield from _fenced("\n".join(lines))
        for method in functions_of(node.body):
            yield f"### `{node.name}.{method.name}`"
            marks = [f"@{ast.unparse(mark)}" for mark in method.decorator_list]
            static = "@staticmethod" in marks
            shown = signature(method, drop=0 if static else 1)
            if "@property" in marks:
                shown = shown.replace("()", "", 1)
            yield from _fenced("\n".join([*marks, shown]))
            yield as_markdown(ast.get_docstring(method) or "")

    def _values(self) -> Iterator[str]:
        """Yield the constants."""
        lines = []
        for _, line, text in values_of(self.tree.body):
            lines.append(line)
            lines += [f"    {each}".rstrip() for each in text.strip().splitlines()]
        if lines:
            yield "## Constants and other values"
            yield from _fenced("\n".join(lines))


KNOWN = modules()


def _names(module: Any, attribute: str) -> set[str]:
    """Return the names in `__kamaelia_components__` or `__kamaelia_prefabs__`."""
    return {each.__name__ for each in getattr(module, attribute, ())}


def _fenced(text: str) -> list[str]:
    """Return a block of code that tests do not run."""
    return [f"```text\n{text}\n```"] if text else []


def _boxes(cls: Any) -> Iterator[str]:
    """Yield the tables of the boxes that are for others."""
    for title, boxes in (("Inbox", cls.Inboxes), ("Outbox", cls.Outboxes)):
        rows = [
            f"| `{name}` | {escaped(' '.join(str(text).split()))} |"
            for name, text in dict(boxes).items()
            if is_public(name)
        ]
        if rows:
            yield "\n".join([f"| {title} | |", "|---|---|", *rows])


def index(pages: list[Page]) -> str:
    """Return the page that leads to the others."""
    lines = [
        "# Reference",
        "",
        "Made from the sources by `python tools/build_docs.py`; change them, not this.",
        "Every component, with its boxes, and everything else that is public.",
    ]
    package = ""
    for page in pages:
        home = (
            page.name
            if hasattr(page.module, "__path__")
            else page.name.rpartition(".")[0]
        )
        if home != package:
            package = home
            lines += ["", f"## {escaped(home)}", ""]
        about = summary(page.docstring)
        lines.append(f"- [{escaped(page.name)}]({page.name}.md): {about}")
    return "\n".join(lines) + "\n"


def build() -> dict[str, str]:
    """Return file name -> text of everything in docs/reference/."""
    pages = [Page(name, path) for name, path in KNOWN.items()]
    pages.sort(key=_place)
    return {
        "index.md": index(pages),
        **{f"{page.name}.md": page.text() for page in pages},
    }


def _place(page: Page) -> tuple[str, bool, str]:
    """Return what sorts modules by package, the package itself first."""
    if hasattr(page.module, "__path__"):
        return page.name, False, ""
    return page.name.rpartition(".")[0], True, page.name


def stale(built: dict[str, str]) -> list[str]:
    """Return the names of files that are missing, out of date, or no longer built."""
    there = {path.name: path.read_text("utf-8") for path in REFERENCE.glob("*.md")}
    names = sorted(set(built) | set(there))
    return [name for name in names if built.get(name) != there.get(name)]


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; return the exit status."""
    built = build()
    changed = stale(built)
    if "--check" in arguments:
        for name in changed:
            print(f"docs/reference/{name} is stale: run python tools/build_docs.py")
        return 1 if changed else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in built:
            (REFERENCE / name).write_text(built[name], encoding="utf-8")
        else:
            (REFERENCE / name).unlink()
    print(f"{len(built)} pages, {len(changed)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
