"""Other programs, under an old name."""

from Kamaelia.File.UnixProcess import UnixProcess
from Kamaelia.Support.Deprecate import makeClassStub

__all__ = ["Pipethrough"]

Pipethrough = makeClassStub(
    UnixProcess,
    "use Kamaelia.File.UnixProcess.UnixProcess instead of "
    "Kamaelia.File.UnixPipe.Pipethrough",
)
