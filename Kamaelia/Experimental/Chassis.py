"""Chassis with limited inboxes, under the path where they first appeared."""

from itertools import pairwise
from typing import Any

from Kamaelia.Chassis.Carousel import Carousel
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Chassis.Pipeline import Pipeline as _Pipeline

__all__ = ["Carousel", "Graphline", "InboxControlledCarousel", "Pipeline"]


class Pipeline(_Pipeline):
    """A pipeline in which a number between two components limits the second's inbox.

        Pipeline(Source(), 5, Sink())

    Args:
        components: the chain, with numbers (None for no limit) between, or before the
            first.
        argd: as for Kamaelia.Chassis.Pipeline.Pipeline.
    """

    def __init__(self, *components: Any, **argd: Any) -> None:
        chain = [each for each in components if not _isLimit(each)]
        super().__init__(*chain, **argd)
        for limit, each in pairwise(components):
            if _isLimit(limit) and not _isLimit(each):
                each.setInboxSize("inbox", limit)


def _isLimit(each: Any) -> bool:
    """Return whether something in a chain is the limit of a box."""
    return each is None or isinstance(each, int)


def InboxControlledCarousel(*args: Any, **argd: Any) -> Graphline:
    """Return a Carousel whose `inbox` says what comes next.

    Data for the component inside comes in `data_inbox`. Arguments as for Carousel.
    """
    return Graphline(
        carousel=Carousel(*args, **argd),
        linkages={
            # in
            ("self", "inbox"): ("carousel", "next"),
            ("self", "data_inbox"): ("carousel", "inbox"),
            # out
            ("carousel", "outbox"): ("self", "outbox"),
            ("carousel", "requestNext"): ("self", "requestNext"),
            # shutdown
            ("self", "control"): ("carousel", "control"),
            ("carousel", "signal"): ("self", "signal"),
        },
    )


__kamaelia_components__ = (Pipeline,)
__kamaelia_prefabs__ = (InboxControlledCarousel,)
