"""The AIM part of `kamaelia demo`: ann and bob."""

from typing import Any

from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.cli.demo import Director, Screen, TappedTCP, picture_of
from Kamaelia.cli.dissect_records import FLAPSeen, Place
from Kamaelia.cli.dissect_text import frame_text
from Kamaelia.Internet.WireTap import Tapped
from Kamaelia.Protocol.AIM.actions import Connect
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.AIM.OSCARClient import OSCARClient
from Kamaelia.Protocol.AIM.Server.OSCARServer import OSCARServer
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, FLAPDecoder
from Kamaelia.store.store import Store

__all__ = ["AIMScene"]

HELLO = "Hello Bob, is this thing on?"
ANSWER = "Loud and clear, Ann!"
AWAY = "Gone for tea"


class FrameView:
    """Shows the FLAP frames in bytes that pass a tap.

    Args:
        screen: where to show them.
        who: whose connection it is.
    """

    def __init__(self, screen: Screen, who: str) -> None:
        self._screen = screen
        self._who = who
        self._decoders = {"sent": FLAPDecoder(), "received": FLAPDecoder()}

    def __call__(self, seen: Tapped) -> None:
        """Show the frames that these bytes complete."""
        sent = seen.direction == "sent"
        decoder = self._decoders[seen.direction]
        decoder.receive_data(seen.message)
        here = Place(0, "c2s" if sent else "s2c", 0, 0, 0, seen.time)
        for frame in decoder.frames():
            known = FLAPSeen(here, frame.channel, frame.sequence, frame.payload)
            bare = "" if frame.channel == CHANNEL_DATA else " (no SNAC)"
            arrow = ">" if sent else "<"
            self._screen.wire(self._who, arrow, frame_text(known) + bare)


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
        below = TappedTCP(at.host, at.port, FrameView(self._screen, "ann"))
        connection = OSCARClient(at.host, at.port, transport=below)
        self._parts = {
            "OSCARProtocol (FLAP)": connection.components["oscar"],
            "WireTap (shows the frames)": below.components["tap"],
            "TCPClient": below.components["tcp"],
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
