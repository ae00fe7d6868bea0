import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire import foodgroups
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    FAMILIES,
    FEEDBAG,
    ICBM,
    OSERVICE,
    FoodGroup,
    SNACType,
    family_name,
    name_of,
)
from Kamaelia.Protocol.AIM.wire.snac import (
    FLAG_MORE,
    FLAG_PREFIX,
    SNAC,
    SNACError,
    SNACHeader,
    next_request_id,
    version_prefix,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError
from tests.aim.wire.dumps import (
    check_cut_short,
    check_only_protocol_errors,
    from_dump,
)

PREFIXED = from_dump("""
0000  00 13 00 0E 80 00 00 00 00 07 00 06 00 01 00 02  ................
0010  00 04 00 00                                      ....
""")

REFUSED = from_dump("""
0000  00 04 00 01 00 00 00 00 00 21 00 04 00 08 00 02  .........!......
0010  00 0E                                            ..
""")


def test_flags_stand_before_the_request_id() -> None:
    header = SNACHeader.from_bytes(bytes.fromhex("0004 0007 8001 80000021"))
    assert header == SNACHeader(4, 7, 0x8001, 0x80000021)
    assert header.type == ICBM.CHANNEL_MSG_TO_CLIENT
    assert header.more


def test_a_prefix_is_kept_apart_from_the_body() -> None:
    snac = SNAC.from_bytes(PREFIXED)
    assert snac.type == FEEDBAG.STATUS
    assert snac.body == b"\0\0"
    assert snac.prefix == version_prefix(4)
    assert snac.to_bytes() == PREFIXED
    made = SNAC.make(FEEDBAG.STATUS, b"\0\0", request_id=7, prefix=version_prefix(4))
    assert made == snac


def test_a_prefix_longer_than_the_snac_is_an_error_with_its_offset() -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        SNAC.from_bytes(bytes.fromhex("0004 0007 8000 00000001 0009 00"))
    assert caught.value.offset == 12


def test_a_prefix_needs_its_flag() -> None:
    with pytest.raises(LocalProtocolError):
        SNAC(SNACHeader(4, 7), b"", b"prefix").to_bytes()


def test_a_plain_pair_names_a_snac_too() -> None:
    assert SNAC.make((4, 6), b"x") == SNAC.make(ICBM.CHANNEL_MSG_TO_HOST, b"x")


def test_an_error_tells_code_and_subcode() -> None:
    snac = SNAC.from_bytes(REFUSED)
    error = SNACError.from_bytes(snac.body)
    assert (error.code, error.subcode) == (4, 0x0E)
    assert error.meaning == "recipient not logged in"
    assert SNACError.make(4, 0x0E).to_bytes() == snac.body
    assert SNACError.make(0x99).meaning == "unknown error 0x99"


def test_a_header_out_of_range_is_the_callers_error() -> None:
    with pytest.raises(LocalProtocolError):
        SNACHeader(1, 2, 0x10000, 0).to_bytes()


def test_every_beginning_of_a_prefixed_snac_is_refused() -> None:
    check_cut_short(SNAC.from_bytes, PREFIXED[:18])


@given(
    st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF)),
    st.binary(max_size=50),
    st.integers(0, 0xFFFF_FFFF),
    st.sampled_from([0, FLAG_MORE, FLAG_PREFIX, FLAG_MORE | FLAG_PREFIX]),
)
def test_what_was_written_is_read(
    kind: tuple[int, int], body: bytes, request_id: int, flags: int
) -> None:
    snac = SNAC.make(kind, body, request_id=request_id, flags=flags)
    assert SNAC.from_bytes(snac.to_bytes()) == snac


@given(st.binary(max_size=60))
def test_random_bytes_raise_only_protocol_errors(data: bytes) -> None:
    check_only_protocol_errors(SNAC.from_bytes, data)


def test_request_ids_of_a_client_stay_below_the_high_bit() -> None:
    assert next_request_id(0) == 1
    assert next_request_id(0x7FFF_FFFE) == 0x7FFF_FFFF
    assert next_request_id(0x7FFF_FFFF) == 1


def test_snacs_have_names() -> None:
    assert name_of(4, 7) == "ICBM CHANNEL_MSG_TO_CLIENT"
    assert str(OSERVICE.HOST_ONLINE) == "OSERVICE HOST_ONLINE"
    assert name_of(4, 0x77) == "ICBM 0x0077"
    assert name_of(0x99, 1) == "0x0099 0x0001"
    assert family_name(0x15) == "ICQ"


def test_every_family_of_the_protocol_has_a_group() -> None:
    wanted = {*range(1, 0x11), 0x13, 0x15, 0x17, 0x18, 0x22, 0x24, 0x25, 0x44A, 0x50C}
    assert set(FAMILIES) == wanted
    for name in foodgroups.__all__:
        group = getattr(foodgroups, name)
        if isinstance(group, type) and issubclass(group, FoodGroup):
            kinds = [v for v in vars(group).values() if isinstance(v, SNACType)]
            assert len(set(kinds)) == len(kinds)
            assert all(kind.family == group.FAMILY for kind in kinds if kinds)
