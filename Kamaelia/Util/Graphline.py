"""Graphlines, under an old name."""

from Kamaelia.Chassis.Graphline import Graphline as _Graphline
from Kamaelia.Support.Deprecate import makeClassStub

__all__ = ["Graphline"]

Graphline = makeClassStub(
    _Graphline,
    "use Kamaelia.Chassis.Graphline.Graphline instead of "
    "Kamaelia.Util.Graphline.Graphline",
)
