from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.msnftp import (
    BLOCK_SIZE,
    MAX_LINE,
    MSNFTPBlock,
    MSNFTPDecoder,
    MSNFTPItem,
    MSNFTPLine,
    pack_blocks,
)
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    RemoteProtocolError,
)

words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
lines = st.builds(
    MSNFTPLine,
    st.sampled_from(["VER", "USR", "FIL", "TFR", "BYE", "CCL"]),
    st.lists(words, max_size=3).map(tuple),
).filter(lambda line: sum(map(len, line.args)) < 400)


def decode(pieces: list[bytes], *, blocks: bool) -> list[MSNFTPItem]:
    """Return items, with parts of one block not yet joined."""
    decoder = MSNFTPDecoder()
    decoder.blocks = blocks
    found: list[MSNFTPItem] = []
    for piece in pieces:
        decoder.receive_data(piece)
        found += decoder.items()
    return found


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(place % (len(data) + 1) for place in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


def test_the_reference_block() -> None:
    block = bytes.fromhex("000a0048454c4c4f574f524c44")
    assert MSNFTPBlock(b"HELLOWORLD").to_bytes() == block
    assert decode([block], blocks=True) == [MSNFTPBlock(b"HELLOWORLD")]


def test_a_full_block_has_2048_bytes() -> None:
    block = MSNFTPBlock(bytes(BLOCK_SIZE)).to_bytes()
    assert block[:3].hex() == "00fd07"
    assert len(block) == 2048


def test_the_end_block() -> None:
    assert MSNFTPBlock(end=True).to_bytes() == b"\x01\x00\x00"
    assert decode([b"\x01\x00\x00"], blocks=True) == [MSNFTPBlock(end=True)]


def test_the_reference_conversation_is_read() -> None:
    receiver = b"VER MSNFTP\r\nUSR bob@example.com 51877\r\nTFR\r\nBYE 16777989\r\n"
    assert decode([receiver], blocks=False) == [
        MSNFTPLine("VER", ("MSNFTP",)),
        MSNFTPLine("USR", ("bob@example.com", "51877")),
        MSNFTPLine("TFR"),
        MSNFTPLine("BYE", ("16777989",)),
    ]


def test_the_switch_to_blocks_works_within_one_read() -> None:
    decoder = MSNFTPDecoder()
    decoder.receive_data(b"FIL 3\r\n\x00\x03\x00abcBYE 16777987\r\n")
    found: list[MSNFTPItem] = []
    for item in decoder.items():
        found.append(item)
        decoder.blocks = True
    assert found == [
        MSNFTPLine("FIL", ("3",)),
        MSNFTPBlock(b"abc"),
        MSNFTPLine("BYE", ("16777987",)),
    ]


def test_a_block_over_two_reads_comes_in_parts() -> None:
    assert decode([b"\x00\x05\x00ab", b"cde"], blocks=True) == [
        MSNFTPBlock(b"ab"),
        MSNFTPBlock(b"cde"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        MSNFTPLine("BYE", ("1 2",)),
        MSNFTPLine("USR", ("a\r\nBYE", "1")),
        MSNFTPLine("USR", ("",)),
        MSNFTPLine("USR", ("x" * MAX_LINE,)),
        MSNFTPBlock(bytes(BLOCK_SIZE + 1)),
        MSNFTPBlock(b"x", end=True),
    ],
)
def test_what_cannot_be_written_is_our_mistake(line: MSNFTPItem) -> None:
    with pytest.raises(LocalProtocolError):
        line.to_bytes()


@pytest.mark.parametrize(
    ("data", "blocks"),
    [
        (b"x" * MAX_LINE, False),
        (b"\r\n", False),
        (b"\xff\xfe\r\n", False),
        (b"VER\tMSNFTP\r\n", False),
        (b"\x02\x00\x00", True),
        (b"\x00\x01\x00a\xff", True),
    ],
)
def test_what_is_not_msnftp_is_refused(data: bytes, blocks: bool) -> None:
    with pytest.raises(RemoteProtocolError):
        decode([data], blocks=blocks)


@given(st.lists(lines, max_size=6), st.lists(st.integers(0, 3000), max_size=8))
def test_any_cut_of_lines_gives_the_same_lines(
    sent: list[MSNFTPLine], cuts: list[int]
) -> None:
    stream = b"".join(line.to_bytes() for line in sent)
    assert decode(cut(stream, cuts), blocks=False) == sent


@given(st.binary(max_size=6000), st.lists(st.integers(0, 7000), max_size=12))
def test_any_cut_of_blocks_gives_the_same_data(data: bytes, cuts: list[int]) -> None:
    stream = pack_blocks(data) + b"\x01\x00\x00"
    *items, last = decode(cut(stream, cuts), blocks=True)
    assert last == MSNFTPBlock(end=True)
    assert b"".join(i.data for i in items if isinstance(i, MSNFTPBlock)) == data


def test_one_byte_at_a_time() -> None:
    data = bytes(range(256)) * 9
    stream = pack_blocks(data)
    items = decode([bytes([byte]) for byte in stream], blocks=True)
    assert b"".join(i.data for i in items if isinstance(i, MSNFTPBlock)) == data


@given(st.binary(max_size=2000), st.booleans())
def test_random_bytes_raise_only_protocol_errors(data: bytes, blocks: bool) -> None:
    with suppress(RemoteProtocolError):
        decode([data], blocks=blocks)
