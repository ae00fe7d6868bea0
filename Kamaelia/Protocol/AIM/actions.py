"""What the conversations of an AIM client ask for; components do it."""

from typing import Any, NamedTuple

from Kamaelia.Protocol.AIM.wire.foodgroups import SNACType

__all__ = ["Action", "Connect", "Refused", "SendFLAP", "SendSNAC", "SignedOn", "Tell"]


class SendFLAP(NamedTuple):
    """Send a frame that carries no SNAC."""

    channel: int
    payload: bytes = b""


class SendSNAC(NamedTuple):
    """Send a SNAC.

    Attributes:
        type: family and subtype.
        body: what follows the header.
        request_id: of the header.
    """

    type: SNACType
    body: bytes
    request_id: int


class Connect(NamedTuple):
    """Drop the connection, if there is one, and make another.

    Attributes:
        host: name or address.
        port: TCP port.
        use_tls: whether the other end speaks TLS there.
        tls_name: name its certificate must have; empty for the host's.
    """

    host: str
    port: int
    use_tls: bool = False
    tls_name: str = ""


class Tell(NamedTuple):
    """Tell the application an event of Kamaelia.Protocol.AIM.events."""

    event: Any


class SignedOn(NamedTuple):
    """The sign-on is complete.

    Attributes:
        screen_name: in the form its owner gave it.
    """

    screen_name: str


class Refused(NamedTuple):
    """The sign-on failed.

    Attributes:
        failure: an events.Failure.
    """

    failure: Any


Action = SendFLAP | SendSNAC | Connect | Tell | SignedOn | Refused
