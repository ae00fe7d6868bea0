"""The Introspector of Axon, under its old path."""

from Axon.Introspector import Introspector

__all__ = ["Introspector"]
