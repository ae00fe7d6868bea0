"""OSCAR from the bytes to the SNACs: OSCARProtocol, SNACExchanger, OSCARClient.

    TCPClient - OSCARProtocol - SNACExchanger or a subclass of it
        bytes         FLAPMessage(channel, payload)

`OSCARClient(server, port)` is the first two in one. A subclass of SNACExchanger talks
through it:

    class KeyGetter(SNACExchanger):
        def main(self):
            self.send((CHANNEL_NEWCONNECTION, struct.pack("!i", 1)))
            self.sendSnac(BUCP.CHALLENGE_REQUEST, TLV(0x01, "kamaelia1"))
            for reply in self.waitSnac(0x17, 0x07):
                yield 1
            self.send(reply, "outbox")

A coroutine does the same with Kamaelia.Protocol.AIM.AsyncSNACExchanger and
`await self.request(...)`. For a whole client see Kamaelia.Protocol.AIM.AIMHarness.

The header of a SNAC on the wire is family (2 bytes), subtype (2), flags (2), request
ID (4). The documentation of the original swaps the widths of the last two.
"""

import ssl
from collections.abc import Generator
from typing import Any

from Axon.Ipc import errorInformation
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Internet.TLS import TLSClient
from Kamaelia.Protocol.AIM.Hangup import Hangup
from Kamaelia.Protocol.AIM.OSCARProtocol import OSCARProtocol
from Kamaelia.Protocol.AIM.requests import (
    Header,
    RequestFailed,
    SNACMessage,
)
from Kamaelia.Protocol.AIM.SNACExchange import (
    FLAPMessage,
    SNACMethods,
    Wanted,
    asBytes,
    asType,
)
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA
from Kamaelia.Protocol.wire.errors import LocalProtocolError, ProtocolError

__all__ = [
    "FLAPMessage",
    "Header",
    "OSCARClient",
    "OSCARProtocol",
    "RequestFailed",
    "SNACExchanger",
    "SNACMessage",
    "SecureOSCARClient",
]


def OSCARClient(server: str, port: int, transport: Any = None) -> Graphline:
    """A connection to a server, FLAPMessages in and out.

    Ends when the connection ends, or told to by `control`; what went in before
    producerFinished still goes out. `signal` tells why.

    Args:
        server: host name or address.
        port: TCP port, 5190 by custom.
        transport: what carries bytes instead of a TCPClient to `server`: a component
            with inbox and outbox towards this layer, such as TLS on TCP.
    """
    return Graphline(
        oscar=OSCARProtocol(),
        tcp=TCPClient(server, port) if transport is None else transport,
        end=Hangup(),
        linkages={
            # down: application to network
            ("self", "inbox"): ("oscar", "talk"),
            ("oscar", "outbox"): ("tcp", "inbox"),
            # up: network to application
            ("tcp", "outbox"): ("oscar", "inbox"),
            ("oscar", "heard"): ("self", "outbox"),
            # shutdown: from either end, through both layers, then out
            ("self", "control"): ("oscar", "control"),
            ("oscar", "signal"): ("end", "control"),
            ("end", "outbox"): ("tcp", "control"),
            ("tcp", "signal"): ("end", "inbox"),
            ("end", "protocol"): ("oscar", "control"),
            ("end", "signal"): ("self", "signal"),
        },
    )


def SecureOSCARClient(
    server: str,
    port: int,
    tls_name: str = "",
    context: ssl.SSLContext | None = None,
) -> Graphline:
    """The same over TLS.

    Args:
        server: host name or address.
        port: TCP port.
        tls_name: name that the certificate must have; empty for `server`.
        context: for checks other than the usual ones.
    """
    secured = Graphline(
        tls=TLSClient(tls_name or server, context),
        tcp=TCPClient(server, port),
        end=Hangup(),
        linkages={
            # down: FLAP to network
            ("self", "inbox"): ("tls", "talk"),
            ("tls", "outbox"): ("tcp", "inbox"),
            # up: network to FLAP
            ("tcp", "outbox"): ("tls", "inbox"),
            ("tls", "heard"): ("self", "outbox"),
            # shutdown: from either end, through both layers, then out
            ("self", "control"): ("tls", "control"),
            ("tls", "signal"): ("end", "control"),
            ("end", "outbox"): ("tcp", "control"),
            ("tcp", "signal"): ("end", "inbox"),
            ("end", "protocol"): ("tls", "control"),
            ("end", "signal"): ("self", "signal"),
        },
    )
    return OSCARClient(server, port, secured)


