"""How big the parts of MSNP may be.

The service never published most of these: they are what its servers were seen to
enforce, and what clients of the time kept to.

Source: observed behaviour of the MSN service and of its clients.
"""

from typing import Final

__all__ = [
    "DEFAULT_PORT",
    "MAX_ADL",
    "MAX_CHUNKS",
    "MAX_CONTACTS",
    "MAX_EMOTICONS",
    "MAX_FONT_NAME",
    "MAX_FRIENDLY_NAME",
    "MAX_GROUPS",
    "MAX_GROUP_NAME",
    "MAX_HANDLE",
    "MAX_KEPT_GROUPS",
    "MAX_LINE",
    "MAX_MESSAGE",
    "MAX_NEW_GROUP_NAME",
    "MAX_PARTICIPANTS",
    "MAX_PAYLOAD",
    "MAX_PERSONAL_MESSAGE",
    "MAX_PROPERTY",
    "MAX_ROOM",
    "MAX_SERVER_PAYLOAD",
    "MAX_SHORTCUT",
    "MAX_TRID",
    "MAX_UUX",
]

DEFAULT_PORT: Final = 1863
"""TCP port of dispatch, notification and switchboard servers."""

MAX_LINE: Final = 16 * 1024
"""Bytes of one command line, its line end included."""

MAX_MESSAGE: Final = 1664
"""Bytes of a MSG payload that a switchboard takes, headers included."""

MAX_PAYLOAD: Final = 64 * 1024
"""Bytes of any other payload that a server takes from a client."""

MAX_SERVER_PAYLOAD: Final = 1024 * 1024
"""Bytes of a payload that a client takes from a server (alerts, policies, mail)."""

MAX_TRID: Final = 0xFFFFFFFF
"""The largest transaction id."""

MAX_HANDLE: Final = 129
"""Characters of an account name (`local@domain`)."""

MAX_FRIENDLY_NAME: Final = 387
"""Bytes of a friendly name after percent-encoding."""

MAX_NEW_GROUP_NAME: Final = 61
"""Bytes of a group's name after percent-encoding, in ADG."""

MAX_GROUP_NAME: Final = 127
"""Bytes of a group's name after percent-encoding, in REG."""

MAX_GROUPS: Final = 30
"""Groups of one account; ids 0 to 29 up to MSNP9."""

MAX_PROPERTY: Final = 95
"""Bytes of a property's value (PRP) after percent-encoding."""

MAX_PERSONAL_MESSAGE: Final = 129
"""Characters of a personal message; servers cut what is longer."""

MAX_UUX: Final = 4096
"""Bytes of a UUX payload; the service's own limit was of the order of 1 KiB."""

MAX_ADL: Final = 7500
"""Bytes of one ADL payload."""

MAX_PARTICIPANTS: Final = 20
"""Users in one conversation, in the official clients."""

MAX_ROOM: Final = 100
"""Users of one conversation that a client takes note of; services allow fewer."""

MAX_CONTACTS: Final = 10_000
"""Contacts that a client keeps, on whatever lists; services allowed 1,000 of ours."""

MAX_KEPT_GROUPS: Final = 1_000
"""Groups, and properties of our own, that a client keeps; services allow fewer."""

MAX_FONT_NAME: Final = 31
"""Characters of a font's name."""

MAX_SHORTCUT: Final = 7
"""Characters of the text that stands for an emoticon."""

MAX_EMOTICONS: Final = 5
"""Emoticons in one message that describes them."""

MAX_CHUNKS: Final = 1024
"""Parts of a multi-packet message."""
