"""Details of ICQ users: what clients set, and the parts in which servers show it.

A detail is a name and bytes. Texts are bytes, too, as the client wrote them, without
the closing NUL: ICQ names no charset, and users of one code page understand each other.

    set    shown   what
    03EA   00C8    basic: names, e-mail, address, phones
    03F3   00D2    work
    03FD   00DC    more: age, gender, homepage, birthday, languages
    0406   00E6    notes
    040B   00EB    further e-mail addresses
    0410   00F0    interests
    041A   00FA    past backgrounds and affiliations
    0424   00C8    permissions: the end of it
    0442   010E    category of the homepage
    0C3A           any of them, as little-endian TLVs; what isn't there stays

Lists are kept as they are shown: u8 number, entries. Numbers are little-endian.

Source: notes on ICQ's protocol by the iserverd project; Open OSCAR Server.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from Kamaelia.Protocol.AIM.wire.packing import read_s16le, s16le
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "ACKNOWLEDGED_BY",
    "ANYBODY_MAY_ADD",
    "Details",
    "found_record",
    "full_info",
    "read_setting",
    "short_info",
]

Details = Mapping[str, bytes]
"""Name of a detail -> its bytes."""

ACKNOWLEDGED_BY: Final = {
    0x03EA: 0x0064,
    0x03F3: 0x006E,
    0x03FD: 0x0078,
    0x0406: 0x0082,
    0x040B: 0x0087,
    0x0410: 0x008C,
    0x041A: 0x0096,
    0x0424: 0x00A0,
    0x0442: 0x00BE,
    0x0654: 0x031E,
    0x0C3A: 0x0C3F,
}
"""Requests to set details, and the types of their acknowledgements."""

ANYBODY_MAY_ADD: Final = 1

MAX_TEXT: Final = 1024
"""Bytes of one text."""
MAX_ENTRIES: Final = 16
"""Entries of one list."""

_TEXT: Final = 0  # a size in a layout: an ICQ string

_Layout = Sequence[tuple[str, int]]
"""Names of details, and their sizes in bytes."""


def _layout(text: str) -> _Layout:
    """Return the layout that words such as `city country:2` describe."""
    parts = [word.partition(":") for word in text.split()]
    return tuple((name, int(size or _TEXT)) for name, _, size in parts)


_NAMES: Final = _layout(
    "nick first last email city state phone fax street cell zip country:2 gmt:1"
)
_BASIC: Final = (*_NAMES, ("publish_email", 1))
_WORK: Final = _layout(
    "work_city work_state work_phone work_fax work_street work_zip work_country:2"
    " company department position occupation:2 work_page"
)
_MORE: Final = _layout(
    "homepage birth_year:2 birth_month:1 birth_day:1"
    " language1:1 language2:1 language3:1"
)
_NOTES: Final = _layout("notes")
_PERMISSIONS: Final = _layout("authorisation:1 web_aware:1 dc_permission:1")
_CATEGORY: Final = _layout("category_on:1 category:2 category_words")
_SHOWN_BASIC: Final = (*_NAMES, *_PERMISSIONS, ("publish_email", 1))
_ORIGIN: Final = _layout("origin_city origin_state origin_country:2 time_zone:1")


def _read(reader: Reader, layout: _Layout) -> dict[str, bytes]:
    """Take details in the order of a layout."""
    return {name: reader.take(size) if size else _text(reader) for name, size in layout}


def _text(reader: Reader) -> bytes:
    found = read_s16le(reader)
    if len(found) > MAX_TEXT:
        raise RemoteProtocolError(
            f"a detail of {len(found)} bytes, at most {MAX_TEXT}", 0, found
        )
    return found


def _write(details: Details, layout: _Layout) -> bytes:
    """Return details in the order of a layout; what isn't there is 0 or empty."""
    return b"".join(
        details.get(name, b"").ljust(size, b"\0")[:size]
        if size
        else s16le(details.get(name, b""))
        for name, size in layout
    )


def _plain(layout: _Layout) -> Callable[[Reader], dict[str, bytes]]:
    """Return what reads a layout."""
    return lambda reader: _read(reader, layout)


def _list(name: str, size: int) -> Callable[[Reader], dict[str, bytes]]:
    """Return what reads a list of number and text."""
    return lambda reader: {name: _entries(reader, size)}


def _entries(reader: Reader, size: int) -> bytes:
    """Take u8 number and entries of a number and a text; return them."""
    number = reader.u8()
    entries = [reader.take(size) + s16le(_text(reader)) for _ in range(number)]
    return _listed(entries)


def _listed(entries: Sequence[bytes]) -> bytes:
    kept = entries[:MAX_ENTRIES]
    return bytes((len(kept),)) + b"".join(kept)


def _more(reader: Reader) -> dict[str, bytes]:
    """Take age, gender, homepage, birthday and languages.

    Some clients have the age in two bytes, others the gender.
    """
    age, first, second = reader.take(1), reader.take(1), reader.take(1)
    gender = second if second != b"\0" else first
    return {"age": age, "gender": gender} | _read(reader, _MORE)


def _affiliations(reader: Reader) -> dict[str, bytes]:
    return {"past": _entries(reader, 2), "affiliations": _entries(reader, 2)}


