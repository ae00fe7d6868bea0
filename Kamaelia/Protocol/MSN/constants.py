"""The constants that programs written for Twisted's MSN module know.

Where its two generations differ, these are the later one's.
"""

from typing import Final

from Kamaelia.Protocol.MSN.wire.challenge import MSN_CHALLENGE_STR
from Kamaelia.Protocol.MSN.wire.codes import errorCodes
from Kamaelia.Protocol.MSN.wire.invitation import APPLICATION_NAMES
from Kamaelia.Protocol.MSN.wire.limits import DEFAULT_PORT, MAX_MESSAGE
from Kamaelia.Protocol.MSN.wire.lists import (
    ALLOW_LIST,
    BLOCK_LIST,
    FORWARD_LIST,
    PENDING_LIST,
    REVERSE_LIST,
    listCodeToID,
    listIDToCode,
)
from Kamaelia.Protocol.MSN.wire.properties import (
    HAS_PAGER,
    HOME_PHONE,
    MOBILE_PHONE,
    WORK_PHONE,
)
from Kamaelia.Protocol.MSN.wire.status import (
    STATUS_AWAY,
    STATUS_BRB,
    STATUS_BUSY,
    STATUS_HIDDEN,
    STATUS_IDLE,
    STATUS_LUNCH,
    STATUS_OFFLINE,
    STATUS_ONLINE,
    STATUS_PHONE,
    statusCodes,
)

__all__ = [
    "ALLOW_LIST",
    "BLOCK_LIST",
    "CR",
    "FORWARD_LIST",
    "HAS_PAGER",
    "HOME_PHONE",
    "LF",
    "LOGIN_FAILURE",
    "LOGIN_REDIRECT",
    "LOGIN_SUCCESS",
    "MOBILE_PHONE",
    "MSN_CHALLENGE_STR",
    "MSN_CVR_STR",
    "MSN_MAX_MESSAGE",
    "MSN_PORT",
    "MSN_PROTOCOL_VERSION",
    "PENDING_LIST",
    "REVERSE_LIST",
    "STATUS_AWAY",
    "STATUS_BRB",
    "STATUS_BUSY",
    "STATUS_HIDDEN",
    "STATUS_IDLE",
    "STATUS_LUNCH",
    "STATUS_OFFLINE",
    "STATUS_ONLINE",
    "STATUS_PHONE",
    "WORK_PHONE",
    "classNameToGUID",
    "errorCodes",
    "guidToClassName",
    "listCodeToID",
    "listIDToCode",
    "statusCodes",
]

MSN_PROTOCOL_VERSION: Final = "MSNP8 CVR0"
"""What Twisted's module offered. Our clients offer the dialects in `versions`."""

MSN_PORT: Final = DEFAULT_PORT
MSN_MAX_MESSAGE: Final = MAX_MESSAGE
MSN_CVR_STR: Final = "0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS"

LOGIN_SUCCESS: Final = 1
LOGIN_FAILURE: Final = 2
LOGIN_REDIRECT: Final = 3

CR: Final = "\r"
LF: Final = "\n"

guidToClassName: Final = dict(APPLICATION_NAMES)  # noqa: N816 - Twisted's name
"""What an application's GUID, in an invitation, stands for."""

classNameToGUID: Final = {  # noqa: N816 - Twisted's name
    name: guid for guid, name in guidToClassName.items()
}
"""The GUID of an application, by what it is."""
