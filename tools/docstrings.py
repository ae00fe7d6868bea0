"""Google docstrings to Markdown, as far as this project's docstrings need it."""

import re
from itertools import groupby

__all__ = ["as_markdown", "escaped", "summary"]

SECTIONS = ("Args", "Attributes", "Raises", "Returns", "Yields")
_CODE = re.compile(r"(`[^`\n]*`)")
_SPECIAL = re.compile(r"([\\<>*_|\[\]])")
_ITEM = re.compile(r"( {4})(\S.*)$")
_NAMED = re.compile(r"([*\w][\w*., ()]*?): ?(.*)$")
_DRAWN = re.compile(r"\S {2,}\S|^((class|def|async|with) .*:$|@\w|\w+ = )")


def escaped(text: str) -> str:
    """Return text with what Markdown would read as markup escaped, but for `code`."""
    return "".join(
        part if part.startswith("`") and len(part) > 1 else _SPECIAL.sub(r"\\\1", part)
        for part in _CODE.split(text)
    )


def summary(docstring: str) -> str:
    """Return the first sentence or line."""
    return escaped(" ".join(docstring.split("\n\n")[0].split()))


def as_markdown(docstring: str) -> str:
    """Return a docstring, its indentation already cleaned, as Markdown."""
    blocks = []
    for paragraph in paragraphs(docstring):
        first, *rest = paragraph
        if first.removesuffix(":") in SECTIONS and first.endswith(":") and rest:
            blocks += [f"**{first}**", _section(first[:-1], rest)]
        elif all(line.startswith("    ") or not line for line in paragraph):
            blocks.append(_code([line[4:] for line in paragraph]))
        elif any(_DRAWN.search(line) for line in paragraph):
            blocks.append(_code(paragraph))
        else:
            blocks.append(_prose(paragraph))
    return "\n\n".join(blocks)


def paragraphs(text: str) -> list[list[str]]:
    """Return the paragraphs; indented ones that follow each other are one."""
    found: list[list[str]] = []
    for blank, lines in groupby(text.split("\n"), key=lambda line: not line.strip()):
        if blank:
            continue
        each = [line.rstrip() for line in lines]
        if each[0].startswith("    ") and found and found[-1][-1].startswith("    "):
            found[-1] += ["", *each]
        elif each[0].endswith(":") and each[0][:-1] in SECTIONS:
            found.append(each)
        else:
            grouped = groupby(each, key=lambda line: line.startswith("    "))
            found += [list(part) for _, part in grouped]
    return found


def _prose(lines: list[str]) -> str:
    """Return a paragraph, or a list."""
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + _unmarked(line.lstrip())
        for line in lines
    )


def _unmarked(line: str) -> str:
    """Return a line escaped, its list mark kept."""
    return f"- {escaped(line[2:])}" if line.startswith("- ") else escaped(line)


def _code(lines: list[str]) -> str:
    """Return a block of code that tests do not run."""
    return "\n".join(["```text", *lines, "```"])


def _section(title: str, lines: list[str]) -> str:
    """Return the items of a section as a list; what is no list as text."""
    items: list[str] = []
    for line in lines:
        found = _ITEM.match(line)
        begins = found is not None and not found[2].startswith(" ")
        if begins and found is not None:
            items.append(found[2])
        elif items:
            items[-1] += f" {line.strip()}"
    if title in ("Returns", "Yields"):
        return escaped(" ".join(items))
    return "\n".join(f"- {_item(item)}" for item in items)


def _item(text: str) -> str:
    """Return an item with its name as code."""
    found = _NAMED.match(text)
    return f"`{found[1]}`: {escaped(found[2])}" if found else escaped(text)
