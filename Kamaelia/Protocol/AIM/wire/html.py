"""AIM's HTML to plain text and back.

AIM clients write messages, profiles and away texts in a small HTML
(`<HTML><BODY BGCOLOR="#ffffff"><FONT FACE="Arial">hi<BR>there</FONT></BODY></HTML>`);
ICQ clients write plain text. Reading takes whatever comes, in linear time.

Source: what the clients send; https://en.wikipedia.org/wiki/HTML_element for names.
"""

import re
from html import unescape
from typing import Final

__all__ = ["looks_like_html", "to_html", "to_text"]

_TAG: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)|<[!?]")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]\w{1,31});")
_NEWLINE_TAGS: Final = frozenset(("br", "hr", "/p", "/div", "/li", "/tr"))
_CLOSERS: Final = {
    name: re.compile(f"</{name}>", re.IGNORECASE)
    for name in ("head", "script", "style", "title")
}
_KNOWN: Final = re.compile(
    r"<(?:/?(?:html|body|font|b|i|u|s|p|a|div|span|em|strong|sub|sup|big|small|pre|h[1-6]"
    r"|binary|data)|br|hr|img)\b",
    re.IGNORECASE,
)


def looks_like_html(text: str) -> bool:
    """Return whether `text` has a tag that AIM clients write."""
    return _KNOWN.search(text) is not None


def _character(match: re.Match[str]) -> str:
    """Return what an entity stands for; a no-break space counts as a space."""
    return unescape(match.group()).replace("\N{NO-BREAK SPACE}", " ")


def _plain(text: str) -> str:
    return _ENTITY.sub(_character, text)


def to_text(html: str) -> str:
    """Return `html` without tags, its line breaks and entities resolved.

    A `<` that opens no tag, a tag that never closes and an entity without its
    semicolon (`?a=1&copy=2`) stay as they are.
    """
    parts: list[str] = []
    hiding = set(_CLOSERS)
    position = 0
    while tag := _TAG.search(html, position):
        end = html.find(">", tag.end())
        if end < 0:
            break
        parts.append(_plain(html[position : tag.start()]))
        position = end + 1
        name = (tag.group(1) or "").lower()
        is_end = tag.group().startswith("</")
        if (f"/{name}" if is_end else name) in _NEWLINE_TAGS:
            parts.append("\n")
        elif not is_end and name in hiding:
            if closer := _CLOSERS[name].search(html, position):
                position = closer.end()
            else:
                hiding.discard(name)  # looked for once only, so that time is linear
    parts.append(_plain(html[position:]))
    return "".join(parts)


def to_html(text: str) -> str:
    """Return plain text as HTML: special characters escaped, newlines as `<BR>`."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    lines = escaped.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<BR>".join(lines)
