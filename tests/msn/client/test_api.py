"""Every name of Twisted's MSN module: there, and what it says or takes."""

import inspect
import io
from typing import Any

import pytest

from Kamaelia.Protocol.MSN import MSN
from Kamaelia.Protocol.MSN.MSN import (
    MSNCommandFailed,
    MSNContact,
    MSNContactList,
    MSNMessage,
    MSNProtocolError,
    Reply,
    checkParamLen,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError

CONSTANTS = {
    "MSN_PROTOCOL_VERSION": "MSNP8 CVR0",
    "MSN_PORT": 1863,
    "MSN_MAX_MESSAGE": 1664,
    "MSN_CHALLENGE_STR": "Q1P7W2E4J9R8U3S5",
    "MSN_CVR_STR": "0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS",
    "LOGIN_SUCCESS": 1,
    "LOGIN_FAILURE": 2,
    "LOGIN_REDIRECT": 3,
    "FORWARD_LIST": 1,
    "ALLOW_LIST": 2,
    "BLOCK_LIST": 4,
    "REVERSE_LIST": 8,
    "HOME_PHONE": "PHH",
    "WORK_PHONE": "PHW",
    "MOBILE_PHONE": "PHM",
    "HAS_PAGER": "MOB",
    "STATUS_ONLINE": "NLN",
    "STATUS_OFFLINE": "FLN",
    "STATUS_HIDDEN": "HDN",
    "STATUS_IDLE": "IDL",
    "STATUS_AWAY": "AWY",
    "STATUS_BUSY": "BSY",
    "STATUS_BRB": "BRB",
    "STATUS_PHONE": "PHN",
    "STATUS_LUNCH": "LUN",
    "CR": "\r",
    "LF": "\n",
}

ERRORS = {
    200: "Syntax error",
    201: "Invalid parameter",
    205: "Invalid user",
    206: "Domain name missing",
    207: "Already logged in",
    208: "Invalid username",
    209: "Invalid screen name",
    210: "User list full",
    215: "User already there",
    216: "User already on list",
    217: "User not online",
    218: "Already in mode",
    219: "User is in the opposite list",
    223: "Too many groups",
    224: "Invalid group",
    225: "User not in group",
    229: "Group name too long",
    230: "Cannot remove group 0",
    231: "Invalid group",
    280: "Switchboard failed",
    281: "Transfer to switchboard failed",
    300: "Required field missing",
    301: "Too many FND responses",
    302: "Not logged in",
    500: "Internal server error",
    501: "Database server error",
    502: "Command disabled",
    510: "File operation failed",
    520: "Memory allocation failed",
    540: "Wrong CHL value",
    600: "Server is busy",
    601: "Server is unavailable",
    602: "Peer nameserver is down",
    603: "Database connection failed",
    604: "Server is going down",
    605: "Server unavailable",
    707: "Could not create connection",
    710: "Invalid CVR parameters",
    711: "Write is blocking",
    712: "Session is overloaded",
    713: "Too many active users",
    714: "Too many sessions",
    715: "Not expected",
    717: "Bad friend file",
    731: "Not expected",
    800: "Requests too rapid",
    911: "Authentication failed",
    913: "Not allowed when offline",
    920: "Not accepting new users",
    923: "No parent consent",
    924: "Passport account not yet verified",
} | dict.fromkeys((910, 912, *range(914, 920), 921, 922), "Server too busy")

STATUS = {
    "NLN": "Online",
    "FLN": "Offline",
    "HDN": "Appear Offline",
    "IDL": "Idle",
    "AWY": "Away",
    "BSY": "Busy",
    "BRB": "Be Right Back",
    "PHN": "On the Phone",
    "LUN": "Out to Lunch",
}

METHODS = {
    "MSNMessage": "setHeader(header, value) getHeader(header) hasHeader(header) "
    "getMessage() setMessage(message)",
    "MSNContact": "setPhone(phoneType, value) addToList(listType) "
    "removeFromList(listType)",
    "MSNContactList": "addContact(contact) remContact(userHandle) "
    "removeContact(listType, contact) getContact(userHandle) getBlockedContacts() "
    "getAuthorizedContacts() getReverseContacts() getContacts() setGroup(id, name) "
    "remGroup(id)",
    "MSNEventBase": "checkMessage(message) gotMessage(message) "
    "handle_UNKNOWN(cmd, params) gotBadLine(line, why) gotError(errorCode)",
    "MSNDispatchClient": "gotNotificationReferral(host, port) gotReferral(host, port)",
    "MSNNotificationClient": "changeStatus(status) requestList(listType) "
    "setPrivacyMode(privLevel) syncList(version) requestListGroups() "
    "setPhoneDetails(phoneType, value) addListGroup(name) remListGroup(groupID) "
    "renameListGroup(groupID, newName) addContact(listType, userHandle) "
    "remContact(listType, userHandle) changeScreenName(newName) "
    "requestSwitchboardServer() logOut() loggedIn(userHandle, screenName, verified) "
    "loginFailure(message) gotProfile(message) statusChanged(statusCode) "
    "gotContactStatus(statusCode, userHandle, screenName) "
    "contactStatusChanged(statusCode, userHandle, screenName) "
    "contactOffline(userHandle) "
    "gotPhoneNumber(listVersion, userHandle, phoneType, number) "
    "userAddedMe(userHandle, screenName, listVersion) "
    "userRemovedMe(userHandle, listVersion) "
    "gotSwitchboardInvitation(sessionID, host, port, key, userHandle, screenName) "
    "multipleLogin() serverGoingDown() gotMessage(message) gotError(errorCode) "
    "gotBadLine(line, why) handle_UNKNOWN(cmd, params)",
    "MSNSwitchboardClient": "inviteUser(userHandle) sendMessage(message) "
    "sendTypingNotification() sendFileInvitation(fileName, fileSize) "
    "fileInvitationReply(iCookie) "
    "sendTransferInfo(accept, iCookie, authCookie, ip, port) loggedIn() "
    "gotChattingUsers(users) userJoined(userHandle, screenName) userLeft(userHandle) "
    "gotMessage(message) userTyping(message) "
    "gotSendRequest(fileName, fileSize, iCookie, message)",
    "MSNFileReceive": "gotSegment(data)",
    "PassportNexus": "",
    "PassportLogin": "",
    "NotificationFactory": "buildProtocol(argd)",
    "DispatchFactory": "buildProtocol(argd)",
    "SwitchboardFactory": "buildProtocol(argd)",
    "MSNFileSend": "",
    "SSLRequired": "",
}

LISTED = [
    (owner, entry)
    for owner, text in METHODS.items()
    for entry in text.split(") ")
    if entry
]


@pytest.mark.parametrize(("name", "value"), CONSTANTS.items())
def test_a_constant_has_its_value(name: str, value: Any) -> None:
    assert getattr(MSN, name) == value


@pytest.mark.parametrize(("code", "text"), ERRORS.items())
def test_an_error_has_its_text(code: int, text: str) -> None:
    assert MSN.errorCodes[code] == text
    assert str(MSNCommandFailed(code)) == f"{text} ({code})"


@pytest.mark.parametrize(("code", "text"), STATUS.items())
def test_a_state_has_its_text(code: str, text: str) -> None:
    assert MSN.statusCodes[code] == text


def test_there_are_no_other_states() -> None:
    assert set(MSN.statusCodes) == set(STATUS)


def test_the_tables_lead_both_ways() -> None:
    assert [MSN.listIDToCode[bit] for bit in (1, 2, 4, 8)] == ["fl", "al", "bl", "rl"]
    assert {MSN.listCodeToID[code]: code for code in MSN.listCodeToID} == (
        MSN.listIDToCode
    )
    guid = MSN.classNameToGUID["file transfer"]
    assert guid == "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"
    assert MSN.guidToClassName[guid] == "file transfer"


@pytest.mark.parametrize(("owner", "entry"), LISTED)
def test_a_method_is_there_and_takes_what_it_took(owner: str, entry: str) -> None:
    name, _, arguments = entry.partition("(")
    method = getattr(getattr(MSN, owner), name)
    found = [
        parameter.name
        for parameter in inspect.signature(method).parameters.values()
        if parameter.default is parameter.empty and parameter.name != "self"
    ]
    assert found == [each for each in arguments.rstrip(")").split(", ") if each]


def test_listsynchronized_takes_anything() -> None:
    method = MSN.MSNNotificationClient.listSynchronized
    kinds = [each.kind.name for each in inspect.signature(method).parameters.values()]
    assert kinds[-1] == "VAR_POSITIONAL"


def test_the_later_names_of_the_classes_are_there() -> None:
    for name in ("Dispatch", "Notification", "Switchboard"):
        assert getattr(MSN, f"{name}Client") is getattr(MSN, f"MSN{name}Client")
    assert MSN.FileSend is MSN.MSNFileSend
    assert MSN.FileReceive is MSN.MSNFileReceive


def test_all_names_are_there() -> None:
    for name in MSN.__all__:
        assert hasattr(MSN, name), name


ATTRIBUTES: list[tuple[str, tuple[Any, ...], str]] = [
    ("MSNMessage", (), "ack headers MESSAGE_ACK MESSAGE_NACK MESSAGE_ACK_NONE"),
    ("MSNMessage", (), "length userHandle screenName"),
    ("MSNContact", (), "homePhone workPhone mobilePhone hasPager"),
    ("MSNContact", (), "userHandle screenName lists groups status listType group"),
    ("MSNContactList", (), "contacts version groups autoAdd privacy"),
    (
        "MSNContactList",
        (),
        "authorizedContacts reverseContacts blockedContacts",
    ),
    ("MSNEventBase", (), "ids currentID connected currentMessage"),
    ("MSNDispatchClient", (), "userHandle ids currentID connected currentMessage"),
    (
        "MSNNotificationClient",
        (),
        "userHandle screenName password ids currentID connected currentMessage "
        "contacts status",
    ),
    (
        "MSNSwitchboardClient",
        (),
        "key userHandle screenName reply sessionID cookies ids",
    ),
    (
        "NotificationFactory",
        (),
        "contacts userHandle screenName password passportServer status",
    ),
    (
        "MSNFileReceive",
        (7, "bob@example.com", io.BytesIO()),
        "fileSize connected completed bytesReceived",
    ),
    (
        "MSNFileSend",
        (io.BytesIO(b"abc"),),
        "auth fileSize bytesSent completed connected targetUser segmentSize",
    ),
    ("MSNCommandFailed", (217,), "errorCode"),
]


@pytest.mark.parametrize(
    ("owner", "arguments", "name"),
    [
        (owner, arguments, name)
        for owner, arguments, names in ATTRIBUTES
        for name in names.split()
    ],
)
def test_an_attribute_is_there(
    owner: str, arguments: tuple[Any, ...], name: str
) -> None:
    assert hasattr(getattr(MSN, owner)(*arguments), name)


@pytest.mark.parametrize("owner", sorted(METHODS))
def test_a_class_is_there(owner: str) -> None:
    assert inspect.isclass(getattr(MSN, owner))
    assert owner in MSN.__all__


DEFAULTS: list[tuple[str, dict[str, Any]]] = [
    ("MSNMessage", {"length": 0, "userHandle": "", "screenName": "", "message": ""}),
    ("MSNContact", {"userHandle": "", "screenName": "", "lists": 0, "status": None}),
    ("MSNContact", {"listType": None, "group": None}),
    ("MSNContactList.addContact", {"force": 0}),
    ("MSNNotificationClient", {"currentID": 0}),
    ("MSNNotificationClient.addContact", {"groupID": 0}),
    ("MSNSwitchboardClient.fileInvitationReply", {"accept": 1}),
    ("MSNFileReceive", {"directory": "", "overwrite": 0}),
    ("checkParamLen", {"error": None}),
]


@pytest.mark.parametrize(("path", "defaults"), DEFAULTS)
def test_an_argument_has_the_default_that_it_had(
    path: str, defaults: dict[str, Any]
) -> None:
    found: Any = MSN
    for name in path.split("."):
        found = getattr(found, name)
    parameters = inspect.signature(found).parameters
    assert {name: parameters[name].default for name in defaults} == defaults


FIRST = {"FORWARD_LIST": "fl", "ALLOW_LIST": "al", "BLOCK_LIST": "bl"} | {
    "REVERSE_LIST": "rl"
}


@pytest.mark.parametrize(("name", "old"), FIRST.items())
def test_a_list_may_be_named_as_the_first_generation_did(name: str, old: str) -> None:
    bit = getattr(MSN, name)
    contact = MSNContact("a@x.org", "A", listType=old)
    assert contact.lists == bit
    contact.removeFromList(old)
    contact.addToList(old)
    assert contact.lists == bit


def test_the_exceptions_are_of_one_family() -> None:
    assert issubclass(MSNProtocolError, Exception)
    assert issubclass(MSNCommandFailed, MSN.RequestFailed)
    assert issubclass(MSN.SSLRequired, Exception)


def test_a_notification_client_counts_on_from_the_number_it_is_given() -> None:
    assert MSN.MSNNotificationClient(41).currentID == 41
    assert MSN.MSNNotificationClient(currentID=41)._newID() == 42


def test_the_cookies_of_a_conversation_have_their_two_kinds() -> None:
    assert MSN.MSNSwitchboardClient().cookies == {"iCookies": {}, "external": {}}


def test_a_factory_gives_its_clients_what_it_has() -> None:
    factory = MSN.NotificationFactory(
        "a@x.org", "word", "Ann", "http://nexus.example.net", "NLN"
    )
    client = factory.buildProtocol()
    assert isinstance(client, MSN.MSNNotificationClient)
    assert (client.userHandle, client.password) == ("a@x.org", "word")
    assert client.passportServer == "http://nexus.example.net"
    assert client.contacts is factory.contacts
    assert client.status == "NLN"
    assert MSN.NotificationFactory().status == "FLN"
    assert MSN.DispatchFactory("a@x.org").buildProtocol().userHandle == "a@x.org"
    room = MSN.SwitchboardFactory("a@x.org").buildProtocol(key="k", reply=1)
    assert (room.userHandle, room.key, room.reply) == ("a@x.org", "k", 1)


def test_a_factory_may_make_clients_of_another_class() -> None:
    class Mine(MSN.MSNNotificationClient):
        pass

    factory = MSN.NotificationFactory("a@x.org")
    factory.protocol = Mine
    assert isinstance(factory.buildProtocol(), Mine)
    line = factory.connect("127.0.0.1", 9)
    assert line.components["client"].host == "127.0.0.1"


# Messages.


def test_a_message_has_the_defaults_of_old() -> None:
    message = MSNMessage()
    assert message.ack == MSNMessage.MESSAGE_ACK == "A"
    assert (MSNMessage.MESSAGE_NACK, MSNMessage.MESSAGE_ACK_NONE) == ("N", "U")
    assert message.getHeader("MIME-Version") == "1.0"
    assert message.getHeader("Content-Type").startswith("text/plain")
    assert (message.length, message.userHandle, message.screenName) == (0, "", "")
    assert MSNMessage(5, "a@x.org", "Ann", "Hello").getMessage() == "Hello"


def test_headers_are_set_and_found_whatever_their_case() -> None:
    message = MSNMessage()
    message.setHeader("X-Test", "a: b: c%20d")
    message.setHeader("x-test", "2: %20")
    assert message.getHeader("X-TEST") == "2: %20"
    assert message.hasHeader("x-Test")
    assert not message.hasHeader("Other")
    with pytest.raises(KeyError):
        message.getHeader("Other")
    message.setMessage("Grüße")
    assert message.toWire().to_bytes().endswith("\r\n\r\nGrüße".encode())


def test_text_goes_out_in_utf_8_whatever_the_header_says() -> None:
    message = MSNMessage(message="ä")
    message.setHeader("Content-Type", "text/plain")
    assert message.toWire().charset == "utf-8"


# Contacts.


def test_a_contact_of_either_generation() -> None:
    late = MSNContact("a@x.org", "Ann", 3, [0, 1], "NLN")
    assert (late.userHandle, late.screenName, late.lists) == ("a@x.org", "Ann", 3)
    assert (late.groups, late.status, late.group) == ([0, 1], "NLN", 0)
    early = MSNContact("a@x.org", "Ann", listType="fl", group=4, status="AWY")
    assert (early.lists, early.listType, early.groups) == (1, "fl", [4])
    assert MSNContact("a@x.org", "Ann", "bl").lists == 4
    first = MSNContact("a@x.org", "Ann", "fl", 0, "NLN")
    assert (first.group, first.groups, first.status) == (0, [0], "NLN")


def test_phones_are_set_by_their_type() -> None:
    contact = MSNContact()
    for kind, name in (
        (MSN.HOME_PHONE, "homePhone"),
        (MSN.WORK_PHONE, "workPhone"),
        (MSN.MOBILE_PHONE, "mobilePhone"),
    ):
        assert getattr(contact, name) is None
        contact.setPhone(kind, "555")
        assert getattr(contact, name) == "555"
    contact.setPhone("mob", "Y")
    assert contact.hasPager is True
    contact.setPhone(MSN.HAS_PAGER, 0)
    assert not contact.hasPager
    with pytest.raises(ValueError, match="XYZ"):
        contact.setPhone("XYZ", "1")


def test_a_contact_list_of_the_later_generation() -> None:
    contacts = MSNContactList()
    ann = MSNContact("Ann@x.org", "Ann", 1 | 2 | 8, [0, 1])
    ben = MSNContact("ben@x.org", "Ben", 4)
    contacts.addContact(ann)
    contacts.addContact(ben)
    assert contacts.getContact("ANN@X.ORG") is ann
    assert list(contacts.getContacts()) == ["ann@x.org"]
    assert list(contacts.getAuthorizedContacts()) == ["ann@x.org"]
    assert list(contacts.getReverseContacts()) == ["ann@x.org"]
    assert list(contacts.getBlockedContacts()) == ["ben@x.org"]
    contacts.setGroup(0, "Other")
    contacts.setGroup("1", "Friends")
    assert contacts.groups == {0: "Other", 1: "Friends"}
    contacts.remContact("BEN@x.org")
    assert contacts.getContact("ben@x.org") is None
    assert (contacts.autoAdd, contacts.privacy, contacts.version) == (0, "al", 0)


def test_a_contact_list_of_the_earlier_generation() -> None:
    contacts = MSNContactList()
    assert contacts.addContact("al", MSNContact("a@x.org", "A")) == 1
    assert contacts.addContact("al", MSNContact("a@x.org", "B")) == 0
    assert contacts.addContact("al", MSNContact("a@x.org", "C"), 1) == 1
    assert contacts.addContact("bl", MSNContact("b@x.org", "B")) == 1
    assert contacts.addContact("rl", MSNContact("b@x.org", "B")) == 1
    assert contacts.authorizedContacts["a@x.org"].screenName == "C"
    assert list(contacts.reverseContacts) == list(contacts.blockedContacts)
    assert contacts.removeContact("bl", "b@x.org") == 1
    assert contacts.removeContact("bl", "b@x.org") == 0
    with pytest.raises(ValueError, match="xl"):
        contacts.addContact("xl", MSNContact("a@x.org"))
    with pytest.raises(ValueError, match="xl"):
        contacts.removeContact("xl", "a@x.org")


# Errors and replies.


def test_the_number_of_parameters_is_checked() -> None:
    checkParamLen(2, 2, "ABC")
    with pytest.raises(MSNProtocolError, match="ABC"):
        checkParamLen(1, 2, "ABC")
    with pytest.raises(MSNProtocolError, match=r"^my own text$"):
        checkParamLen(3, 2, "ABC", "my own text")


def test_a_failed_command_says_text_and_number() -> None:
    error = MSNCommandFailed(217)
    assert str(error) == "User not online (217)"
    assert error.errorCode == 217
    assert error.value is error
    assert error.check(MSNCommandFailed) is MSNCommandFailed
    assert "217" in error.getErrorMessage()
    with pytest.raises(MSNCommandFailed):
        error.trap(ValueError)


def test_callbacks_and_errbacks_take_turns_as_with_a_deferred() -> None:
    seen: list[Any] = []
    reply = Reply("ADD", 1)
    reply.addCallback(lambda value, more: value + more, 5)
    reply.addCallback(seen.append)
    reply.addErrback(lambda error: seen.append("never"))
    reply.callback(37)
    reply.callback(1)
    assert seen == [42]
    failing = Reply("ADD", 2)
    failing.addCallback(seen.append)
    failing.addErrback(lambda error: error.value.errorCode)
    failing.addCallback(seen.append)
    failing.errback(MSNCommandFailed(215, "ADD"))
    assert seen == [42, 215]
    both = Reply()
    both.callback("x")
    both.addBoth(seen.append)
    assert seen == [42, 215, "x"]


def test_a_callback_may_return_another_reply() -> None:
    first, second = Reply(), Reply()
    seen: list[Any] = []
    first.addCallback(lambda _: second).addCallback(seen.append)
    first.callback(1)
    assert not first.done
    second.callback(2)
    assert seen == [2]


def test_a_result_that_is_not_there_is_no_result() -> None:
    with pytest.raises(LocalProtocolError, match="ADD"):
        _ = Reply("ADD").result


def test_the_helpers_of_passport() -> None:
    value = "Passport1.4 da-status=success,from-PP='t=a,b&p=c',x"
    assert MSN._parseHeader("authentication-info", value) == {
        "da-status": "success",
        "from-pp": "t=a,b&p=c",
        "x": "",
    }
    assert MSN._parseHeader("other", "a=b") == "a=b"
    assert MSN._parsePrimitiveHost("https://a.example.net/b/c") == (
        "a.example.net",
        "/b/c",
    )
    assert MSN._parsePrimitiveHost("a.example.net/b") == ("a.example.net", "/b")
