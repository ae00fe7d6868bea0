"""Text of messages, under an old name."""

from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.Stringify import Stringify

__all__ = ["ToStringComponent"]

ToStringComponent = makeClassStub(
    Stringify,
    "use Kamaelia.Util.Stringify.Stringify instead of "
    "Kamaelia.Util.ToStringComponent.ToStringComponent",
)
