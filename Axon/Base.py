"""Base classes at the path where old programs import them."""

__all__ = ["AxonObject", "AxonType"]


class AxonType(type):
    """A metaclass that adds nothing to `type`."""


class AxonObject:
    """A base class that adds nothing to `object`."""
