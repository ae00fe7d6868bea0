"""What a chat shows of an event; both networks' events begin with their kind."""

from collections.abc import Callable
from typing import Any

from Kamaelia.cli.plain_text import plain

__all__ = ["event_line", "is_trouble"]

_TROUBLE = {"error", "disconnected"}


def is_trouble(event: Any) -> bool:
    """Return whether an event says that something did not work."""
    return bool(event) and event[0] in _TROUBLE


def event_line(event: Any) -> str | None:
    """Return what to show of an event on one line; None for what nobody need see.

    Text from the wire is escaped: it cannot look like more than one line.
    """
    kind, values = event[0], event[1:]
    if kind == "message":
        auto = " (automatic)" if getattr(event, "is_auto", False) else ""
        return f"{_name(values[0])}{auto}: {plain(str(values[1]))}"
    if kind == "advice":
        return str(values[0])  # ours, of several lines
    if kind in _TROUBLE:
        return _trouble(event)
    if kind == "buddy changed" and "screen name" in values[0]:
        state = "away" if values[0]["away"] else "online"
        return f"* {_name(values[0]['name'])} is {state}"
    if kind in _VERBS:
        return f"* {_name(values[0]['name'])} {_VERBS[kind]}"
    if kind in _LINES:
        return _LINES[kind](*values)
    return None


def _name(name: Any) -> str:
    return plain(str(name))


def _trouble(event: Any) -> str:
    """Return what did not work, what was asked for, and what happens now."""
    about, seconds = getattr(event, "about", ""), getattr(event, "retry_in", None)
    text = plain(f"{about}: {event[1]}" if about else str(event[1]))
    if seconds is not None:
        text += f"; signing on again in {seconds:.0f} s"
    return text


def _groups(groups: dict[str, list[str]]) -> str:
    """Return a buddy list on one line."""
    parts = [
        f"{_name(group)}: {', '.join(map(_name, names)) or 'nobody'}"
        for group, names in groups.items()
        if group
    ]
    if alone := groups.get(""):
        parts.append(
            f"{'in no group: ' if parts else ''}{', '.join(map(_name, alone))}"
        )
    return f"* your list: {'; '.join(parts) or 'nobody'}"


def _info(buddy: str, profile: str, away: str) -> str:
    """Return what is known of a buddy."""
    words = [f"profile: {plain(profile)}" if profile else "no profile"]
    if away:
        words.append(f"away: {plain(away)}")
    return f"* {_name(buddy)}: {'; '.join(words)}"


def _privacy(mode: str, permitted: list[str], denied: list[str]) -> str:
    """Return who may see one, on one line."""
    lists = (("permitted", permitted), ("denied", denied))
    parts = [
        f"{word}: {', '.join(map(_name, names)) or 'nobody'}" for word, names in lists
    ]
    return f"* who may see you: {plain(mode)}; {'; '.join(parts)}"


def _file_end(number: int, path: str, reason: str) -> str:
    """Return how a transfer ended, and where the file is."""
    where = f" in {plain(path)}" if path else ""
    return f"* file {number}{where}: {plain(reason)}"


_VERBS = {
    "buddy online": "is online",
    "buddy offline": "is offline",
    "buddy away": "is away",
    "buddy back": "is back",
}
_LINES: dict[str, Callable[..., str | None]] = {
    "signed on": lambda name, *_: f"* signed on as {_name(name)}",
    "typing": lambda buddy, state="typing", *_: (
        f"* {_name(buddy)} is typing" if state == "typing" else None
    ),
    "buddy list": lambda groups, *_: _groups(groups),
    "added": lambda buddy, *_: f"* {_name(buddy)} is on your list",
    "removed": lambda buddy, *_: f"* {_name(buddy)} is off your list",
    "permitted": lambda buddy, *_: f"* {_name(buddy)} is on the permit list",
    "unpermitted": lambda buddy, *_: f"* {_name(buddy)} is off the permit list",
    "denied": lambda buddy, *_: f"* {_name(buddy)} is on the deny list",
    "undenied": lambda buddy, *_: f"* {_name(buddy)} is off the deny list",
    "privacy": lambda mode, permitted, denied, *_: _privacy(mode, permitted, denied),
    "offline messages": lambda number, *_: f"* stored messages: {number}",
    "added you": lambda buddy, *_: f"* {_name(buddy)} has you on their list",
    "removed you": lambda buddy, *_: f"* {_name(buddy)} has you on their list no more",
    "personal message": lambda buddy, text, *_: (
        f"* {_name(buddy)} says beside their name: {plain(text)}"
        if text
        else f"* {_name(buddy)} says nothing beside their name"
    ),
    "undelivered": lambda buddy, text, *_: (
        f"* not delivered to {_name(buddy)}: {plain(text)}"
    ),
    "nudge": lambda buddy, *_: f"* {_name(buddy)} nudges you",
    "file offered": lambda buddy, name, size, number, *_: (
        f"* {_name(buddy)} offers a file of {size} bytes: {plain(name)}; "
        f"type accept {number} or cancel {number}"
    ),
    "offering file": lambda buddy, name, size, number, *_: (
        f"* offering {_name(buddy)} a file of {size} bytes: {plain(name)}; "
        f"type cancel {number} to withdraw it"
    ),
    "file ended": lambda number, path, reason, *_: _file_end(number, path, reason),
    "info": lambda buddy, profile, away, *_: _info(buddy, profile, away),
    "notice": lambda text, *_: f"* {plain(str(text))}",
    "missed": lambda sender, number, reason, *_: (
        f"* {number} messages of {_name(sender)} were lost: {plain(str(reason))}"
    ),
    "offer": lambda buddy, what, *_: f"* {_name(buddy)} offers {plain(str(what))}",
    "asks": lambda buddy, reason, *_: f"* {_name(buddy)} asks: {plain(str(reason))}",
    "warned": lambda level, who, *_: (
        f"* {_name(who) or 'somebody'} warned you: {level:g} %"
    ),
}
