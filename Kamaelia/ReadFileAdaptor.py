"""Reading files at a rate, under an old name."""

from Kamaelia.File.ReadFileAdaptor import ReadFileAdaptor as _ReadFileAdaptor
from Kamaelia.Support.Deprecate import makeClassStub

__all__ = ["ReadFileAdaptor"]

ReadFileAdaptor = makeClassStub(
    _ReadFileAdaptor,
    "use Kamaelia.File.ReadFileAdaptor.ReadFileAdaptor instead of "
    "Kamaelia.ReadFileAdaptor.ReadFileAdaptor",
)
