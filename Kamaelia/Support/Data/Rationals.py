"""Fractions near a number, and fractions with small parts."""

from fractions import Fraction
from math import gcd

__all__ = ["gcd", "limit", "rational"]


def rational(floatval: float, maxdepth: int = 10) -> tuple[int, int]:
    """Return a simple fraction that is near a number, or the same as a float.

    Args:
        floatval: the number.
        maxdepth: how many terms of its continued fraction to use at most.

    Returns:
        (numerator, denominator); the denominator is positive.
    """
    exact = abs(Fraction(floatval))
    terms: list[int] = []
    near, rest = Fraction(0), exact
    for _ in range(maxdepth):
        terms.append(rest.numerator // rest.denominator)
        near = _multipliedOut(terms)
        rest -= terms[-1]
        if rest == 0 or float(near) == abs(floatval):
            break
        rest = 1 / rest
    return (-near.numerator if floatval < 0 else near.numerator), near.denominator


def _multipliedOut(terms: list[int]) -> Fraction:
    """Return the value of a continued fraction."""
    value = Fraction(terms[-1])
    for term in reversed(terms[:-1]):
        value = term + 1 / value
    return value


def limit(
    rational: tuple[float, float], poslimit: float, neglimit: float
) -> tuple[float, float]:
    """Return a fraction scaled down so that both parts lie between two limits.

    Args:
        rational: (numerator, denominator).
        poslimit: the greatest that is allowed.
        neglimit: the least that is allowed, below 0.
    """
    numerator, denominator = rational
    divisor = max(
        part / bound
        for part in (numerator, denominator)
        for bound in (poslimit, neglimit)
    )
    if divisor <= 1:
        return rational
    return int(numerator / divisor), int(denominator / divisor)
