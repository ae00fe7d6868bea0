"""TCP echo servers, one a process, for the benchmarks that load them.

    python -m tools.bench.echo_servers KIND PORT

They run until they are ended. `kamaelia` is ours or the original's, after the
environment it runs in: the same text.
"""

import asyncio
import sys
from collections.abc import Callable, Generator
from importlib import import_module
from typing import Any

HOST = "127.0.0.1"


def serve_kamaelia(port: int, *, spinning: bool = False) -> None:
    """Serve with a component for each connection, as Kamaelia's examples do."""
    from Axon.Component import component
    from Kamaelia.Chassis.ConnectedServer import SimpleServer

    class Echo(component):
        """Send back what comes until the connection ends."""

        def main(self) -> Generator[int, None, None]:
            while True:
                while self.dataReady("inbox"):
                    self.send(self.recv("inbox"), "outbox")
                if self.dataReady("control"):
                    self.send(self.recv("control"), "signal")
                    return
                self.pause()
                yield 1

    class Spinner(component):
        """Never sleep: what old programs do while they wait."""

        def main(self) -> Generator[int, None, None]:
            while not self.dataReady("control"):
                yield 1

    if spinning:
        Spinner().activate()
    SimpleServer(protocol=Echo, port=port).run()


class BareEcho(asyncio.Protocol):
    """The least that echoes: no component, no box."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        self._transport.write(data)


def serve_bare(port: int, new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """Serve with a bare protocol on a loop."""

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(BareEcho, HOST, port)
        await server.serve_forever()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve())


def serve_uvloop(port: int) -> None:
    """Serve with a bare protocol on uvloop, the loop we run on."""
    import uvloop

    serve_bare(port, uvloop.new_event_loop)


def serve_twisted(port: int) -> None:
    """Serve with a Twisted protocol on its own reactor."""
    # By name: Twisted is installed in the peers' environment only.
    protocol: Any = import_module("twisted.internet.protocol")
    reactor: Any = import_module("twisted.internet.reactor")

    class Echo(protocol.Protocol):  # type: ignore[misc]
        """Send back what comes."""

        def dataReceived(self, data: bytes) -> None:
            """Send it back."""
            self.transport.write(data)

    class Factory(protocol.Factory):  # type: ignore[misc]
        """Makes one Echo for each connection."""

        protocol = Echo
        noisy = False

    reactor.listenTCP(port, Factory(), interface=HOST)
    reactor.run()


SERVERS: dict[str, Callable[[int], None]] = {
    "kamaelia": serve_kamaelia,
    "kamaelia-spinning": lambda port: serve_kamaelia(port, spinning=True),
    "bare-uvloop": serve_uvloop,
    "bare-asyncio": lambda port: serve_bare(port, asyncio.new_event_loop),
    "twisted": serve_twisted,
}

if __name__ == "__main__":
    SERVERS[sys.argv[1]](int(sys.argv[2]))
