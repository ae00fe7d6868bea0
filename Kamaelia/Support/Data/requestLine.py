"""The first line of a request: GET http://user:password@host/path PROTO/1.0."""

import re

from Kamaelia.KamaeliaExceptions import BadRequest

__all__ = ["requestLine"]

LINE = re.compile(
    r"(?P<method>[^ ]*) (?P<reqprotocol>.*?)://(?P<authority>[^/]*)"
    r"(?P<url>/[^ ]*) (?P<protocol>[^/]*)/(?P<version>.*)",
    re.DOTALL,
)


class requestLine:  # noqa: N801 - the name of the original
    """A request line, taken apart.

    Args:
        request: the line.

    Raises:
        BadRequest: it is none.

    Attributes:
        method: such as "GET".
        reqprotocol: what stands before "://".
        user: name before the domain; "" for none.
        passwd: password behind it; "" for none.
        domain: host, and port if there is one.
        url: path, from its first "/" on.
        protocol: what stands before the version.
        version: such as "1.0".
    """

    def __init__(self, request: str) -> None:
        found = LINE.fullmatch(request)
        if found is None:
            reason = ValueError(
                "it does not match METHOD protocol://domain/url NAME/1.0"
            )
            raise BadRequest(request, reason)
        self.method, self.reqprotocol = found["method"], found["reqprotocol"]
        self.url, self.protocol = found["url"], found["protocol"]
        self.version = found["version"]
        before, at, after = found["authority"].partition("@")
        self.domain = after if at else before
        user: tuple[str, str, str] = (before if at else "").partition(":")
        self.user, self.passwd = user[0], user[2]

    def debug__str__(self) -> str:
        """Return all parts, a line each."""
        return (
            f"METHOD  \t:{self.method}\n"
            f"PROTOCOL\t:{self.protocol}\n"
            f"VERSION \t:{self.version}\n"
            f"Req Type\t:{self.reqprotocol}\n"
            f"USER    \t:{self.user}\n"
            f"PASSWORD\t:{self.passwd}\n"
            f"DOMAIN  \t:{self.domain}\n"
            f"URL     \t:{self.url}"
        )

    def __str__(self) -> str:
        user = ""
        if self.user:
            password = f":{self.passwd}" if self.passwd else ""
            user = f"{self.user}{password}@"
        return (
            f"{self.method} {self.reqprotocol}://{user}{self.domain}{self.url} "
            f"{self.protocol}/{self.version}"
        )
