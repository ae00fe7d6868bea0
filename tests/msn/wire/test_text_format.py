import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.text_format import TextFormat
from Kamaelia.Protocol.wire.errors import LocalProtocolError


def test_a_format_of_the_clients_both_ways() -> None:
    header = "FN=Segoe%20UI; EF=BI; CO=ff; CS=0; PF=22"
    look = TextFormat(
        font="Segoe UI", bold=True, italic=True, color=(255, 0, 0), pitch=0x22
    )
    assert TextFormat.parse(header) == look
    assert look.to_header() == header


def test_right_to_left_in_hebrew() -> None:
    header = "FN=David; EF=US; CO=808080; CS=b1; PF=12; RL=1"
    look = TextFormat.parse(header)
    assert (look.right_to_left, look.charset, look.effects) == (True, 0xB1, "US")
    assert look.to_header() == header


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("0", (0, 0, 0)),
        ("ff0000", (0, 0, 255)),
        ("ffff", (255, 255, 0)),
        ("ff00", (0, 255, 0)),
        ("80ff", (255, 128, 0)),
        ("800080", (128, 0, 128)),
        ("000000FF", (255, 0, 0)),
        ("0x12", (0, 0, 0)),
        ("-1", (0, 0, 0)),
        ("", (0, 0, 0)),
        ("9" * 5000, (0, 0, 0)),
    ],
)
def test_colours_have_red_last(text: str, color: tuple[int, int, int]) -> None:
    assert TextFormat.parse(f"CO={text}").color == color


def test_any_order_and_spacing_and_what_is_missing() -> None:
    look = TextFormat.parse("ef=u;CO=ff ; fn=a%3Bb;;RL=0;X")
    assert look == TextFormat(font="a;b", underline=True, color=(255, 0, 0))
    assert TextFormat.parse("") == TextFormat()


bytes_ = st.integers(0, 255)


@given(
    st.builds(
        TextFormat,
        st.text(st.characters(exclude_categories=["Cs"]), max_size=31),
        *[st.booleans()] * 4,
        st.tuples(bytes_, bytes_, bytes_),
        bytes_,
        bytes_,
        st.booleans(),
    )
)
def test_formats_come_back(look: TextFormat) -> None:
    assert TextFormat.parse(look.to_header()) == look


@given(st.text() | st.text("FNECOSPRL=; %0f"))
def test_any_header_is_a_format(value: str) -> None:
    TextFormat.parse(value)


@pytest.mark.parametrize(
    "look",
    [
        TextFormat(font="x" * 32),
        TextFormat(color=(256, 0, 0)),
        TextFormat(charset=-1),
        TextFormat(pitch=256),
    ],
)
def test_what_no_header_can_say(look: TextFormat) -> None:
    with pytest.raises(LocalProtocolError):
        look.to_header()
