"""A sample of every SNAC that our codecs write, with values as clients have them."""

from uuid import UUID

from Kamaelia.Protocol.AIM.wire import (
    admin,
    bart,
    buddy,
    chat,
    directory,
    feedbag,
    feedbag_rights,
    icbm,
    icbm_control,
    icq,
    icq_message,
    locate,
    login,
    oservice,
    own_info,
    pd,
    rates,
    rendezvous,
    room,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    ADMIN,
    ALERT,
    BART,
    BUCP,
    BUDDY,
    CHAT,
    CHATNAV,
    FEEDBAG,
    ICBM,
    ICQ,
    LOCATE,
    ODIR,
    OSERVICE,
    PD,
    STATS,
    USERLOOKUP,
    SNACType,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC, SNACError, version_prefix
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import DirectInfo, UserInfo, users_to_bytes

COOKIE = b"12345678"
NOW = 1_070_000_000
ICON = bart.icon_id(b"GIF89a picture")
CAP = UUID("09461343-4c7f-11d1-8222-444553540000")

ANN = UserInfo.make(
    "Ann Example",
    warning=100,
    signed_on=NOW,
    status=0,
    idle_minutes=10,
    barts=[ICON],
    caps=[CAP],
)
UIN = UserInfo.make("123456", signed_on=NOW, status=1, direct=DirectInfo())
ROOM = room.RoomKey(4, "4-0-tea room", 0)
ROOM_INFO = room.RoomInfo.make(ROOM, "tea room", NOW)
OFFER = rendezvous.FileOffer("cake.txt", 1234)
BUDDIES = (
    feedbag.FeedbagItem("", 0, 0, 1, TLVBlock((TLV(0xC8, b"\0\1"),))),
    feedbag.FeedbagItem("Friends", 1, 0, 1, TLVBlock((TLV(0xC8, b"\0\2"),))),
    feedbag.FeedbagItem("bob", 1, 2, 0),
)
RATE_CLASSES = rates.AOL_CLASSES

Sample = tuple[str, SNAC]
_number = iter(range(1, 1000))


def up(kind: SNACType, body: bytes = b"") -> Sample:
    """Return what a client sends."""
    return "c2s", SNAC.make(kind, body, request_id=next(_number))


def down(kind: SNACType, body: bytes = b"", *, flags: int = 0) -> Sample:
    """Return what a server sends."""
    number = 0x80000000 | next(_number)
    return "s2c", SNAC.make(kind, body, request_id=number, flags=flags)


def message(text: str, charset: int | None = None) -> icbm.MessageToHost:
    return icbm.MessageToHost.of_text("bob", text, COOKIE, charset=charset)


def planned(plan: rendezvous.Rendezvous) -> icbm.MessageToHost:
    return icbm.MessageToHost(COOKIE, 2, "bob", TLVBlock((plan.to_tlv(),)))


FILE = rendezvous.Rendezvous.file_offer(COOKIE, OFFER, "192.0.2.7", 5190)
INVITATION = rendezvous.Rendezvous.chat_invitation(COOKIE, ROOM, "come in")
ICQ_TEXT = icq_message.ICQMessage(123456, 1, ("hello",))
CLASSIC = icbm.MessageToHost(
    COOKIE, 4, "654321", TLVBlock((TLV(0x05, ICQ_TEXT.to_bytes()),))
)
STORED = icq.OfflineMessage(icq.ICQTime(2003, 11, 28, 6, 13), ICQ_TEXT)

SIGN_ON = [
    up(BUCP.CHALLENGE_REQUEST, login.ChallengeRequest("Ann Example").to_bytes()),
    down(BUCP.CHALLENGE_RESPONSE, login.ChallengeReply(b"1234567890").to_bytes()),
    up(BUCP.LOGIN_REQUEST, login.LoginRequest("Ann Example", bytes(16)).to_bytes()),
    down(
        BUCP.LOGIN_RESPONSE,
        login.LoginReply("Ann Example", "192.0.2.1:5190", bytes(256)).to_bytes(),
    ),
    down(BUCP.LOGIN_RESPONSE, login.LoginReply("Ann Example", error=5).to_bytes()),
]
OSERVICES = [
    down(OSERVICE.HOST_ONLINE, oservice.numbers_to_bytes((1, 2, 3, 4, 9, 0x13))),
    up(
        OSERVICE.CLIENT_VERSIONS,
        oservice.Versions((oservice.FamilyVersion(1, 3),)).to_bytes(),
    ),
    down(
        OSERVICE.HOST_VERSIONS,
        oservice.Versions((oservice.FamilyVersion(1, 3),)).to_bytes(),
    ),
    up(OSERVICE.RATE_PARAMS_QUERY),
    down(
        OSERVICE.RATE_PARAMS_REPLY,
        oservice.RateParams(
            RATE_CLASSES,
            tuple((each.id, (SNACType(4, 6),)) for each in RATE_CLASSES),
        ).to_bytes(),
    ),
    up(OSERVICE.RATE_PARAMS_SUB_ADD, oservice.numbers_to_bytes((1, 2, 3, 4, 5))),
    down(
        OSERVICE.RATE_PARAM_CHANGE, oservice.RateChange(2, RATE_CLASSES[:1]).to_bytes()
    ),
    (
        "s2c",
        SNAC.make(
            OSERVICE.RATE_PARAM_CHANGE,
            oservice.RateChange(1, RATE_CLASSES[:1]).to_bytes(),
            prefix=version_prefix(3),
            request_id=0x80000001,
        ),
    ),
    up(
        OSERVICE.CLIENT_ONLINE,
        oservice.ClientOnline(oservice.CLIENT_VERSIONS).to_bytes(),
    ),
    up(OSERVICE.SERVICE_REQUEST, oservice.ServiceRequest(0x0D).to_bytes()),
    up(OSERVICE.SERVICE_REQUEST, oservice.ServiceRequest.for_room(ROOM).to_bytes()),
    down(
        OSERVICE.SERVICE_RESPONSE,
        oservice.ServiceResponse(0x0D, "192.0.2.1:5190", bytes(256)).to_bytes(),
    ),
    up(OSERVICE.USER_INFO_QUERY),
    down(OSERVICE.USER_INFO_UPDATE, ANN.to_bytes()),
    down(OSERVICE.EVIL_NOTIFICATION, own_info.EvilNotification(100, ANN).to_bytes()),
    up(OSERVICE.IDLE_NOTIFICATION, own_info.IdleNotification(600).to_bytes()),
    down(OSERVICE.MOTD, own_info.MessageOfTheDay(text="welcome").to_bytes()),
    up(OSERVICE.SET_PRIVACY_FLAGS, own_info.PrivacyFlags(3).to_bytes()),
    up(OSERVICE.NOOP),
    up(OSERVICE.SET_USERINFO_FIELDS, own_info.SetUserInfo.make(0).to_bytes()),
    down(OSERVICE.PAUSE_REQ),
    up(OSERVICE.PAUSE_ACK, oservice.numbers_to_bytes((1, 4))),
    down(OSERVICE.RESUME),
    down(
        OSERVICE.MIGRATE_GROUPS,
        oservice.MigrateGroups((), "192.0.2.9:5190", bytes(256)).to_bytes(),
    ),
    down(OSERVICE.ERROR, SNACError.make(0x0E).to_bytes()),
]
PEOPLE = [
    up(LOCATE.RIGHTS_QUERY),
    down(LOCATE.RIGHTS_REPLY, locate.LocateRights().to_bytes()),
    up(
        LOCATE.SET_INFO,
        locate.SetInfo.make(profile="me", away="out", caps=[CAP]).to_bytes(),
    ),
    up(LOCATE.USER_INFO_QUERY, locate.UserInfoQuery("bob", 1).to_bytes()),
    up(LOCATE.USER_INFO_QUERY2, locate.UserInfoQuery2("bob").to_bytes()),
    down(
        LOCATE.USER_INFO_REPLY,
        locate.UserInfoReply(
            ANN, TLVBlock((TLV.text(1, "text/plain"), TLV.text(2, "me")))
        ).to_bytes(),
    ),
    down(LOCATE.ERROR, SNACError.make(4).to_bytes()),
    up(BUDDY.RIGHTS_QUERY),
    down(BUDDY.RIGHTS_REPLY, buddy.BuddyRights().to_bytes()),
    up(BUDDY.ADD_BUDDIES, buddy.names_to_bytes(("bob", "Carol C"))),
    up(BUDDY.DEL_BUDDIES, buddy.names_to_bytes(("bob",))),
    down(BUDDY.ARRIVED, users_to_bytes([ANN])),
    down(BUDDY.ARRIVED, users_to_bytes([UIN])),
    down(BUDDY.DEPARTED, buddy.departed("bob").to_bytes()),
    up(PD.RIGHTS_QUERY),
    down(PD.RIGHTS_REPLY, pd.PDRights().to_bytes()),
    up(PD.SET_GROUP_PERM_MASK, pd.GroupMask(0x1F).to_bytes()),
    up(PD.ADD_PERM_LIST_ENTRIES, buddy.names_to_bytes(("bob",))),
    up(PD.ADD_DENY_LIST_ENTRIES, buddy.names_to_bytes(("bob",))),
    down(USERLOOKUP.FIND_REPLY, directory.names_found_to_bytes(("bob",))),
    up(USERLOOKUP.FIND_BY_EMAIL, b"bob@example.com"),
    down(STATS.SET_MIN_REPORT_INTERVAL, b"\x04\xb0"),
]
MESSAGES = [
    up(ICBM.ADD_PARAMETERS, icbm_control.ICBMParameters().to_bytes()),
    up(ICBM.PARAMETER_QUERY),
    down(ICBM.PARAMETER_REPLY, icbm_control.ICBMParameters(5).to_bytes()),
    up(ICBM.CHANNEL_MSG_TO_HOST, message("plain").to_bytes()),
    up(ICBM.CHANNEL_MSG_TO_HOST, message("h\u00e9 \u4f60").to_bytes()),
    up(ICBM.CHANNEL_MSG_TO_HOST, message("h\u00e9", 3).to_bytes()),
    up(ICBM.CHANNEL_MSG_TO_HOST, planned(FILE).to_bytes()),
    up(ICBM.CHANNEL_MSG_TO_HOST, planned(INVITATION).to_bytes()),
    up(ICBM.CHANNEL_MSG_TO_HOST, CLASSIC.to_bytes()),
    down(ICBM.CHANNEL_MSG_TO_CLIENT, message("plain").relayed(ANN).to_bytes()),
    down(
        ICBM.CHANNEL_MSG_TO_CLIENT,
        message("h\u00e9 \u4f60").relayed(ANN, stored_at=NOW).to_bytes(),
    ),
    down(ICBM.CHANNEL_MSG_TO_CLIENT, planned(FILE).relayed(ANN).to_bytes()),
    down(ICBM.CHANNEL_MSG_TO_CLIENT, planned(INVITATION).relayed(ANN).to_bytes()),
    down(ICBM.CHANNEL_MSG_TO_CLIENT, CLASSIC.relayed(UIN).to_bytes()),
    down(ICBM.HOST_ACK, icbm.HostAck(COOKIE, 1, "bob").to_bytes()),
    down(ICBM.ERROR, SNACError.make(4, 0x0E).to_bytes()),
    up(ICBM.EVIL_REQUEST, icbm_control.EvilRequest("bob").to_bytes()),
    up(ICBM.EVIL_REQUEST, icbm_control.EvilRequest("bob", True).to_bytes()),
    down(ICBM.EVIL_REPLY, icbm_control.EvilReply(100, 200).to_bytes()),
    down(
        ICBM.MISSED_CALLS,
        icbm_control.missed_calls_to_bytes((icbm_control.MissedCall(1, ANN, 2, 1),)),
    ),
    up(
        ICBM.CLIENT_ERROR,
        icbm_control.ClientError(COOKIE, 2, "bob", 3, b"\0\2\0\0").to_bytes(),
    ),
    up(ICBM.OFFLINE_RETRIEVE),
    down(ICBM.OFFLINE_RETRIEVE_REPLY),
    up(ICBM.CLIENT_EVENT, icbm_control.ClientEvent("bob", 2).to_bytes()),
    down(ICBM.CLIENT_EVENT, icbm_control.ClientEvent("Ann", 0).to_bytes()),
]
LIST = [
    up(FEEDBAG.RIGHTS_QUERY),
    down(FEEDBAG.RIGHTS_REPLY, feedbag_rights.FeedbagRights.make().to_bytes()),
    up(FEEDBAG.QUERY),
    up(FEEDBAG.QUERY_IF_MODIFIED, feedbag.FeedbagVersion(NOW, 3).to_bytes()),
    down(FEEDBAG.REPLY, feedbag.FeedbagReply(BUDDIES, NOW).to_bytes()),
    down(FEEDBAG.REPLY, feedbag.FeedbagReply(BUDDIES[:1]).to_bytes(), flags=1),
    down(FEEDBAG.REPLY_NOT_MODIFIED, feedbag.FeedbagVersion(NOW, 3).to_bytes()),
    up(FEEDBAG.USE),
    up(FEEDBAG.START_CLUSTER),
    up(FEEDBAG.INSERT_ITEM, feedbag.items_to_bytes(BUDDIES[2:])),
    up(FEEDBAG.UPDATE_ITEM, feedbag.items_to_bytes(BUDDIES[1:2])),
    up(FEEDBAG.DELETE_ITEM, feedbag.items_to_bytes(BUDDIES[2:])),
    up(FEEDBAG.END_CLUSTER),
    down(FEEDBAG.STATUS, feedbag.statuses_to_bytes((0, 0))),
    up(
        FEEDBAG.REQUEST_AUTHORIZE_TO_HOST,
        feedbag_rights.AuthorisationRequest("123456", "please").to_bytes(),
    ),
    down(
        FEEDBAG.REQUEST_AUTHORIZE_TO_CLIENT,
        feedbag_rights.AuthorisationRequest("123456", "please").to_bytes(),
    ),
    up(
        FEEDBAG.RESPOND_AUTHORIZE_TO_HOST,
        feedbag_rights.AuthorisationReply("123456", True, "").to_bytes(),
    ),
    down(
        FEEDBAG.RESPOND_AUTHORIZE_TO_CLIENT,
        feedbag_rights.AuthorisationReply("123456", False, "no").to_bytes(),
    ),
    down(FEEDBAG.BUDDY_ADDED, feedbag_rights.BuddyAdded("123456").to_bytes()),
]
ROOMS = [
    up(CHATNAV.REQUEST_CHAT_RIGHTS),
    up(CHATNAV.REQUEST_EXCHANGE_INFO, b"\0\4"),
    up(CHATNAV.REQUEST_ROOM_INFO, chat.RoomInfoRequest(ROOM).to_bytes()),
    up(CHATNAV.CREATE_ROOM, chat.CreateRoom.make("tea room", 4).to_bytes()),
    down(CHATNAV.NAV_INFO, chat.NavInfo.of_room(ROOM_INFO).to_bytes()),
    down(CHAT.ROOM_INFO_UPDATE, ROOM_INFO.to_bytes()),
    down(CHAT.USERS_JOINED, users_to_bytes([ANN, UIN])),
    down(CHAT.USERS_LEFT, users_to_bytes([ANN])),
    up(CHAT.CHANNEL_MSG_TO_HOST, chat.ChatMessage.of_text("hi all", COOKIE).to_bytes()),
    down(
        CHAT.CHANNEL_MSG_TO_CLIENT,
        chat.ChatMessage.of_text("h\u00e9 \u4f60", COOKIE).relayed(ANN).to_bytes(),
    ),
]
REST = [
    up(BART.UPLOAD_QUERY, bart.BARTUpload(1, b"GIF89a").to_bytes()),
    down(BART.UPLOAD_REPLY, bart.BARTUploadReply(0, ICON).to_bytes()),
    up(BART.DOWNLOAD_QUERY, bart.BARTDownload("bob", ICON).to_bytes()),
    down(
        BART.DOWNLOAD_REPLY, bart.BARTDownloadReply("bob", ICON, b"GIF89a").to_bytes()
    ),
    up(BART.DOWNLOAD2_QUERY, bart.BARTDownload2("bob", (ICON,)).to_bytes()),
    down(
        BART.DOWNLOAD2_REPLY,
        bart.BARTDownload2Reply("bob", ICON, 0, ICON, b"GIF89a").to_bytes(),
    ),
    up(ADMIN.INFO_QUERY, admin.AdminRequest(TLVBlock((TLV(1),))).to_bytes()),
    down(
        ADMIN.INFO_REPLY,
        admin.AdminReply(TLVBlock((TLV.text(1, "Ann Example"),))).to_bytes(),
    ),
    up(
        ADMIN.INFO_CHANGE_REQUEST,
        admin.AdminRequest(TLVBlock((TLV.text(1, "ANN Example"),))).to_bytes(),
    ),
    down(
        ADMIN.INFO_CHANGE_REPLY,
        admin.AdminReply(TLVBlock((TLV.text(1, "ANN Example"),))).to_bytes(),
    ),
    up(ADMIN.ACCT_CONFIRM_REQUEST),
    down(ADMIN.ACCT_CONFIRM_REPLY, admin.ConfirmReply(0, TLVBlock()).to_bytes()),
    up(
        ODIR.INFO_QUERY,
        TLVBlock((TLV.text(0x1C, "us-ascii"), TLV.text(1, "Ann"))).to_bytes(),
    ),
    down(
        ODIR.INFO_REPLY,
        directory.DirectoryReply((TLVBlock((TLV.text(1, "Ann"),)),)).to_bytes(),
    ),
    down(
        LOCATE.GET_DIR_REPLY,
        directory.DirectoryInfo(TLVBlock((TLV.text(1, "Ann"),))).to_bytes(),
    ),
    up(ICQ.DB_QUERY, icq.ICQRequest(123456, 0x3C, 2).to_bytes()),
    down(ICQ.DB_REPLY, STORED.to_request(123456, 2).to_bytes()),
    down(ICQ.DB_REPLY, icq.ICQRequest(123456, 0x42, 2, None, b"\0").to_bytes()),
    up(
        ICQ.DB_QUERY,
        icq.ICQRequest(123456, 0x7D0, 3, 0x4BA, b"\x40\xe2\1\0").to_bytes(),
    ),
    up(ALERT.NOTIFY_CAPABILITIES),
]

SAMPLES = [*SIGN_ON, *OSERVICES, *PEOPLE, *MESSAGES, *LIST, *ROOMS, *REST]
"""(direction, SNAC) of each."""
