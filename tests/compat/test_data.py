"""Headers with a body, request lines, fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.KamaeliaExceptions import BadRequest
from Kamaelia.Support.Data.MimeDict import MimeDict
from Kamaelia.Support.Data.MimeObject import mimeObject
from Kamaelia.Support.Data.Rationals import limit, rational
from Kamaelia.Support.Data.requestLine import requestLine

LETTER = "To: Ann\r\nSubject: a\r\n  long one\r\nTo: Bob\r\nEmpty: \r\n\r\nHello\r\n"


def test_a_letter_is_read_and_written_unchanged() -> None:
    letter = MimeDict.fromString(LETTER)
    assert letter == {
        "To": ["Ann", "Bob"],
        "Subject": "a\r\n  long one",
        "Empty": "",
        "__BODY__": "Hello\r\n",
    }
    assert str(letter) == LETTER


def test_headers_can_be_changed() -> None:
    letter = MimeDict(To="Ann", Cc=[], __BODY__="Hi")
    letter["To"] = ["Bob", "Eve"]
    letter["From"] = "Joe"
    assert str(letter) == "Cc: \r\nTo: Bob\r\nTo: Eve\r\nFrom: Joe\r\n\r\nHi"
    del letter["To"]
    assert str(letter) == "Cc: \r\nFrom: Joe\r\n\r\nHi"


@pytest.mark.parametrize(
    "text", ["Hello", "To: Ann\r\nHello", "To: Ann", "", " a: b\r\n"]
)
def test_a_text_without_a_whole_header_is_all_body(text: str) -> None:
    read = MimeDict.fromString(text)
    assert read == {"__BODY__": text}
    assert str(read) == text


@given(st.text(alphabet="ab: \r\n", max_size=40))
def test_any_text_comes_back(text: str) -> None:
    read = MimeDict.fromString(text)
    assert MimeDict.fromString(str(read)) == read


def test_a_mime_object_says_its_header_and_body() -> None:
    made = mimeObject({"to": ["To", "Ann"]}, "Hello", "GET x")
    assert str(made) == "GET x\nTo: Ann\n\nHello"
    assert mimeObject().header == {}


@pytest.mark.parametrize("user", ["", "ann@", "ann:secret@"])
def test_a_request_line_is_taken_apart_and_put_together(user: str) -> None:
    text = f"GET http://{user}example.com:80/a/b?c=d PROTO/1.1"
    line = requestLine(text)
    assert str(line) == text
    assert (line.domain, line.url) == ("example.com:80", "/a/b?c=d")
    assert (line.method, line.protocol, line.version) == ("GET", "PROTO", "1.1")
    assert line.debug__str__().splitlines()[-1] == "URL     \t:/a/b?c=d"


@pytest.mark.parametrize("text", ["", "GET /x HTTP/1.0", "foo://bar/x PROTO/1.0"])
def test_what_is_no_request_line_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        requestLine(text)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, (0, 1)), (0.75, (3, 4)), (-2.5, (-5, 2)), (1 / 3, (1, 3)), (25, (25, 1))],
)
def test_a_simple_number_is_a_simple_fraction(
    number: float, expected: tuple[int, int]
) -> None:
    assert rational(number) == expected


@given(st.floats(-1e6, 1e6))
def test_a_fraction_is_near_the_number(number: float) -> None:
    assert float(Fraction(*rational(number))) == pytest.approx(number, abs=1e-4)


def test_fractions_are_scaled_into_limits() -> None:
    assert limit((1500, 2000), 80, -80) == (60, 80)
    assert limit((-300, 200), 100, -100) == (-100, 66)
    assert limit((3, 4), 80, -80) == (3, 4)
