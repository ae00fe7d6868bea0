"""Links inside the documentation lead somewhere."""

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, anchors, links, name_of, written_pages

PAGES = written_pages()


def broken(path: Path) -> list[str]:
    """Return the links of a page that lead nowhere."""
    found = []
    for target in links(path):
        if "://" in target or target.startswith("mailto:"):
            continue
        place, _, anchor = target.partition("#")
        page = (path.parent / place).resolve() if place else path
        if not page.exists() or not page.is_relative_to(ROOT):
            found.append(f"{target}: no such file")
        elif anchor and anchor not in anchors(page):
            found.append(f"{target}: no such heading")
    return found


@pytest.mark.parametrize("path", PAGES, ids=map(name_of, PAGES))
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path) == []


def test_links_in_the_reference_lead_somewhere() -> None:
    pages = sorted((ROOT / "docs" / "reference").glob("*.md"))
    assert {name_of(page): broken(page) for page in pages if broken(page)} == {}


def test_every_written_page_can_be_found_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        waiting += [
            (page.parent / target.partition("#")[0]).resolve()
            for target in links(page)
            if "://" not in target and not target.startswith("#")
        ]
    assert {name_of(p) for p in written_pages()} <= {name_of(p) for p in reached}


def test_every_example_is_listed() -> None:
    listed = links(ROOT / "docs" / "index.md")
    examples = sorted((ROOT / "examples").glob("[a-z]*.py"))
    missing = [p.name for p in examples if f"../examples/{p.name}" not in listed]
    assert not missing, f"list in docs/index.md: {missing}"
