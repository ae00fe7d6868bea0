"""Postoffices make and cut linkages and remember those they made."""

from typing import Any

from Axon.Linkage import linkage

__all__ = ["postoffice"]

FEW = 32  # linkages up to which looking through all of them is quick


class postoffice:
    """The linkages that one component made, between any components.

    Making, cutting and looking up cost the same however many there are: with many, it
    keeps an index of which touch a component.
    """

    __slots__ = ("_linkages", "_touching", "debugname")

    def __init__(self, debugname: str = "") -> None:
        self.debugname = debugname + ":debug " if debugname else ""
        self._linkages: dict[linkage, None] = {}
        self._touching: dict[Any, dict[linkage, None]] | None = None  # few: no index

    @property
    def linkages(self) -> list[linkage]:
        """The linkages made here and not cut, oldest first."""
        return list(self._linkages)

    def __str__(self) -> str:
        return f"{{{{ POSTOFFICE: {self.debugname}links {self.linkages} }}}}"

    def link(
        self,
        source: tuple[Any, str],
        sink: tuple[Any, str],
        *optionalargs: Any,
        **kwoptionalargs: Any,
    ) -> linkage:
        """Join two boxes, each given as (component, box name).

        Further arguments are those of `linkage`: passthrough, pipewidth, synchronous.

        Raises:
            BadLinkage: a component has no such box.
            BoxAlreadyLinkedToDestination: the source box leads somewhere already.
        """
        thecomponent, sourcebox = source
        sinkcomponent, sinkbox = sink
        made = linkage(
            thecomponent,
            sinkcomponent,
            sourcebox,
            sinkbox,
            *optionalargs,
            **kwoptionalargs,
        )
        made.join()
        self._linkages[made] = None
        if self._touching is not None:
            self._enter(made, self._touching)
        elif len(self._linkages) > FEW:
            self._touching = {}
            for each in self._linkages:
                self._enter(each, self._touching)
        return made

    def _enter(self, made: linkage, index: dict[Any, dict[linkage, None]]) -> None:
        """Put a linkage into the index."""
        for end in (made.source, made.sink):
            index.setdefault(end, {})[made] = None

    def unlink(
        self, thecomponent: Any = None, thelinkage: linkage | None = None
    ) -> None:
        """Cut the linkages made here that touch a component, or one linkage.

        What is unknown here is ignored.
        """
        if thelinkage is not None and thelinkage in self._linkages:
            self._cut(thelinkage)
        if thecomponent is not None:
            for made in self._touchingOne(thecomponent):
                self._cut(made)

    def _touchingOne(self, thecomponent: Any) -> list[linkage]:
        """Return the linkages made here that touch a component."""
        if self._touching is not None:
            return list(self._touching.get(thecomponent, ()))
        return [
            made
            for made in self._linkages
            if made.source is thecomponent or made.sink is thecomponent
        ]

    def _cut(self, made: linkage) -> None:
        """Cut one linkage and forget it."""
        del self._linkages[made]
        if self._touching is not None:
            for end in {made.source, made.sink}:
                touching = self._touching[end]
                del touching[made]
                if not touching:
                    del self._touching[end]
        made.part()

    def unlinkAll(self) -> None:
        """Cut every linkage made here, the newest first."""
        for made in reversed(list(self._linkages)):
            self._cut(made)

    def deregisterlinkage(
        self, thecomponent: Any = None, thelinkage: linkage | None = None
    ) -> None:
        """Cut linkages: the old name of `unlink`."""
        self.unlink(thecomponent, thelinkage)

    def islinkageregistered(self, thelinkage: linkage) -> int:
        """Return how often a linkage is known here: 0 or 1."""
        return int(thelinkage in self._linkages)
