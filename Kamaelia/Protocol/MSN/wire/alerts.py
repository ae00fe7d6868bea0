"""Payloads of pages (PAG, PGD) and of alerts (NOT, IPG).

    page    <PHONE pri="1"><LOC>HOME</LOC><NUM>15551114444</NUM></PHONE>   optional
            <TEXT xml:space="preserve" enc="utf-8">Hi</TEXT>            enc: PGD only

    alert   <NOTIFICATION ver="1" id="2" siteid="0" siteurl="http://example.com/">
            <TO pid="0x1:0x2" name="alice@example.com"/>
            <MSG id="0"><ACTION url="a"/><SUBSCR url="s"/>
            <BODY lang="1033"><TEXT>words</TEXT></BODY></MSG></NOTIFICATION>

Neither is always well-formed XML, so fields are looked for and nothing is validated.

Source: paging and alerts of the MSN Messenger protocol, MSNP5 to MSNP12.
"""

import re
from dataclasses import dataclass
from typing import Final

from Kamaelia.Protocol.MSN.wire.personal_message import (
    element_text,
    escape_xml,
    unescape_xml,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["Alert", "Page"]

_ESCAPED: Final = re.compile("[&;<>^]")


@dataclass(frozen=True, slots=True)
class Page:
    """A short message to somebody's telephone.

    Attributes:
        text: what it says.
        number: the telephone it is for; empty: the one that the user chose.
        location: `HOME`, `WORK` or `MOBILE`, where a number is given.
    """

    text: str
    number: str = ""
    location: str = "MOBILE"

    @classmethod
    def from_payload(cls, payload: bytes) -> "Page":
        """Read the payload of PAG or PGD.

        Raises:
            RemoteProtocolError: no TEXT, or an element that doesn't end.
        """
        xml = payload.decode("utf-8", "replace")
        text = element_text(xml, "TEXT")
        if text is None:
            raise RemoteProtocolError("a page without TEXT", 0, payload)
        number = element_text(xml, "NUM") or ""
        return cls(text, number, element_text(xml, "LOC") or "MOBILE")

    def to_payload(self, dialect: int) -> bytes:
        """Return the payload: PAG's up to MSNP8, PGD's later.

        Raises:
            LocalProtocolError: text that UTF-8 cannot carry.
        """
        phone = ""
        if self.number:
            phone = (
                f'<PHONE pri="1"><LOC>{escape_xml(self.location)}</LOC>'
                f"<NUM>{escape_xml(self.number)}</NUM></PHONE>"
            )
        encoding = ' enc="utf-8"' if dialect >= 9 else ""
        text = _ESCAPED.sub(lambda found: f"&#x{ord(found[0]):X};", self.text)
        return _bytes(f'{phone}<TEXT xml:space="preserve"{encoding}>{text}</TEXT>')


@dataclass(frozen=True, slots=True)
class Alert:
    """A notification: an alert of a web site, or a page that came in.

    Attributes:
        text: what it says.
        site_url: the site's address.
        action: address of what it is about, relative to the site's.
        subscription: address of where alerts are chosen, relative to the site's.
        notification_id: the notification's number.
        message_id: the message's number; 407 in the report of a page that failed.
        site_id: the site's number.
        handle: whom it is for.
    """

    text: str = ""
    site_url: str = ""
    action: str = ""
    subscription: str = ""
    notification_id: str = "0"
    message_id: str = "0"
    site_id: str = "0"
    handle: str = ""

    @classmethod
    def from_payload(cls, payload: bytes) -> "Alert":
        """Read the payload of NOT or IPG; what is missing has its default.

        Raises:
            RemoteProtocolError: no NOTIFICATION, or a TEXT that doesn't end.
        """
        xml = payload.decode("utf-8", "replace")
        if _tag(xml, "NOTIFICATION") is None:
            raise RemoteProtocolError("an alert without NOTIFICATION", 0, payload)
        text = element_text(xml, "TEXT")
        if text is None:
            text = element_text(xml, "TEXTX")
        return cls(
            text or "",
            _attribute(xml, "NOTIFICATION", "siteurl"),
            _attribute(xml, "ACTION", "url"),
            _attribute(xml, "SUBSCR", "url"),
            _attribute(xml, "NOTIFICATION", "id") or "0",
            _attribute(xml, "MSG", "id") or "0",
            _attribute(xml, "NOTIFICATION", "siteid") or "0",
            _attribute(xml, "TO", "name") or _attribute(xml, "TO", "email"),
        )

    @property
    def url(self) -> str:
        """The address that a click opens."""
        base = self.site_url + self.action
        mark = "&" if "?" in base else "?"
        return (
            f"{base}{mark}notification_id={self.notification_id}"
            f"&message_id={self.message_id}&agent=messenger"
        )

    def to_payload(self) -> bytes:
        """Return the payload of NOT.

        Raises:
            LocalProtocolError: text that UTF-8 cannot carry.
        """
        return _bytes(
            f'<NOTIFICATION ver="1" id="{escape_xml(self.notification_id)}"'
            f' siteid="{escape_xml(self.site_id)}"'
            f' siteurl="{escape_xml(self.site_url)}">'
            f'<TO name="{escape_xml(self.handle)}"/>'
            f'<MSG id="{escape_xml(self.message_id)}">'
            f'<ACTION url="{escape_xml(self.action)}"/>'
            f'<SUBSCR url="{escape_xml(self.subscription)}"/>'
            f'<BODY lang="1033"><TEXT>{escape_xml(self.text)}</TEXT></BODY>'
            "</MSG></NOTIFICATION>"
        )


def _bytes(xml: str) -> bytes:
    """Return a payload's bytes."""
    try:
        return xml.encode()
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"text that UTF-8 cannot carry: {error}") from error


def _tag(xml: str, name: str) -> str | None:
    """Return the inside of the first opening tag of this name."""
    found = re.search(rf"<{name}(?=[\s/>])", xml)
    if found is None:
        return None
    end = xml.find(">", found.end())
    return xml[found.end() : end if end >= 0 else len(xml)]


def _attribute(xml: str, element: str, name: str) -> str:
    """Return an attribute of the first element of this name; empty: not there."""
    tag = _tag(xml, element) or ""
    for quote in "\"'":
        opening = f" {name}={quote}"
        start = tag.find(opening)
        if start >= 0:
            start += len(opening)
            end = tag.find(quote, start)
            return unescape_xml(tag[start : end if end >= 0 else len(tag)])
    return ""