class SNACExchanger(SNACMethods):
    """SNACs on FLAP channel 2: subclass it, or link it as a layer of its own.

    A subclass with its own `main` has `sendSnac`, `recvSnac`, `waitSnac`, `request`
    and uses "inbox" and "outbox" only. As a layer it turns FLAPMessages into
    SNACMessages and back; a message to "talk" whose request ID is 0 gets the next
    one. Frames of other channels pass both ways as they are, with a number in front
    instead of a header.
    """

    Inboxes = {
        "inbox": "FLAPMessage(channel, payload) received",
        "talk": "SNACMessage(header, body) to send",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "FLAPMessage(channel, payload) to send",
        "heard": "SNACMessage(header, body) received",
        "signal": "why this component stopped",
    }

    def main(self) -> Any:
        """Do the work of a layer until told to stop."""
        stop = None
        try:
            while stop is None:
                stop = self.stopMessage()
                for frame in self.Inbox("inbox"):
                    yield from self.sendWhenSpace(self._came(frame), "heard")
                for message in self.Inbox("talk"):
                    yield from self.sendWhenSpace(self._talked(message), "outbox")
                if stop is None:
                    self.pause()
                    yield 1
        except ProtocolError as error:
            stop = errorInformation(self, error, str(error))
        self.send(stop, "signal")

    def _came(self, frame: Any) -> Any:
        """Return a SNACMessage for a frame of channel 2, any other frame as it is.

        Raises:
            RemoteProtocolError: the SNAC is cut short.
        """
        return self.readFrame(frame) if frame[0] == CHANNEL_DATA else frame

    def _talked(self, message: Any) -> FLAPMessage:
        """Return the frame for a message to send.

        Raises:
            LocalProtocolError: it is no message of this layer.
        """
        try:
            head, body = message
            if isinstance(head, int):
                return FLAPMessage(head, body)
            header = Header(*head)
        except (TypeError, ValueError):
            raise LocalProtocolError(
                f"{self.name} takes ((family, subtype), body) to send, not {message!r}"
            ) from None
        number = header.request_id or self.requests.add(header.type)
        data = asBytes(body)
        _, snac = self._packed(header.type, data, number, flags=header.flags)
        return FLAPMessage(CHANNEL_DATA, snac)

    def waitSnac(
        self, fam: int | tuple[int, int], sub: int | None = None
    ) -> Generator[Any, None, None]:
        """Wait for a SNAC of a type: `for body in self.waitSnac(f, s): yield 1`.

        Yields 1 until it comes; the last value yielded is its body. Others that come
        meanwhile are kept, in order, for the next `recvSnac` or `waitSnac`.

        Raises:
            RequestFailed: our latest request in this family was answered by an error.
            RemoteProtocolError: a SNAC is cut short.
        """
        wanted = Wanted(asType(fam, sub if sub is not None else b"")[0])
        snac, seen = self.takeSnac(wanted)
        while snac is None:
            self.pause()
            yield 1
            snac, seen = self.takeSnac(wanted, seen)
        yield snac.body

    def request(
        self, fam: int | tuple[int, int], sub: Any = None, body: Any = b""
    ) -> Generator[int, None, list[SNACMessage]]:
        """Send a request: `replies = yield from self.request(ICBM.X, body)`.

        Returns:
            Its answers, by request ID: one, or as many as say that more follow.

        Raises:
            RequestFailed: it was answered by an error.
            RemoteProtocolError: a SNAC is cut short.
        """
        wanted = Wanted(request=self._ask(fam, sub, body))
        replies: list[SNACMessage] = []
        seen = 0
        while not replies or replies[-1].header.more:
            snac, seen = self.takeSnac(wanted, seen)
            if snac is None:
                self.pause()
                yield 1
            else:
                replies.append(snac)
        return replies


__kamaelia_components__ = (OSCARProtocol, SNACExchanger)
__kamaelia_prefabs__ = (OSCARClient, SecureOSCARClient)
