import pytest

from Kamaelia import Exceptions, KamaeliaExceptions
from Kamaelia.BaseIPC import IPC


class UserJoined(IPC):
    "%(name)s joined %(room)s"

    Parameters = ["name", "?room"]


def test_parameters_are_attributes_and_text() -> None:
    message = UserJoined(name="ann", room="lobby")
    assert vars(message) == {"name": "ann", "room": "lobby"}
    assert str(message) == "ann joined lobby"
    assert str(UserJoined(name="ann")) == "ann joined None"


@pytest.mark.parametrize(
    ("given", "text"),
    [({}, "lacks name"), ({"name": 1, "age": 2}, "no parameter age")],
)
def test_wrong_parameters_are_refused(given: dict[str, int], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        UserJoined(**given)


def test_errors_have_their_two_paths() -> None:
    assert Exceptions.BadRequest is KamaeliaExceptions.BadRequest
    assert issubclass(Exceptions.connectionDiedSending, Exceptions.connectionClosedown)
    error = Exceptions.BadRequest("GET", ValueError("x"))
    assert (error.request, str(error.exception)) == ("GET", "x")
