"""SingleServer, at an old name."""

from Kamaelia.Internet.SingleServer import SingleServer as _SingleServer
from Kamaelia.Support.Deprecate import makeClassStub

__all__ = ["SingleServer"]

SingleServer = makeClassStub(
    _SingleServer,
    "use Kamaelia.Internet.SingleServer.SingleServer instead of "
    "Kamaelia.SingleServer.SingleServer",
)
