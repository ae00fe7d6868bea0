"""The names of OSCAR's messages: one class per food group, one constant per SNAC.

    sendSnac(ICBM.CHANNEL_MSG_TO_HOST, body)    if header.type == BUDDY.ARRIVED: ...

Each constant is a (family, subtype) pair; `str()` and `name_of` give its name back.

Source: the names AOL gave its food groups, as Open OSCAR Server and the NINA wiki
keep them.
"""

from typing import ClassVar, Final, NamedTuple

__all__ = [
    "ADMIN",
    "ADVERT",
    "ALERT",
    "ARS",
    "BART",
    "BUCP",
    "BUDDY",
    "CHAT",
    "CHATNAV",
    "FAMILIES",
    "FEEDBAG",
    "ICBM",
    "ICQ",
    "INVITE",
    "KERBEROS",
    "LOCATE",
    "MDIR",
    "ODIR",
    "OSERVICE",
    "PD",
    "PLUGIN",
    "POPUP",
    "STATS",
    "TRANSLATE",
    "UNNAMED24",
    "USERLOOKUP",
    "FoodGroup",
    "SNACType",
    "family_name",
    "name_of",
]


class SNACType(NamedTuple):
    """Family and subtype of a SNAC; equal to the plain pair."""

    family: int
    subtype: int

    @property
    def name(self) -> str:
        """The name of the pair, such as "ICBM CHANNEL_MSG_TO_CLIENT"."""
        return name_of(self.family, self.subtype)

    def __str__(self) -> str:
        return self.name


_groups: Final[dict[int, type["FoodGroup"]]] = {}
_names: Final[dict[tuple[int, int], str]] = {}


class FoodGroup:
    """One family of SNACs: its number, and a constant per subtype.

    Attributes:
        FAMILY: the family's number.
    """

    FAMILY: ClassVar[int]

    def __init_subclass__(cls, family: int) -> None:
        cls.FAMILY = family
        _groups[family] = cls
        for name, value in vars(cls).items():
            if isinstance(value, SNACType):
                _names[value] = f"{cls.__name__} {name}"


def family_name(family: int) -> str:
    """Return the name of a family, such as "ICBM"; its number if it has none."""
    group = _groups.get(family)
    return group.__name__ if group else f"0x{family:04X}"


def name_of(family: int, subtype: int) -> str:
    """Return the name of a SNAC, such as "ICBM CHANNEL_MSG_TO_CLIENT".

    What has no name is written as its number: "ICBM 0x0077", "0x0099 0x0001".
    """
    known = _names.get((family, subtype))
    return known or f"{family_name(family)} 0x{subtype:04X}"


