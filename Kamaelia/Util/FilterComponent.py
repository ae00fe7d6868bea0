"""Filters, under an old name."""

from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.Filter import Filter, NullFilter

__all__ = ["FilterComponent", "NullFilter"]

FilterComponent = makeClassStub(
    Filter,
    "use Kamaelia.Util.Filter.Filter instead of "
    "Kamaelia.Util.FilterComponent.FilterComponent",
)
