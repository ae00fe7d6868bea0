"""Multicast_sender, at the path where programs import it from."""

from Kamaelia.Internet.Multicast import Multicast_sender

__all__ = ["Multicast_sender"]
