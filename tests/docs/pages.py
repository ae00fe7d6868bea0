"""The pages of the documentation: their blocks, headings and links."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

SYNTAX_ONLY = "<!-- not run: "
"""Begins the comment before a ```python block that tests don't run, and says why."""

_GENERATED = ("reference", "newsfragments")
_FENCE = re.compile(r" {0,3}```(\w*) *$")
_LINK = re.compile(r"(?<!!)\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")
_HEADING = re.compile(r"#{1,6} (.+?) *#*$")
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: the word after the fence.
        line: number of its first line, from 1.
        text: what is in it.
        shown_only: why it isn't to be run; empty if it is.
        output: text of the ```text block that follows at once: what it prints.
    """

    language: str
    line: int
    text: str
    shown_only: str = ""
    output: str | None = None


def written_pages() -> list[Path]:
    """Return README and every page that a person wrote."""
    docs = ROOT / "docs"
    found = sorted(docs.rglob("*.md"))
    written = [p for p in found if p.relative_to(docs).parts[0] not in _GENERATED]
    return [ROOT / "README.md", *written]


def name_of(path: Path) -> str:
    """Return how a test names a page."""
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    found: list[Block] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    number, before = 0, ""
    while number < len(lines):
        fence = _FENCE.match(lines[number])
        if not fence:
            before = lines[number] or before
            number += 1
            continue
        end = lines.index("```", number + 1)
        text = "\n".join(lines[number + 1 : end]) + "\n"
        follows = not lines[number - 1] and before == "```"
        if fence[1] == "text" and follows and found[-1].language == "python":
            last = found.pop()
            found.append(
                Block(last.language, last.line, last.text, last.shown_only, text)
            )
        else:
            why = before.removeprefix(SYNTAX_ONLY).removesuffix(" -->")
            shown_only = why if before.startswith(SYNTAX_ONLY) else ""
            found.append(Block(fence[1], number + 2, text, shown_only))
        number, before = end + 1, "```"
    return found


def prose(path: Path) -> str:
    """Return a page without its fenced blocks."""
    kept, within = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            within = not within
        elif not within:
            kept.append(line)
    return "\n".join(kept)


def links(path: Path) -> list[str]:
    """Return the targets of a page's links."""
    return _LINK.findall(_CODE.sub("`x`", prose(path)))


def anchors(path: Path) -> set[str]:
    """Return the names by which a page's headings can be linked to."""
    found = set()
    for line in prose(path).splitlines():
        if heading := _HEADING.match(line):
            words = re.sub(r"[^\w\- ]", "", heading[1].lower())
            found.add(words.replace(" ", "-"))
    return found
