"""Every name that Twisted's MSN module had, in one place.

Its last generation dropped the prefix of the classes: both names are here. Requests
return a Reply, which takes callbacks like a Deferred, and which a generator waits for
and a coroutine awaits.
"""

from Kamaelia.Protocol.MSN.Connection import (
    DispatchFactory,
    MSNConnection,
    MSNStack,
    NotificationFactory,
    SwitchboardFactory,
)
from Kamaelia.Protocol.MSN.constants import (
    ALLOW_LIST,
    BLOCK_LIST,
    CR,
    FORWARD_LIST,
    HAS_PAGER,
    HOME_PHONE,
    LF,
    LOGIN_FAILURE,
    LOGIN_REDIRECT,
    LOGIN_SUCCESS,
    MOBILE_PHONE,
    MSN_CHALLENGE_STR,
    MSN_CVR_STR,
    MSN_MAX_MESSAGE,
    MSN_PORT,
    MSN_PROTOCOL_VERSION,
    PENDING_LIST,
    REVERSE_LIST,
    STATUS_AWAY,
    STATUS_BRB,
    STATUS_BUSY,
    STATUS_HIDDEN,
    STATUS_IDLE,
    STATUS_LUNCH,
    STATUS_OFFLINE,
    STATUS_ONLINE,
    STATUS_PHONE,
    WORK_PHONE,
    classNameToGUID,
    errorCodes,
    guidToClassName,
    listCodeToID,
    listIDToCode,
    statusCodes,
)
from Kamaelia.Protocol.MSN.Contacts import MSNContact, MSNContactList
from Kamaelia.Protocol.MSN.DispatchClient import MSNDispatchClient
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.FileTransfer import MSNFileReceive, MSNFileSend
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from Kamaelia.Protocol.MSN.MSNProtocol import MSNProtocol
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.Passport import (
    PassportFailed,
    PassportLogin,
    PassportNexus,
    PassportSignOn,
    SSLRequired,
    _login,
    _parseHeader,
    _parsePrimitiveHost,
)
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    MSNCommandFailed,
    MSNProtocolError,
    NotDelivered,
    Reply,
    RequestFailed,
    RequestTimedOut,
    checkParamLen,
)
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient

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
    "ConnectionGone",
    "DispatchClient",
    "DispatchFactory",
    "FileReceive",
    "FileSend",
    "MSNCommandFailed",
    "MSNConnection",
    "MSNContact",
    "MSNContactList",
    "MSNDispatchClient",
    "MSNEventBase",
    "MSNFileReceive",
    "MSNFileSend",
    "MSNHarness",
    "MSNMessage",
    "MSNNotificationClient",
    "MSNProtocol",
    "MSNProtocolError",
    "MSNStack",
    "MSNSwitchboardClient",
    "NotDelivered",
    "NotificationClient",
    "NotificationFactory",
    "PassportFailed",
    "PassportLogin",
    "PassportNexus",
    "PassportSignOn",
    "Reply",
    "RequestFailed",
    "RequestTimedOut",
    "SSLRequired",
    "SwitchboardClient",
    "SwitchboardFactory",
    "_login",
    "_parseHeader",
    "_parsePrimitiveHost",
    "checkParamLen",
    "classNameToGUID",
    "errorCodes",
    "guidToClassName",
    "listCodeToID",
    "listIDToCode",
    "statusCodes",
]

DispatchClient = MSNDispatchClient
NotificationClient = MSNNotificationClient
SwitchboardClient = MSNSwitchboardClient
FileReceive = MSNFileReceive
FileSend = MSNFileSend
