"""Servers, under an old name."""

from Kamaelia.Chassis.ConnectedServer import SimpleServer as _SimpleServer
from Kamaelia.Support.Deprecate import makeClassStub

__all__ = ["SimpleServer"]

SimpleServer = makeClassStub(
    _SimpleServer,
    "use Kamaelia.Chassis.ConnectedServer.SimpleServer instead of "
    "Kamaelia.SimpleServerComponent.SimpleServer",
)