# In 0C3A: tag -> layout of the value.
_TAGS: Final = {
    0x0140: _layout("first"),
    0x014A: _layout("last"),
    0x0154: _layout("nick"),
    0x0172: _layout("age:1"),
    0x017C: _layout("gender:1"),
    0x0190: _layout("city"),
    0x019A: _layout("state"),
    0x01A4: _layout("country:2"),
    0x01AE: _layout("company"),
    0x01B8: _layout("department"),
    0x01C2: _layout("position"),
    0x01CC: _layout("occupation:2"),
    0x0213: _layout("homepage"),
    0x0258: _layout("notes"),
    0x0262: _layout("street"),
    0x026C: _layout("zip"),
    0x0276: _layout("phone"),
    0x0280: _layout("fax"),
    0x028A: _layout("cell"),
    0x0294: _layout("work_street"),
    0x029E: _layout("work_city"),
    0x02A8: _layout("work_state"),
    0x02B2: _layout("work_country:2"),
    0x02BC: _layout("work_zip"),
    0x02C6: _layout("work_phone"),
    0x02D0: _layout("work_fax"),
    0x02DA: _layout("work_page"),
    0x02F8: _layout("authorisation:1"),
    0x030C: _layout("web_aware:1"),
    0x0316: _layout("gmt:1"),
    0x0320: _layout("origin_city"),
    0x032A: _layout("origin_state"),
    0x0334: _layout("origin_country:2"),
}
_LIST_TAGS: Final = {0x01D6: "past", 0x01EA: "interests", 0x01FE: "affiliations"}
_EMAIL, _LANGUAGE, _BIRTHDAY, _CATEGORY_TAG = 0x015E, 0x0186, 0x023A, 0x0212


def _tagged(reader: Reader) -> dict[str, bytes]:
    """Take the little-endian TLVs of 0C3A; tags that aren't known are left out."""
    found: dict[str, bytes] = {}
    lists: dict[str, list[bytes]] = {}
    languages = emails = 0
    while reader:
        tag = reader.u16le()
        value = Reader(reader.take(reader.u16le()), f"ICQ detail 0x{tag:04X}")
        if tag in _TAGS:
            found |= _read(value, _TAGS[tag])
        elif tag in _LIST_TAGS:
            entry = value.take(2) + s16le(_text(value))
            lists.setdefault(_LIST_TAGS[tag], []).append(entry)
        elif tag == _EMAIL:
            address, publish = _text(value), value.rest()[:1] or b"\0"
            emails += 1
            if emails == 1:
                found |= {"email": address, "publish_email": publish}
                lists.setdefault("emails", [])
            else:
                lists["emails"].append(publish + s16le(address))
        elif tag == _LANGUAGE:
            languages += 1
            if languages <= 3:
                found[f"language{languages}"] = value.take(1)
        elif tag == _BIRTHDAY:
            year, month, day = value.take(2), value.take(2), value.take(2)
            found |= {"birth_year": year, "birth_month": month[:1]}
            found["birth_day"] = day[:1]
        elif tag == _CATEGORY_TAG:
            found["category_on"] = b"\1"
            found |= _read(value, _CATEGORY[1:])
    return found | {name: _listed(entries) for name, entries in lists.items()}


_SETTINGS: Final[dict[int, Callable[[Reader], dict[str, bytes]]]] = {
    0x03EA: _plain(_BASIC),
    0x03F3: _plain(_WORK),
    0x03FD: _more,
    0x0406: _plain(_NOTES),
    0x040B: _list("emails", 1),
    0x0410: _list("interests", 2),
    0x041A: _affiliations,
    0x0424: _plain(_PERMISSIONS),
    0x0442: _plain(_CATEGORY),
    0x0C3A: _tagged,
}


def read_setting(subtype: int, data: bytes) -> dict[str, bytes]:
    """Return the details that a request sets; none for one whose form isn't known.

    Args:
        subtype: of the meta request.
        data: what follows it.

    Raises:
        RemoteProtocolError: it is cut short, or a text is longer than MAX_TEXT.
    """
    read = _SETTINGS.get(subtype)
    return {} if read is None else read(Reader(data, f"ICQ setting 0x{subtype:04X}"))


def full_info(details: Details) -> tuple[tuple[int, bytes], ...]:
    """Return the eight parts of the full info, subtype and data, in ICQ's order."""
    age, gender = details.get("age", b"\0"), details.get("gender", b"\0")
    shown = _shown(details)
    more = age + b"\0" + gender + _write(details, _MORE)
    return (
        (0x00C8, _write(shown, _SHOWN_BASIC)),
        # ICQ 5 wants the last four bytes
        (0x00DC, more + bytes(2) + _write(details, _ORIGIN) + bytes(4)),
        (0x00EB, details.get("emails", b"\0")),
        (0x010E, _write(details, _CATEGORY) + b"\0"),
        (0x00D2, _write(details, _WORK)),
        (0x00E6, _write(details, _NOTES)),
        (0x00F0, details.get("interests", b"\0")),
        (0x00FA, details.get("past", b"\0") + details.get("affiliations", b"\0")),
    )


def short_info(details: Details) -> bytes:
    """Return the data of 0x0104: names, e-mail, authorisation, gender."""
    layout = (*_NAMES[:4], ("authorisation", 1))
    return _write(_shown(details), layout) + b"\0" + details.get("gender", b"\0")


def found_record(uin: int, details: Details, *, is_online: bool) -> bytes:
    """Return what a search shows of somebody, its length in front.

    Args:
        uin: who was found.
        details: what they set.
        is_online: whether the one who searches may know that they are online.
    """
    layout = (*_NAMES[:4], ("authorisation", 1))
    record = uin.to_bytes(4, "little") + _write(_shown(details), layout)
    record += int(is_online).to_bytes(2, "little")
    record += details.get("gender", b"\0") + details.get("age", b"\0") + b"\0"
    return len(record).to_bytes(2, "little") + record


def _shown(details: Details) -> Details:
    """Return the details with what counts where the user never said it."""
    return {"authorisation": bytes((ANYBODY_MAY_ADD,)), **details}
