"""Debugging notes by section and level: printed only for sections that ask for it.

A file `debug.conf` in the current directory may set the levels; each of its lines is
`section level location`, where location is ignored.
"""

import time
from functools import cache
from pathlib import Path

__all__ = ["debug", "readConfig", "shared"]

STEP = 5  # by how much a level goes up or down


def readConfig(configFile: str = "debug.conf") -> dict[str, tuple[int, str]]:  # noqa: N803
    """Return section -> (level, location) from a configuration file.

    Lines that are empty or begin with # count for nothing.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is not `section level location`.
    """
    found = {}
    text = Path(configFile).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 2 or not words[1].lstrip("-").isdigit():
            raise ValueError(
                f"{configFile}, line {number}: {line!r} is not `section level location`"
            )
        found[words[0]] = int(words[1]), words[2] if len(words) > 2 else "default"
    return found


class debug:
    """Levels of debugging by section, and the notes that obey them.

    Args:
        assertBadDebug: kept for programs that pass it; notes of sections that were
            never configured are ignored.
    """

    configs: dict[str, tuple[int, str]] | None = None

    def __init__(self, assertBadDebug: int = 1) -> None:  # noqa: N803
        self.assertBadDebug = assertBadDebug
        self.debugSections: dict[str, int] = {}
        self.noConfig = True

    def useConfig(self, filename: str = "debug.conf") -> None:
        """Read levels from a file; without the file, nothing changes."""
        if debug.configs is None and Path(filename).is_file():
            debug.configs = readConfig(filename)
        for section, (level, _) in (debug.configs or {}).items():
            self.debugSections[section] = level
            self.noConfig = False

    def addDebugSection(self, section: str, level: int) -> None:
        """Set the level of a section."""
        self.debugSections[section] = level

    def addDebug(self, **sections: int) -> None:
        """Set the levels of sections, given as keywords."""
        self.debugSections.update(sections)

    def setDebugSections(self, **sections: int) -> None:
        """Set the levels of sections and forget all others."""
        self.debugSections = sections

    def increaseDebug(self, section: str) -> None:
        """Raise the level of a section by 5."""
        self.debugSections[section] = self.debugSections.get(section, 0) + STEP

    def decreaseDebug(self, section: str) -> None:
        """Lower the level of a section by 5, at most to 0."""
        self.debugSections[section] = max(0, self.debugSections.get(section, 0) - STEP)

    def areDebugging(self, section: str, level: int) -> bool:
        """Return whether a note of this level is printed for this section."""
        return section in self.debugSections and self.debugSections[section] >= level

    def debugmessage(self, section: str, *message: object) -> None:
        """Print a note."""
        text = " ".join(map(str, message))
        print(time.asctime(), "|", section, "|", text)  # noqa: T201 - what it is for

    def note(self, section: str, level: int, *message: object) -> bool:
        """Print a note if its section asks for this level; return True (for assert)."""
        if self.areDebugging(section, level):
            self.debugmessage(section, *message)
        return True

    debug = note


@cache
def shared() -> debug:
    """Return the debugger that all microprocesses share."""
    made = debug()
    made.useConfig()
    return made