class OSERVICE(FoodGroup, family=0x01):
    """Family 0x01: what every connection has: versions, rates, own info."""

    ERROR = SNACType(0x01, 0x01)
    CLIENT_ONLINE = SNACType(0x01, 0x02)
    HOST_ONLINE = SNACType(0x01, 0x03)
    SERVICE_REQUEST = SNACType(0x01, 0x04)
    SERVICE_RESPONSE = SNACType(0x01, 0x05)
    RATE_PARAMS_QUERY = SNACType(0x01, 0x06)
    RATE_PARAMS_REPLY = SNACType(0x01, 0x07)
    RATE_PARAMS_SUB_ADD = SNACType(0x01, 0x08)
    RATE_PARAMS_SUB_DEL = SNACType(0x01, 0x09)
    RATE_PARAM_CHANGE = SNACType(0x01, 0x0A)
    PAUSE_REQ = SNACType(0x01, 0x0B)
    PAUSE_ACK = SNACType(0x01, 0x0C)
    RESUME = SNACType(0x01, 0x0D)
    USER_INFO_QUERY = SNACType(0x01, 0x0E)
    USER_INFO_UPDATE = SNACType(0x01, 0x0F)
    EVIL_NOTIFICATION = SNACType(0x01, 0x10)
    IDLE_NOTIFICATION = SNACType(0x01, 0x11)
    MIGRATE_GROUPS = SNACType(0x01, 0x12)
    MOTD = SNACType(0x01, 0x13)
    SET_PRIVACY_FLAGS = SNACType(0x01, 0x14)
    WELL_KNOWN_URLS = SNACType(0x01, 0x15)
    NOOP = SNACType(0x01, 0x16)
    CLIENT_VERSIONS = SNACType(0x01, 0x17)
    HOST_VERSIONS = SNACType(0x01, 0x18)
    MAX_CONFIG_QUERY = SNACType(0x01, 0x19)
    MAX_CONFIG_REPLY = SNACType(0x01, 0x1A)
    STORE_CONFIG = SNACType(0x01, 0x1B)
    CONFIG_QUERY = SNACType(0x01, 0x1C)
    CONFIG_REPLY = SNACType(0x01, 0x1D)
    SET_USERINFO_FIELDS = SNACType(0x01, 0x1E)
    PROBE_REQ = SNACType(0x01, 0x1F)
    PROBE_ACK = SNACType(0x01, 0x20)
    BART_REPLY = SNACType(0x01, 0x21)
    BART_QUERY2 = SNACType(0x01, 0x22)
    BART_REPLY2 = SNACType(0x01, 0x23)


class LOCATE(FoodGroup, family=0x02):
    """Family 0x02: profiles, away messages, capabilities."""

    ERROR = SNACType(0x02, 0x01)
    RIGHTS_QUERY = SNACType(0x02, 0x02)
    RIGHTS_REPLY = SNACType(0x02, 0x03)
    SET_INFO = SNACType(0x02, 0x04)
    USER_INFO_QUERY = SNACType(0x02, 0x05)
    USER_INFO_REPLY = SNACType(0x02, 0x06)
    WATCHER_SUB_REQUEST = SNACType(0x02, 0x07)
    WATCHER_NOTIFICATION = SNACType(0x02, 0x08)
    SET_DIR_INFO = SNACType(0x02, 0x09)
    SET_DIR_REPLY = SNACType(0x02, 0x0A)
    GET_DIR_INFO = SNACType(0x02, 0x0B)
    GET_DIR_REPLY = SNACType(0x02, 0x0C)
    GROUP_CAPABILITY_QUERY = SNACType(0x02, 0x0D)
    GROUP_CAPABILITY_REPLY = SNACType(0x02, 0x0E)
    SET_KEYWORD_INFO = SNACType(0x02, 0x0F)
    SET_KEYWORD_REPLY = SNACType(0x02, 0x10)
    GET_KEYWORD_INFO = SNACType(0x02, 0x11)
    GET_KEYWORD_REPLY = SNACType(0x02, 0x12)
    FIND_LIST_BY_EMAIL = SNACType(0x02, 0x13)
    FIND_LIST_REPLY = SNACType(0x02, 0x14)
    USER_INFO_QUERY2 = SNACType(0x02, 0x15)


class BUDDY(FoodGroup, family=0x03):
    """Family 0x03: presence of the users one watches."""

    ERROR = SNACType(0x03, 0x01)
    RIGHTS_QUERY = SNACType(0x03, 0x02)
    RIGHTS_REPLY = SNACType(0x03, 0x03)
    ADD_BUDDIES = SNACType(0x03, 0x04)
    DEL_BUDDIES = SNACType(0x03, 0x05)
    WATCHER_LIST_QUERY = SNACType(0x03, 0x06)
    WATCHER_LIST_REPLY = SNACType(0x03, 0x07)
    WATCHER_SUB_REQUEST = SNACType(0x03, 0x08)
    WATCHER_NOTIFICATION = SNACType(0x03, 0x09)
    REJECT_NOTIFICATION = SNACType(0x03, 0x0A)
    ARRIVED = SNACType(0x03, 0x0B)
    DEPARTED = SNACType(0x03, 0x0C)
    ADD_TEMP_BUDDIES = SNACType(0x03, 0x0F)
    DEL_TEMP_BUDDIES = SNACType(0x03, 0x10)


