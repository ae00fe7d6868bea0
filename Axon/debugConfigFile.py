"""Where `readConfig` used to be."""

from Axon.debug import readConfig

__all__ = ["readConfig"]
