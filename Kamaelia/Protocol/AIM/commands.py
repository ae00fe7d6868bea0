"""What an AIM client is told to do: tuples that begin with a word. Does no I/O.

    ("message", buddy, text)          send plain text
    ("html", buddy, html)             send HTML
    ("auto reply", buddy, text)       the same as "message", marked as automatic
    ("store", buddy, text)            "message"; the server keeps it if buddy is offline
    ("typing", buddy[, state])        "typing" (if left out), "typed", "stopped"
    ("away", text), ("back",)         plain text
    ("idle", seconds)                 idle for so long already; 0 is back
    ("available", text)               the available message; empty for none
    ("profile", html)
    ("add", buddy[, group])           to the list on the server, if it keeps one
    ("remove", buddy)                 from every group
    ("list",)                         tell the buddy list
    ("privacy",)                      tell who may see me, and the lists
    ("privacy", mode)                 "everybody", "nobody", "permitted" (only these),
                                      "not denied" (all but these), "buddies"
    ("permit", buddy)                 on the permit list; ends "nobody"
    ("unpermit", buddy)
    ("deny", buddy)                   on the deny list; ends "everybody"
    ("undeny", buddy)
    ("offline messages",)             tell what the server stored for us
    ("info", buddy)                   tell profile and away message
    ("warn", buddy[, anonymous])
    ("ask", buddy[, reason])          may I add you? (ICQ)
    ("authorise", buddy[, granted[, reason]])   answers "asks"

What cannot be done becomes an ("error", text) event.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from Kamaelia.Protocol.AIM.actions import Action, Tell
from Kamaelia.Protocol.AIM.chat import BuddyNote, Chat
from Kamaelia.Protocol.AIM.events import Failure
from Kamaelia.Protocol.AIM.messages import MessageNote, make_message, make_typing
from Kamaelia.Protocol.AIM.privacy import mode_named
from Kamaelia.Protocol.AIM.wire.bart import status_text
from Kamaelia.Protocol.AIM.wire.feedbag_rights import (
    AuthorisationReply,
    AuthorisationRequest,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import FEEDBAG, ICBM, LOCATE, OSERVICE
from Kamaelia.Protocol.AIM.wire.html import to_html
from Kamaelia.Protocol.AIM.wire.icbm_control import EvilRequest
from Kamaelia.Protocol.AIM.wire.locate import SetInfo, UserInfoQuery2
from Kamaelia.Protocol.AIM.wire.own_info import IdleNotification, SetUserInfo
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin
from Kamaelia.Protocol.AIM.wire.user_info import (
    STATUS_AWAY,
    STATUS_DC_DISABLED,
    STATUS_ONLINE,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = ["obey"]


def obey(chat: Chat, command: Any) -> list[Action]:
    """Return what a command asks for; for one that makes no sense, an error event."""
    word = command[0] if isinstance(command, Sequence) and command else command
    rule = _RULES.get(word) if isinstance(word, str) else None
    if rule is None or isinstance(command, str):
        known = ", ".join(sorted(_RULES))
        return _refuse(f"no command: {command!r}; there are {known}")
    function, kinds, least = rule
    given = command[1:]
    if not least <= len(given) <= len(kinds) or not all(
        isinstance(value, kind) for value, kind in zip(given, kinds, strict=False)
    ):
        return _refuse(f"the command {word!r} cannot be told {tuple(given)!r}")
    try:
        return function(chat, *given)
    except LocalProtocolError as error:
        buddy = given[0] if given and isinstance(given[0], str) else ""
        return _refuse(str(error), buddy)


def _refuse(text: str, buddy: str = "") -> list[Action]:
    return [Tell(Failure.of(text, buddy=buddy))]


def _send(chat: Chat, buddy: str, text: str, **how: bool) -> list[Action]:
    body = make_message(buddy, text, **how)
    note = MessageNote(buddy, text, is_acked=not how.get("is_auto", False))
    return [chat.ask(ICBM.CHANNEL_MSG_TO_HOST, body, note)]


def _html(chat: Chat, buddy: str, text: str) -> list[Action]:
    return _send(chat, buddy, text, is_html=True)


def _auto_reply(chat: Chat, buddy: str, text: str) -> list[Action]:
    return _send(chat, buddy, text, is_auto=True)


def _store(chat: Chat, buddy: str, text: str) -> list[Action]:
    return _send(chat, buddy, text, store=True)


def _typing(chat: Chat, buddy: str, state: str = "typing") -> list[Action]:
    return [chat.ask(ICBM.CLIENT_EVENT, make_typing(buddy, state), BuddyNote(buddy))]


def _away(chat: Chat, text: str) -> list[Action]:
    """Set an away message; ICQ users show it in their status as well."""
    body = SetInfo.make(away=to_html(text)).to_bytes()
    actions: list[Action] = [chat.ask(LOCATE.SET_INFO, body)]
    if is_uin(chat.session.screen_name):
        status = STATUS_DC_DISABLED | (STATUS_AWAY if text else STATUS_ONLINE)
        fields = SetUserInfo.make(status).to_bytes()
        actions.append(chat.ask(OSERVICE.SET_USERINFO_FIELDS, fields))
    return actions


def _back(chat: Chat) -> list[Action]:
    return _away(chat, "")


def _idle(chat: Chat, seconds: int) -> list[Action]:
    body = IdleNotification(seconds).to_bytes()
    return [chat.ask(OSERVICE.IDLE_NOTIFICATION, body)]


def _available(chat: Chat, text: str) -> list[Action]:
    body = SetUserInfo.make(barts=[status_text(text)]).to_bytes()
    return [chat.ask(OSERVICE.SET_USERINFO_FIELDS, body)]


def _profile(chat: Chat, html: str) -> list[Action]:
    return [chat.ask(LOCATE.SET_INFO, SetInfo.make(profile=html).to_bytes())]


def _add(chat: Chat, buddy: str, group: str = "Buddies") -> list[Action]:
    return chat.roster.add(buddy, group)


def _remove(chat: Chat, buddy: str) -> list[Action]:
    return chat.roster.remove(buddy)


def _list(chat: Chat) -> list[Action]:
    return [chat.roster.told()]


def _privacy(chat: Chat, mode: str = "") -> list[Action]:
    if not mode:
        return [chat.roster.privacy_told()]
    return chat.roster.choose(mode_named(mode))


def _permit(chat: Chat, buddy: str, *, wanted: bool) -> list[Action]:
    return chat.roster.permit(buddy, wanted)


def _deny(chat: Chat, buddy: str, *, wanted: bool) -> list[Action]:
    return chat.roster.deny(buddy, wanted)


def _offline_messages(chat: Chat) -> list[Action]:
    return chat.mail.ask()


def _info(chat: Chat, buddy: str) -> list[Action]:
    body = UserInfoQuery2(buddy).to_bytes()
    return [chat.ask(LOCATE.USER_INFO_QUERY2, body, BuddyNote(buddy))]


def _warn(chat: Chat, buddy: str, anonymous: bool = False) -> list[Action]:
    body = EvilRequest(buddy, anonymous).to_bytes()
    return [chat.ask(ICBM.EVIL_REQUEST, body, BuddyNote(buddy))]


def _ask(chat: Chat, buddy: str, reason: str = "") -> list[Action]:
    body = AuthorisationRequest(buddy, reason).to_bytes()
    return [chat.ask(FEEDBAG.REQUEST_AUTHORIZE_TO_HOST, body, BuddyNote(buddy))]


def _authorise(
    chat: Chat, buddy: str, granted: bool = True, reason: str = ""
) -> list[Action]:
    body = AuthorisationReply(buddy, granted, reason).to_bytes()
    return [chat.ask(FEEDBAG.RESPOND_AUTHORIZE_TO_HOST, body, BuddyNote(buddy))]


# Word -> function, kinds of its arguments, how many must be there.
_RULES: dict[str, tuple[Callable[..., list[Action]], tuple[type, ...], int]] = {
    "message": (_send, (str, str), 2),
    "html": (_html, (str, str), 2),
    "auto reply": (_auto_reply, (str, str), 2),
    "store": (_store, (str, str), 2),
    "typing": (_typing, (str, str), 1),
    "away": (_away, (str,), 1),
    "back": (_back, (), 0),
    "idle": (_idle, (int,), 1),
    "available": (_available, (str,), 1),
    "profile": (_profile, (str,), 1),
    "add": (_add, (str, str), 1),
    "remove": (_remove, (str,), 1),
    "list": (_list, (), 0),
    "privacy": (_privacy, (str,), 0),
    "permit": (partial(_permit, wanted=True), (str,), 1),
    "unpermit": (partial(_permit, wanted=False), (str,), 1),
    "deny": (partial(_deny, wanted=True), (str,), 1),
    "undeny": (partial(_deny, wanted=False), (str,), 1),
    "offline messages": (_offline_messages, (), 0),
    "info": (_info, (str,), 1),
    "warn": (_warn, (str, bool), 1),
    "ask": (_ask, (str, str), 1),
    "authorise": (_authorise, (str, bool, str), 1),
}