class ICBM(FoodGroup, family=0x04):
    """Family 0x04: instant messages."""

    ERROR = SNACType(0x04, 0x01)
    ADD_PARAMETERS = SNACType(0x04, 0x02)
    DEL_PARAMETERS = SNACType(0x04, 0x03)
    PARAMETER_QUERY = SNACType(0x04, 0x04)
    PARAMETER_REPLY = SNACType(0x04, 0x05)
    CHANNEL_MSG_TO_HOST = SNACType(0x04, 0x06)
    CHANNEL_MSG_TO_CLIENT = SNACType(0x04, 0x07)
    EVIL_REQUEST = SNACType(0x04, 0x08)
    EVIL_REPLY = SNACType(0x04, 0x09)
    MISSED_CALLS = SNACType(0x04, 0x0A)
    CLIENT_ERROR = SNACType(0x04, 0x0B)
    HOST_ACK = SNACType(0x04, 0x0C)
    SIN_STORED = SNACType(0x04, 0x0D)
    SIN_LIST_QUERY = SNACType(0x04, 0x0E)
    SIN_LIST_REPLY = SNACType(0x04, 0x0F)
    OFFLINE_RETRIEVE = SNACType(0x04, 0x10)
    SIN_DELETE = SNACType(0x04, 0x11)
    NOTIFY_REQUEST = SNACType(0x04, 0x12)
    NOTIFY_REPLY = SNACType(0x04, 0x13)
    CLIENT_EVENT = SNACType(0x04, 0x14)
    OFFLINE_RETRIEVE_REPLY = SNACType(0x04, 0x17)


class ADVERT(FoodGroup, family=0x05):
    """Family 0x05: advertisements, obsolete."""

    ERROR = SNACType(0x05, 0x01)
    ADS_QUERY = SNACType(0x05, 0x02)
    ADS_REPLY = SNACType(0x05, 0x03)


class INVITE(FoodGroup, family=0x06):
    """Family 0x06: invitations by e-mail."""

    ERROR = SNACType(0x06, 0x01)
    REQUEST_QUERY = SNACType(0x06, 0x02)
    REQUEST_REPLY = SNACType(0x06, 0x03)


class ADMIN(FoodGroup, family=0x07):
    """Family 0x07: one's own account."""

    ERROR = SNACType(0x07, 0x01)
    INFO_QUERY = SNACType(0x07, 0x02)
    INFO_REPLY = SNACType(0x07, 0x03)
    INFO_CHANGE_REQUEST = SNACType(0x07, 0x04)
    INFO_CHANGE_REPLY = SNACType(0x07, 0x05)
    ACCT_CONFIRM_REQUEST = SNACType(0x07, 0x06)
    ACCT_CONFIRM_REPLY = SNACType(0x07, 0x07)
    ACCT_DELETE_REQUEST = SNACType(0x07, 0x08)
    ACCT_DELETE_REPLY = SNACType(0x07, 0x09)


class POPUP(FoodGroup, family=0x08):
    """Family 0x08: windows that the server opens."""

    ERROR = SNACType(0x08, 0x01)
    DISPLAY = SNACType(0x08, 0x02)


