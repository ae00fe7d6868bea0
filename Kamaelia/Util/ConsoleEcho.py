"""The console echoer, under an old name."""

from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.Console import ConsoleEchoer

__all__ = ["consoleEchoer"]

consoleEchoer = makeClassStub(  # noqa: N816 - the name of the original
    ConsoleEchoer,
    "use Kamaelia.Util.Console.ConsoleEchoer instead of "
    "Kamaelia.Util.ConsoleEcho.consoleEchoer",
)
