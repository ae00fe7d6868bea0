"""Graphlines for common purposes, ready made."""

from typing import Any

from Kamaelia.Chassis.Graphline import Graphline

__all__ = ["JoinChooserToCarousel"]


def JoinChooserToCarousel(chooser: Any, carousel: Any) -> Graphline:
    """A carousel whose next components a chooser names.

    Args:
        chooser: sends choices to `outbox`, takes "NEXT" on `inbox`.
        carousel: takes choices on `next`, sends "NEXT" on `requestNext`.
    """
    return Graphline(
        chooser=chooser,
        carousel=carousel,
        linkages={
            # choices and requests for them
            ("chooser", "outbox"): ("carousel", "next"),
            ("carousel", "requestNext"): ("chooser", "inbox"),
            # in and out
            ("", "inbox"): ("carousel", "inbox"),
            ("carousel", "outbox"): ("", "outbox"),
            # shutdown
            ("", "control"): ("chooser", "control"),
            ("chooser", "signal"): ("carousel", "control"),
            ("carousel", "signal"): ("", "signal"),
        },
    )


__kamaelia_prefabs__ = (JoinChooserToCarousel,)
