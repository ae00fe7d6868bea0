"""Spoil bytes the way networks, bugs and ill will do; seeded, so that it repeats."""

import random
from collections.abc import Sequence

__all__ = ["mutate"]

LENGTHS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
WORDS = (b"\r\n", b"\n", b"\r", b"\0", b"%", b"%00", b"\xff\xfe", b" ", b"\xed\xa0\x80")


def _flip(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Flip some bits."""
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Cut the end off."""
    del data[chance.randrange(len(data)) :]


def _drop(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Take a piece out."""
    start = chance.randrange(len(data))
    del data[start : start + chance.randint(1, 16)]


def _repeat(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Say a piece several times."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randint(1, 64)]
    data[start:start] = piece * chance.randint(1, 32)


def _lie(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Put an extreme number where a length may stand."""
    size, order = chance.choice((1, 2, 4)), chance.choice(("big", "little"))
    number = chance.choice(LENGTHS) & ((1 << 8 * size) - 1)
    start = chance.randrange(len(data))
    data[start : start + size] = number.to_bytes(
        size, "big" if order == "big" else "little"
    )


def _insert(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Put in a line end, a null, half a character."""
    start = chance.randrange(len(data))
    data[start:start] = chance.choice(WORDS) * chance.randint(1, 3)


def _splice(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Go on with another input."""
    other = chance.choice(others)
    data[chance.randrange(len(data)) :] = other[chance.randrange(len(other) + 1) :]


def _noise(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Replace everything by random bytes."""
    data[:] = chance.randbytes(chance.randint(0, 200))


_WAYS = (_flip, _flip, _cut, _drop, _repeat, _lie, _lie, _insert, _splice, _noise)


def mutate(seeds: Sequence[bytes], chance: random.Random, limit: int = 70_000) -> bytes:
    """Return one of the seeds, spoiled one to three times.

    Args:
        seeds: inputs to begin with, at least one.
        chance: where chance comes from.
        limit: most bytes returned.
    """
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 3)):
        if not data:
            break
        chance.choice(_WAYS)(data, chance, seeds)
    return bytes(data[:limit])
