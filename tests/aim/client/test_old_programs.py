"""Programs in the style of the original's documentation."""

from typing import Any

from Axon.Component import component
from Axon.testing import Probe
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.AIM.ChatManager import ChatManager
from Kamaelia.Protocol.AIM.LoginHandler import LoginHandler
from Kamaelia.Protocol.AIM.wire.icbm import MessageToHost
from tests.aim.client.scripted_server import (
    BOB,
    PASSWORD,
    ScriptedServer,
    connector,
    doubles,
    snac,
    tlv,
)


class OldHarness(component):
    """Puts LoginHandler and ChatManager together as programs of old do."""

    Inboxes = {"inbox": "", "control": "", "internal inbox": ""}
    Outboxes = {"outbox": "", "signal": "", "internal outbox": ""}

    def __init__(self, server: ScriptedServer) -> None:
        super().__init__()
        self.server = server

    def main(self) -> Any:
        loginer = LoginHandler("alice", PASSWORD, connector=connector(self.server))
        loginer.activate()
        self.link((loginer, "signal"), (self, "internal inbox"))
        self.addChildren(loginer)
        while not self.dataReady("internal inbox"):
            yield 1
        oscar = self.recv("internal inbox")
        if isinstance(oscar, tuple):
            self.send(oscar)
            return
        queued = self.recv("internal inbox")
        self.unlink(oscar)
        chatter = ChatManager().activate()
        self.link((chatter, "heard"), (self, "outbox"), passthrough=2)
        self.link((self, "inbox"), (chatter, "talk"), passthrough=1)
        self.link((chatter, "outbox"), (oscar, "inbox"))
        self.link((oscar, "outbox"), (chatter, "inbox"))
        self.link((self, "internal outbox"), (chatter, "inbox"))
        while len(queued):
            self.send(queued[0], "internal outbox")
            del queued[0]
        while True:
            self.pause()
            yield 1


def run(server: ScriptedServer) -> Probe:
    return Probe(
        Graphline(
            old=OldHarness(server),
            linkages={
                ("self", "inbox"): ("old", "inbox"),
                ("old", "outbox"): ("self", "outbox"),
            },
        )
    )


def test_login_handler_and_chat_manager_go_together_as_of_old() -> None:
    server = ScriptedServer()
    probe = run(server)
    probe.settle()
    bos = server.connections[1]
    assert bos.component is not None
    bos.component._deliver(snac(3, 0x0B, BOB), "push")
    events = probe.take()
    assert events[-1][0] == "buddy online"
    assert events[-1][1]["name"] == "Bob"
    probe.deliver(("message", "bob", "hi"), "inbox")
    assert MessageToHost.from_bytes(bos.bodies[4, 6]).text == "hi"


def test_a_refusal_is_a_tuple_as_of_old() -> None:
    server = ScriptedServer(refusal=tlv(8, doubles(5)))
    [refusal] = run(server).take()
    assert refusal == ("error", "sign-on refused: wrong password (code 0x05)")
