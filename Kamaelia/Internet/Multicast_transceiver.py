"""Multicast_transceiver, at the path where programs import it from."""

from Kamaelia.Internet.Multicast import Multicast_transceiver

__all__ = ["Multicast_transceiver"]
