"""Messages with named parameters, as a base for one's own.

class UserJoined(IPC):
"%(name)s joined %(room)s"
Parameters = ["name", "?room"]

UserJoined(name="ann")
"""

from typing import Any

__all__ = ["IPC"]


class IPC:
    """A message whose parameters are attributes.

    Its text is the docstring of its class, with the parameters put in by name.

    Args:
        kwds: the parameters; `Parameters` of the class lists their names, those of
            optional ones with a question mark before. Optional ones are None if not
            given.

    Raises:
        ValueError: a parameter is missing, or there is no such parameter.
    """

    Parameters: list[str] = []

    def __init__(self, **kwds: Any) -> None:
        optional = {name[1:] for name in self.Parameters if name.startswith("?")}
        required = {name for name in self.Parameters if not name.startswith("?")}
        kind = type(self).__name__
        if missing := sorted(required - kwds.keys()):
            raise ValueError(f"{kind} lacks {', '.join(missing)}")
        if unknown := sorted(kwds.keys() - required - optional):
            raise ValueError(f"{kind} has no parameter {', '.join(unknown)}")
        self.__dict__.update(dict.fromkeys(optional), **kwds)

    def __str__(self) -> str:
        return (type(self).__doc__ or "") % self.__dict__
