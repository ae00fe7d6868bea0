"""Payloads of ADL and RML: contacts and the lists they are on (MSNP13 and later).

    <ml l="1"><d n="example.com"><c n="bob" l="3" t="1"/></d></ml>

`d` is a domain, `c` a contact in it with its mask of lists and its network (1 Passport,
32 Yahoo); `t` holds telephone numbers. `l="1"` on `ml` marks the first lists of a
session. The server adds `f`, the friendly name. No blanks between elements.

Source: the MSN Messenger protocol, MSNP13 to MSNP18.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from Kamaelia.Protocol.MSN.wire.encoding import is_number
from Kamaelia.Protocol.MSN.wire.personal_message import escape_xml, unescape_xml
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["Member", "build_members", "parse_members"]

_ATTRIBUTE: Final = re.compile(r"""\s([A-Za-z]{1,16})=(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True, slots=True)
class Member:
    """One contact of ADL or RML.

    Attributes:
        handle: `local@domain` or `tel:+digits`.
        lists: mask of lists.
        network: 1 for Passport.
        name: friendly name; None: not said.
    """

    handle: str
    lists: int
    network: int = 1
    name: str | None = None


def build_members(members: Iterable[Member], *, initial: bool = False) -> bytes:
    """Return the payload.

    Args:
        members: the contacts; those of one domain are put together.
        initial: whether these are the first lists of a session.

    Raises:
        LocalProtocolError: text that UTF-8 cannot carry.
    """
    domains: dict[str, list[str]] = {}
    for member in members:
        local, at, domain = member.handle.partition("@")
        name = "" if member.name is None else f' f="{escape_xml(member.name)}"'
        network = f' t="{member.network}"' if at else ""
        entry = f'<c n="{escape_xml(local)}" l="{member.lists}"{network}{name}/>'
        domains.setdefault(domain if at else "", []).append(entry)
    parts = ['<ml l="1">' if initial else "<ml>"]
    for domain, entries in domains.items():
        opening = f'<d n="{escape_xml(domain)}">' if domain else "<t>"
        parts += [opening, *entries, "</d>" if domain else "</t>"]
    try:
        return "".join((*parts, "</ml>")).encode()
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"text that UTF-8 cannot carry: {error}") from error


def parse_members(payload: bytes) -> list[Member]:
    """Return the contacts in a payload.

    Raises:
        RemoteProtocolError: no `ml`, a tag that doesn't end, or a contact without a
            name, a mask, or outside of a domain.
    """
    xml = payload.decode("utf-8", "replace")
    members: list[Member] = []
    domain: str | None = None
    position = xml.find("<")
    if not xml.startswith("<ml", position):
        raise RemoteProtocolError("no list of members", 0, payload)
    while position >= 0:
        end = xml.find(">", position)
        if end < 0:
            raise RemoteProtocolError("a tag that does not end", position)
        tag = xml[position + 1 : end]
        name = re.split(r"[\s/]", tag, maxsplit=1)[0]
        if name in ("d", "t"):
            domain = _attributes(tag).get("n", "") if name == "d" else ""
        elif name == "c":
            members.append(_member(_attributes(tag), domain, position))
        position = xml.find("<", end)
    return members


def _attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a tag."""
    return {
        found[1]: unescape_xml(found[2] if found[2] is not None else found[3])
        for found in _ATTRIBUTE.finditer(tag)
    }


def _member(fields: dict[str, str], domain: str | None, position: int) -> Member:
    """Return the contact that a tag describes."""
    name, lists, network = fields.get("n"), fields.get("l"), fields.get("t", "1")
    if not name or domain is None:
        raise RemoteProtocolError("a member without a name or a domain", position)
    if lists is None or not is_number(lists) or not is_number(network):
        raise RemoteProtocolError("a member without a mask of lists", position)
    handle = f"{name}@{domain}" if domain else name
    return Member(handle, int(lists), int(network), fields.get("f"))