class PD(FoodGroup, family=0x09):
    """Family 0x09: permit and deny lists of clients without a feedbag."""

    ERROR = SNACType(0x09, 0x01)
    RIGHTS_QUERY = SNACType(0x09, 0x02)
    RIGHTS_REPLY = SNACType(0x09, 0x03)
    SET_GROUP_PERM_MASK = SNACType(0x09, 0x04)
    ADD_PERM_LIST_ENTRIES = SNACType(0x09, 0x05)
    DEL_PERM_LIST_ENTRIES = SNACType(0x09, 0x06)
    ADD_DENY_LIST_ENTRIES = SNACType(0x09, 0x07)
    DEL_DENY_LIST_ENTRIES = SNACType(0x09, 0x08)
    LIST_ERROR = SNACType(0x09, 0x09)
    ADD_TEMP_PERM_LIST_ENTRIES = SNACType(0x09, 0x0A)
    DEL_TEMP_PERM_LIST_ENTRIES = SNACType(0x09, 0x0B)


class USERLOOKUP(FoodGroup, family=0x0A):
    """Family 0x0A: screen names by e-mail address."""

    ERROR = SNACType(0x0A, 0x01)
    FIND_BY_EMAIL = SNACType(0x0A, 0x02)
    FIND_REPLY = SNACType(0x0A, 0x03)


class STATS(FoodGroup, family=0x0B):
    """Family 0x0B: reports on the client's use."""

    ERROR = SNACType(0x0B, 0x01)
    SET_MIN_REPORT_INTERVAL = SNACType(0x0B, 0x02)
    REPORT_EVENTS = SNACType(0x0B, 0x03)
    REPORT_ACK = SNACType(0x0B, 0x04)


class TRANSLATE(FoodGroup, family=0x0C):
    """Family 0x0C: translation, obsolete."""

    ERROR = SNACType(0x0C, 0x01)
    REQUEST = SNACType(0x0C, 0x02)
    REPLY = SNACType(0x0C, 0x03)


class CHATNAV(FoodGroup, family=0x0D):
    """Family 0x0D: finding and making chat rooms."""

    ERROR = SNACType(0x0D, 0x01)
    REQUEST_CHAT_RIGHTS = SNACType(0x0D, 0x02)
    REQUEST_EXCHANGE_INFO = SNACType(0x0D, 0x03)
    REQUEST_ROOM_INFO = SNACType(0x0D, 0x04)
    REQUEST_MORE_ROOM_INFO = SNACType(0x0D, 0x05)
    REQUEST_OCCUPANT_LIST = SNACType(0x0D, 0x06)
    SEARCH_FOR_ROOM = SNACType(0x0D, 0x07)
    CREATE_ROOM = SNACType(0x0D, 0x08)
    NAV_INFO = SNACType(0x0D, 0x09)


class CHAT(FoodGroup, family=0x0E):
    """Family 0x0E: one chat room."""

    ERROR = SNACType(0x0E, 0x01)
    ROOM_INFO_UPDATE = SNACType(0x0E, 0x02)
    USERS_JOINED = SNACType(0x0E, 0x03)
    USERS_LEFT = SNACType(0x0E, 0x04)
    CHANNEL_MSG_TO_HOST = SNACType(0x0E, 0x05)
    CHANNEL_MSG_TO_CLIENT = SNACType(0x0E, 0x06)
    EVIL_REQUEST = SNACType(0x0E, 0x07)
    EVIL_REPLY = SNACType(0x0E, 0x08)
    CLIENT_ERROR = SNACType(0x0E, 0x09)


class ODIR(FoodGroup, family=0x0F):
    """Family 0x0F: the directory of users."""

    ERROR = SNACType(0x0F, 0x01)
    INFO_QUERY = SNACType(0x0F, 0x02)
    INFO_REPLY = SNACType(0x0F, 0x03)
    KEYWORD_LIST_QUERY = SNACType(0x0F, 0x04)
    KEYWORD_LIST_REPLY = SNACType(0x0F, 0x05)


class BART(FoodGroup, family=0x10):
    """Family 0x10: buddy icons and other art."""

    ERROR = SNACType(0x10, 0x01)
    UPLOAD_QUERY = SNACType(0x10, 0x02)
    UPLOAD_REPLY = SNACType(0x10, 0x03)
    DOWNLOAD_QUERY = SNACType(0x10, 0x04)
    DOWNLOAD_REPLY = SNACType(0x10, 0x05)
    DOWNLOAD2_QUERY = SNACType(0x10, 0x06)
    DOWNLOAD2_REPLY = SNACType(0x10, 0x07)


