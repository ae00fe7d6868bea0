import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.lists import (
    ALLOW_LIST,
    BLOCK_LIST,
    FORWARD_LIST,
    PENDING_LIST,
    REVERSE_LIST,
    is_allowed,
    list_mask,
    list_name,
    list_names,
    listCodeToID,
    listIDToCode,
    parse_list,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError


def test_names_and_bits() -> None:
    assert listIDToCode[1] == "fl"
    assert listCodeToID["rl"] == REVERSE_LIST == 8
    assert parse_list("AL") == parse_list("al") == ALLOW_LIST
    assert list_name(PENDING_LIST) == "PL"
    assert list_names(11) == ("FL", "AL", "RL")
    assert list_names(0) == ()


@given(st.integers(0, 31))
def test_mask_and_names_agree(mask: int) -> None:
    assert list_mask(list_names(mask)) == mask


def test_bad_lists() -> None:
    with pytest.raises(RemoteProtocolError):
        parse_list("XL")
    for bit in (0, 3, 32):
        with pytest.raises(LocalProtocolError):
            list_name(bit)


@pytest.mark.parametrize(
    ("lists", "default", "allowed"),
    [
        (0, "AL", True),
        (0, "BL", False),
        (FORWARD_LIST, "BL", False),
        (ALLOW_LIST, "BL", True),
        (BLOCK_LIST, "AL", False),
        (FORWARD_LIST | BLOCK_LIST, "AL", False),
    ],
)
def test_privacy(lists: int, default: str, allowed: bool) -> None:
    assert is_allowed(lists, default) is allowed
