import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.oft import (
    NO_CHECKSUM,
    OFTHeader,
    OFTType,
    checksum,
    header_length,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, ProtocolError
from tests.aim.wire.captures import place
from tests.helpers.pcap import load_flows

u16, u32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
headers = st.builds(
    OFTHeader,
    type=u16,
    cookie=st.binary(min_size=8, max_size=8),
    total_files=u16,
    total_size=u32,
    size=u32,
    checksum=u32,
    bytes_received=u32,
    id_string=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=32),
    flags=st.integers(0, 255),
    raw_name=st.binary(max_size=100).map(lambda name: name.replace(b"\0", b"")),
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", 0xFFFF0000), (b"hello", 0xBC2D0000), (b"abc" * 1000, 0x87870000)],
)
def test_checksums_are_those_of_the_clients(data: bytes, expected: int) -> None:
    assert checksum(data) == expected


@given(st.binary(max_size=300), st.integers(0, 300))
def test_a_checksum_can_go_on_where_another_ended(data: bytes, cut: int) -> None:
    cut = min(cut, len(data))
    first = checksum(data[:cut])
    whole = checksum(data[cut:], first, cut)
    zero = {0, NO_CHECKSUM}
    assert whole == checksum(data) or {whole, checksum(data)} == zero


def test_a_captured_transfer_is_read_and_written_as_it_was() -> None:
    folder = place("aim-puzzle1")
    flow = load_flows(folder / "aim-puzzle1.pcap")[5]
    data = flow.data("s2c")
    prompt = OFTHeader.from_bytes(data[:256])
    assert prompt.type == OFTType.PROMPT
    assert (prompt.name, prompt.size) == ("recipe.docx", 12008)
    assert prompt.to_bytes() == data[:256]
    assert checksum(data[256:]) == prompt.checksum
    answers = flow.data("c2s")
    done = OFTHeader.from_bytes(answers[256:])
    assert done.type == OFTType.DONE
    assert done.recv_checksum == prompt.checksum
    assert done.to_bytes() == answers[256:]


@given(headers)
def test_a_header_is_read_as_it_was_written(header: OFTHeader) -> None:
    data = header.to_bytes()
    assert header_length(data[:6]) == len(data) >= 256
    assert OFTHeader.from_bytes(data) == header


@given(st.binary(max_size=300))
@settings(max_examples=50)
def test_random_bytes_raise_only_protocol_errors(data: bytes) -> None:
    for bad in (data, b"OFT2\x01\x00" + data):
        try:
            OFTHeader.from_bytes(bad)
        except ProtocolError:
            continue


def test_names_keep_their_folders_and_letters() -> None:
    assert OFTHeader(OFTType.PROMPT, raw_name=b"a\x01b.txt").name == "a/b.txt"
    wide = OFTHeader(OFTType.PROMPT, charset=2, raw_name="né".encode("utf-16-be"))
    assert OFTHeader.from_bytes(wide.to_bytes()).name == "né"


def test_what_does_not_fit_is_refused() -> None:
    for bad in (
        OFTHeader(OFTType.ACK, cookie=b"short"),
        OFTHeader(OFTType.ACK, raw_name=bytes(5000)),
        OFTHeader(OFTType.ACK, id_string="x" * 33),
        OFTHeader(OFTType.ACK, id_string="\u4f60"),
        OFTHeader(OFTType.ACK, magic=b"NOPE"),
        OFTHeader(OFTType.ACK, dummy=b""),
        OFTHeader(OFTType.ACK, size=-1),
    ):
        with pytest.raises(LocalProtocolError):
            bad.to_bytes()