class FEEDBAG(FoodGroup, family=0x13):
    """Family 0x13: the buddy list kept on the server."""

    ERROR = SNACType(0x13, 0x01)
    RIGHTS_QUERY = SNACType(0x13, 0x02)
    RIGHTS_REPLY = SNACType(0x13, 0x03)
    QUERY = SNACType(0x13, 0x04)
    QUERY_IF_MODIFIED = SNACType(0x13, 0x05)
    REPLY = SNACType(0x13, 0x06)
    USE = SNACType(0x13, 0x07)
    INSERT_ITEM = SNACType(0x13, 0x08)
    UPDATE_ITEM = SNACType(0x13, 0x09)
    DELETE_ITEM = SNACType(0x13, 0x0A)
    INSERT_CLASS = SNACType(0x13, 0x0B)
    UPDATE_CLASS = SNACType(0x13, 0x0C)
    DELETE_CLASS = SNACType(0x13, 0x0D)
    STATUS = SNACType(0x13, 0x0E)
    REPLY_NOT_MODIFIED = SNACType(0x13, 0x0F)
    DELETE_USER = SNACType(0x13, 0x10)
    START_CLUSTER = SNACType(0x13, 0x11)
    END_CLUSTER = SNACType(0x13, 0x12)
    AUTHORIZE_BUDDY = SNACType(0x13, 0x13)
    PRE_AUTHORIZE_BUDDY = SNACType(0x13, 0x14)
    PRE_AUTHORIZED_BUDDY = SNACType(0x13, 0x15)
    REMOVE_ME = SNACType(0x13, 0x16)
    REMOVE_ME2 = SNACType(0x13, 0x17)
    REQUEST_AUTHORIZE_TO_HOST = SNACType(0x13, 0x18)
    REQUEST_AUTHORIZE_TO_CLIENT = SNACType(0x13, 0x19)
    RESPOND_AUTHORIZE_TO_HOST = SNACType(0x13, 0x1A)
    RESPOND_AUTHORIZE_TO_CLIENT = SNACType(0x13, 0x1B)
    BUDDY_ADDED = SNACType(0x13, 0x1C)
    REQUEST_AUTHORIZE_TO_BADOG = SNACType(0x13, 0x1D)
    RESPOND_AUTHORIZE_TO_BADOG = SNACType(0x13, 0x1E)
    BUDDY_ADDED_TO_BADOG = SNACType(0x13, 0x1F)
    TEST_SNAC = SNACType(0x13, 0x21)
    FORWARD_MSG = SNACType(0x13, 0x22)
    IS_AUTH_REQUIRED_QUERY = SNACType(0x13, 0x23)
    IS_AUTH_REQUIRED_REPLY = SNACType(0x13, 0x24)
    RECENT_BUDDY_UPDATE = SNACType(0x13, 0x25)


class ICQ(FoodGroup, family=0x15):
    """Family 0x15: ICQ's own requests: details, searches, stored messages."""

    ERROR = SNACType(0x15, 0x01)
    DB_QUERY = SNACType(0x15, 0x02)
    DB_REPLY = SNACType(0x15, 0x03)


