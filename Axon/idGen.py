"""Numbers and names that are unique in the process."""

from itertools import count
from typing import Any

__all__ = ["idGen", "newId", "numId", "strId", "tupleId"]

Debug = False  # kept for programs that set it


class idGen:
    """Give out ids; one sequence for everything."""

    lowestAllocatedId = 0
    _numbers = count(1)

    def numId(self) -> int:
        """Return the next number, one more than the last."""
        idGen.lowestAllocatedId = number = next(idGen._numbers)
        return number

    nextId = next = numId

    def strId(self, thing: Any) -> str:
        """Return `<module>.<Class>_<number>` for an object, with a new number."""
        return idToString(thing, self.numId())

    def tupleId(self, thing: Any) -> tuple[str, int]:
        """Return (`<module>.<Class>_<number>`, number) with a new number."""
        number = self.numId()
        return idToString(thing, number), number


def idToString(thing: Any, number: int) -> str:
    """Return `<module>.<Class>_<number>`."""
    kind = type(thing)
    return f"{kind.__module__}.{kind.__name__}_{number}"


numId = idGen().numId
strId = idGen().strId
tupleId = idGen().tupleId
newId = strId
