"""UDP as components, at the path of the original: see `Kamaelia.Internet.UDP_ng`."""

from Kamaelia.Internet.UDP_ng import PostboxPeer, SimplePeer, TargettedPeer

__all__ = ["PostboxPeer", "SimplePeer", "TargettedPeer"]

__kamaelia_components__ = (SimplePeer, TargettedPeer, PostboxPeer)