class BUCP(FoodGroup, family=0x17):
    """Family 0x17: sign-on at the authorizer."""

    ERROR = SNACType(0x17, 0x01)
    LOGIN_REQUEST = SNACType(0x17, 0x02)
    LOGIN_RESPONSE = SNACType(0x17, 0x03)
    REGISTER_REQUEST = SNACType(0x17, 0x04)
    REGISTER_REPLY = SNACType(0x17, 0x05)
    CHALLENGE_REQUEST = SNACType(0x17, 0x06)
    CHALLENGE_RESPONSE = SNACType(0x17, 0x07)
    ASASN_REQUEST = SNACType(0x17, 0x08)
    ASASN_RESPONSE = SNACType(0x17, 0x09)
    SECURID_REQUEST = SNACType(0x17, 0x0A)
    SECURID_RESPONSE = SNACType(0x17, 0x0B)
    REGISTRATION_IMAGE_REQUEST = SNACType(0x17, 0x0C)
    REGISTRATION_IMAGE_REPLY = SNACType(0x17, 0x0D)


class ALERT(FoodGroup, family=0x18):
    """Family 0x18: notices of new mail."""

    ERROR = SNACType(0x18, 0x01)
    SET_ALERT_REQUEST = SNACType(0x18, 0x02)
    SET_ALERT_REPLY = SNACType(0x18, 0x03)
    GET_SUBS_REQUEST = SNACType(0x18, 0x04)
    GET_SUBS_RESPONSE = SNACType(0x18, 0x05)
    NOTIFY_CAPABILITIES = SNACType(0x18, 0x06)
    NOTIFY = SNACType(0x18, 0x07)
    GET_RULE_REQUEST = SNACType(0x18, 0x08)
    GET_RULE_REPLY = SNACType(0x18, 0x09)
    GET_FEED_REQUEST = SNACType(0x18, 0x0A)
    GET_FEED_REPLY = SNACType(0x18, 0x0B)
    REFRESH_FEED = SNACType(0x18, 0x0C)
    EVENT = SNACType(0x18, 0x0D)
    QOGE_SNAC = SNACType(0x18, 0x0E)
    REFRESH_FEED_STOCK = SNACType(0x18, 0x0F)
    NOTIFY_TRANSPORT = SNACType(0x18, 0x10)
    SET_ALERT_REQUEST_V2 = SNACType(0x18, 0x11)
    SET_ALERT_REPLY_V2 = SNACType(0x18, 0x12)
    TRANSIT_REPLY = SNACType(0x18, 0x13)
    NOTIFY_ACK = SNACType(0x18, 0x14)
    NOTIFY_DISPLAY_CAPABILITIES = SNACType(0x18, 0x16)
    USER_ONLINE = SNACType(0x18, 0x17)


class PLUGIN(FoodGroup, family=0x22):
    """Family 0x22: plug-ins of AIM 5 and later."""

    ERROR = SNACType(0x22, 0x01)


class UNNAMED24(FoodGroup, family=0x24):
    """Family 0x24: a family of AIM 6 whose name is not known."""

    ERROR = SNACType(0x24, 0x01)


class MDIR(FoodGroup, family=0x25):
    """Family 0x25: the member directory of AIM 6."""

    ERROR = SNACType(0x25, 0x01)
    INFO_QUERY = SNACType(0x25, 0x02)
    INFO_REPLY = SNACType(0x25, 0x03)


class ARS(FoodGroup, family=0x044A):
    """Family 0x044A: the rendezvous proxy."""

    ERROR = SNACType(0x044A, 0x01)
    INIT_SEND = SNACType(0x044A, 0x02)
    INIT_SEND_ACK = SNACType(0x044A, 0x03)
    INIT_RECEIVE = SNACType(0x044A, 0x04)
    READY = SNACType(0x044A, 0x05)


class KERBEROS(FoodGroup, family=0x050C):
    """Family 0x050C: sign-on over HTTPS of AIM 6 and 7."""

    ERROR = SNACType(0x050C, 0x01)
    LOGIN_REQUEST = SNACType(0x050C, 0x02)
    LOGIN_SUCCESS_RESPONSE = SNACType(0x050C, 0x03)
    LOGIN_ERROR_RESPONSE = SNACType(0x050C, 0x04)


FAMILIES: Final = tuple(sorted(_groups))
"""The numbers of all named families."""
