"""Multicast_receiver, at the path where programs import it from."""

from Kamaelia.Internet.Multicast import Multicast_receiver

__all__ = ["Multicast_receiver"]
