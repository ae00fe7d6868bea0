"""The AIM part of `kamaelia demo`: ann and bob."""

from collections.abc import Generator
from typing import Any

from Axon.Component import component
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.cli.demo import Director, Screen, picture_of
from Kamaelia.cli.dissect_records import FLAPSeen, Place
from Kamaelia.cli.dissect_text import frame_text
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Protocol.AIM.actions import Connect
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.AIM.OSCARClient import OSCARClient
from Kamaelia.Protocol.AIM.Server.OSCARServer import OSCARServer
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, FLAPDecoder
from Kamaelia.store.store import Store

__all__ = ["AIMScene", "FrameTap"]

HELLO = "Hello Bob, is this thing on?"
ANSWER = "Loud and clear, Ann!"
AWAY = "Gone for tea"


class FrameTap(component):
    """Lets bytes through both ways and shows the FLAP frames in them.

    Args:
        screen: where to show them.
        who: whose connection it is.
    """

    Inboxes = {
        "inbox": "bytes from the network",
        "talk": "bytes for the network",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "bytes for the network",
        "heard": "bytes from the network",
        "signal": "why this component stopped",
    }

    def __init__(self, screen: Screen, who: str) -> None:
        super().__init__()
        self._screen = screen
        self._who = who
        self._decoders = {"inbox": FLAPDecoder(), "talk": FLAPDecoder()}

    def main(self) -> Generator[int, None, None]:
        """Pass bytes on until told to stop."""
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for data in self.Inbox("talk"):
                self._show(data, "talk", ">")
                self.send(data, "outbox")
            for data in self.Inbox("inbox"):
                self._show(data, "inbox", "<")
                self.send(data, "heard")
            if stop is None and not self.anyReady():
                self.pause()
            yield 1
        self.send(stop, "signal")

    def _show(self, data: bytes, box: str, direction: str) -> None:
        """Show the frames that these bytes complete."""
        decoder = self._decoders[box]
        decoder.receive_data(data)
        here = Place(0, "c2s" if box == "talk" else "s2c", 0, 0, 0, 0.0)
        for frame in decoder.frames():
            seen = FLAPSeen(here, frame.channel, frame.sequence, frame.payload)
            bare = "" if frame.channel == CHANNEL_DATA else " (no SNAC)"
            self._screen.wire(self._who, direction, frame_text(seen) + bare)


class AIMScene:
    """Two AIM users see each other arrive, talk, go away and leave.

    Args:
        screen: where it is shown.
    """

    title = "AIM: Ann and Bob on an embedded OSCAR server"
    users = {"Ann": "secret", "Bob": "hidden"}

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._parts: dict[str, Any] = {}

    def short(self, name: str) -> str:
        """Return what a user is called in the transcript."""
        return name.lower()

    def server(self, store: Store) -> OSCARServer:
        """Return a server that listens on a free loopback port."""
        server = OSCARServer(port=0, store=store)
        server.listen()
        self._screen.seen("", f"a server listens on 127.0.0.1 port {server.port}")
        return server

    def client(self, name: str, password: str, server: OSCARServer) -> AIMHarness:
        """Return a client; the first has a tap in its connection."""
        options: dict[str, Any] = {"server": "127.0.0.1", "port": server.port}
        if name == "Ann":
            options["connector"] = self._tapped
        return AIMHarness(name, password, **options)

    def _tapped(self, at: Connect) -> Graphline:
        """Return a connection with a tap between FLAP and TCP."""
        tap, tcp = FrameTap(self._screen, "ann"), TCPClient(at.host, at.port)
        below = Graphline(
            tap=tap,
            tcp=tcp,
            linkages={
                # down: application to network
                ("self", "inbox"): ("tap", "talk"),
                ("tap", "outbox"): ("tcp", "inbox"),
                # up: network to application
                ("tcp", "outbox"): ("tap", "inbox"),
                ("tap", "heard"): ("self", "outbox"),
                # shutdown: through the tap, in either direction
                ("self", "control"): ("tap", "control"),
                ("tap", "signal"): ("tcp", "control"),
                ("tcp", "signal"): ("self", "signal"),
            },
        )
        connection = OSCARClient(at.host, at.port, transport=below)
        self._parts = {
            "OSCARProtocol (FLAP)": connection.components["oscar"],
            "FrameTap (shows the frames)": tap,
            "TCPClient": tcp,
        }
        return connection

    async def act(self, director: Director) -> None:
        """Play the scene."""
        await director.sees("ann", "signed on")
        await director.sees("bob", "signed on")
        director.do("ann", "add", "Bob")
        director.do("bob", "add", "Ann")
        await director.sees("ann", "buddy online", _is("Bob"))
        await director.sees("bob", "buddy online", _is("Ann"))
        director.do("ann", "message", "Bob", HELLO)
        await director.sees("bob", "message", lambda *said: said == ("Ann", HELLO))
        director.do("bob", "message", "Ann", ANSWER)
        await director.sees("ann", "message", lambda *said: said == ("Bob", ANSWER))
        director.do("bob", "away", AWAY)
        await director.sees("ann", "buddy away", _is("Bob"))
        await director.leave("bob")
        await director.sees("ann", "buddy offline", _is("Bob"))
        picture = self._picture(director)
        await director.leave("ann")
        self._screen.picture("Ann's client, as it was linked:", picture)

    def _picture(self, director: Director) -> str:
        """Return a picture of Ann's components, from the demo down to the socket."""
        chatter = director.outboxes["ann do"].sink.owner  # past the harness
        top = {"Director (the application)": director, "ChatManager (SNAC)": chatter}
        return picture_of(top | self._parts)


def _is(name: str) -> Any:
    """Return a check of events about a buddy."""
    return lambda info, *_: info["name"] == name
