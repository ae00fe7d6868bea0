import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import (
    PAYLOAD_FROM_CLIENT,
    PAYLOAD_FROM_SERVER,
    Command,
    CommandDecoder,
    Kind,
    Sender,
    TransactionIds,
)
from Kamaelia.Protocol.MSN.wire.limits import MAX_LINE, MAX_MESSAGE, MAX_TRID
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

from . import recordings


def decode(
    data: bytes, sender: Sender = Sender.SERVER, dialect: int | None = None
) -> list[Command]:
    decoder = CommandDecoder(sender, dialect=dialect)
    decoder.receive_data(data)
    found = list(decoder.commands())
    assert decoder.pending == 0
    return found


def client(data: bytes, dialect: int | None = None) -> list[Command]:
    return decode(data, Sender.CLIENT, dialect)


# --- fixed lines -----------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"VER 1 MSNP12 MSNP11 CVR0", Command("VER", 1, ("MSNP12", "MSNP11", "CVR0"))),
        (b"PNG", Command("PNG")),
        (b"OUT", Command("OUT")),
        (b"PRP 8 PHH ", Command("PRP", 8, ("PHH", ""))),
        (b"usr 3 twn I a@b.c", Command("USR", 3, ("twn", "I", "a@b.c"))),
        (b"SYN x 0", Command("SYN", None, ("x", "0"))),
        (b"SYN 4294967296 0", Command("SYN", None, ("4294967296", "0"))),
        (b"SYN 4294967295 0", Command("SYN", MAX_TRID, ("0",))),
    ],
)
def test_client_lines(line: bytes, expected: Command) -> None:
    assert client(line + b"\r\n") == [expected]


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        (b"QNG", 8, Command("QNG")),
        (b"QNG 50", 9, Command("QNG", None, ("50",))),
        (b"OUT", 8, Command("OUT")),
        (b"OUT RCT 5", 11, Command("OUT", None, ("RCT", "5"))),
        (b"NLN NLN a@b.c 5", 8, Command("NLN", None, ("NLN", "a@b.c", "5"))),
        (
            b"RNG 40217731 192.0.2.30:1863 CKI 7.6 a@b.c A",
            8,
            Command(
                "RNG", None, ("40217731", "192.0.2.30:1863", "CKI", "7.6", "a@b.c", "A")
            ),
        ),
        (b"ADD 0 RL 43 c@d.e C", 8, Command("ADD", 0, ("RL", "43", "c@d.e", "C"))),
        (b"911 4", 8, Command("911", 4)),
        (b"241 4", 13, Command("241", 4)),
        (b"500", 8, Command("500")),
        (b"GTC 5 12 A", 7, Command("GTC", 5, ("12", "A"))),
        (b"GTC A", 8, Command("GTC", None, ("A",))),
        (
            b"LSG 5 12 1 2 0 Other%20Contacts 0",
            7,
            Command("LSG", 5, ("12", "1", "2", "0", "Other%20Contacts", "0")),
        ),
        (b"LSG 0 Other 0", 8, Command("LSG", None, ("0", "Other", "0"))),
        (b"LSG 2005 1", 10, Command("LSG", None, ("2005", "1"))),
        (b"LST 5 BL 12 0 0", 7, Command("LST", 5, ("BL", "12", "0", "0"))),
        (
            b"LST b@c.d Bob 11 0,1",
            8,
            Command("LST", None, ("b@c.d", "Bob", "11", "0,1")),
        ),
        (b"BPR 12 b@c.d PHW", 7, Command("BPR", None, ("12", "b@c.d", "PHW"))),
        (b"CAL 2 RINGING 40217731", 8, Command("CAL", 2, ("RINGING", "40217731"))),
        (b"ADL 7 OK", 13, Command("ADL", 7, ("OK",))),
        (b"UUX 9 0", 11, Command("UUX", 9, (), b"")),
        (b"QRY 12", 11, Command("QRY", 12)),
        (b"SBS 0 null", 11, Command("SBS", 0, ("null",))),
        (b"BYE b@c.d 1", 9, Command("BYE", None, ("b@c.d", "1"))),
        (b"241 5 0", 12, Command("241", 5, ("0",))),
        (b"241 5 x", 12, Command("241", 5, ("x",))),
    ],
)
def test_server_lines(line: bytes, dialect: int, expected: Command) -> None:
    assert decode(line + b"\r\n", dialect=dialect) == [expected]


@pytest.mark.parametrize("dialect", [2, 8, 12])
@pytest.mark.parametrize("cut", [1, 9, 100])
@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"241 5 9\r\n", Command("241", 5, ("9",))),
        (b"241 5 5000000\r\n", Command("241", 5, ("5000000",))),
        (b"241 5 7 9\r\n", Command("241", 5, ("7", "9"))),
        (b"241 5 2\r\n<>", Command("241", 5, (), b"<>")),
        (b"509 5 9\r\n<a>\r\n</a>"[:18], Command("509", 5, (), b"<a>\r\n</a>"[:9])),
    ],
)
def test_the_second_number_of_an_old_error_is_a_length_before_xml_only(
    wire: bytes, expected: Command, cut: int, dialect: int
) -> None:
    decoder = CommandDecoder(Sender.SERVER, None, dialect)
    found: list[Command] = []
    data = wire + b"QNG\r\n"
    for start in range(0, len(data), cut):
        decoder.receive_data(data[start : start + cut])
        found += decoder.commands()
    assert found == [expected, Command("QNG")]


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"MSG a@b.c A%20B 3\r\nxyz", Command("MSG", None, ("a@b.c", "A%20B"), b"xyz")),
        (b"NOT 2\r\n<>", Command("NOT", None, (), b"<>")),
        (b"IPG 2\r\n<>", Command("IPG", None, (), b"<>")),
        (b"UBX a@b.c 0\r\n", Command("UBX", None, ("a@b.c",), b"")),
        (b"UBX a@b.c 1 2\r\n<>", Command("UBX", None, ("a@b.c", "1"), b"<>")),
        (b"GCF 6 Shields.xml 2\r\n<>", Command("GCF", 6, ("Shields.xml",), b"<>")),
        (b"GCF 0 2\r\n<>", Command("GCF", 0, (), b"<>")),
        (b"ADL 0 2\r\n<>", Command("ADL", 0, (), b"<>")),
        (b"UBN a@b.c 3 2\r\n\n\n", Command("UBN", None, ("a@b.c", "3"), b"\n\n")),
        (b"241 5 2\r\n<>", Command("241", 5, (), b"<>")),
        (b"NFY PUT 2\r\n<>", Command("NFY", None, ("PUT",), b"<>")),
    ],
)
def test_server_payloads(wire: bytes, expected: Command) -> None:
    assert decode(wire + b"PRP MBE N\r\n") == [
        expected,
        Command("PRP", None, ("MBE", "N")),
    ]
    assert expected.to_bytes() == wire


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"MSG 3 N 3\r\nxyz", Command("MSG", 3, ("N",), b"xyz")),
        (
            b"QRY 12 msmsgs@msnmsgr.com 32\r\n8f2f5a91b72102cd28355e9fc9000d6e",
            Command(
                "QRY", 12, ("msmsgs@msnmsgr.com",), b"8f2f5a91b72102cd28355e9fc9000d6e"
            ),
        ),
        (b"UUX 9 0\r\n", Command("UUX", 9, (), b"")),
        (b"PAG 4 a@b.c 1\r\n<", Command("PAG", 4, ("a@b.c",), b"<")),
        (b"PGD 4 tel:+1 1 1\r\n<", Command("PGD", 4, ("tel:+1", "1"), b"<")),
        (
            b"SDC 3 a@b.c 0x0409 MSMSGS MSMSGS X X Al 0\r\n",
            Command(
                "SDC", 3, ("a@b.c", "0x0409", "MSMSGS", "MSMSGS", "X", "X", "Al"), b""
            ),
        ),
    ],
)
@pytest.mark.parametrize("dialect", [2, 9, 12, 18, None])
def test_client_payloads_in_every_dialect(
    wire: bytes, expected: Command, dialect: int | None
) -> None:
    assert client(wire + b"PNG\r\n", dialect) == [expected, Command("PNG")]
    assert expected.to_bytes() == wire


def test_gcf_of_a_client_has_no_payload() -> None:
    assert client(b"GCF 6 5\r\n") == [Command("GCF", 6, ("5",))]


def test_payload_tables_name_each_command_with_its_dialect() -> None:
    assert PAYLOAD_FROM_CLIENT["UUX"] == PAYLOAD_FROM_SERVER["UBX"] == 11


def test_names_with_unicode_spaces_stay_one_argument() -> None:
    line = "NLN NLN a@b.c A\u00a0B\u3000C\u2028D\x85\x0b\x1c\r\n".encode()
    assert decode(line)[0].args[2] == "A\u00a0B\u3000C\u2028D\x85\x0b\x1c"


def test_bad_utf8_becomes_a_replacement_character() -> None:
    assert decode(b"JOI a@b.c \xff\xfe\r\n")[0].args[1] == "\ufffd\ufffd"


def test_lf_alone_ends_a_line_and_empty_lines_are_skipped() -> None:
    assert decode(b"\r\nQNG\n\n\r\nMSG a b 2\nxyOUT\r\n") == [
        Command("QNG"),
        Command("MSG", None, ("a", "b"), b"xy"),
        Command("OUT"),
    ]


def test_handlers_may_change_the_dialect_between_two_commands() -> None:
    decoder = CommandDecoder(Sender.SERVER, dialect=10)
    decoder.receive_data(b"VER 1 MSNP8\r\n" + b"LSG 1 2 3 4 5 6 0\r\n" * 2)
    heard = decoder.commands()
    assert next(heard).name == "VER"
    assert next(heard).trid is None
    decoder.dialect = 8
    assert next(heard).trid == 1


# --- bad input -------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        b"<Data>\r\n",
        b"GETX / HTTP/1.1\r\n",
        b"A 1\r\n",
        b" VER 1\r\n",
        b"MSG a b\r\n",
        b"MSG a b c\r\n",
        b"MSG a b -1\r\n",
        b"MSG a b +1\r\n",
        b"MSG a b 1_0\r\n",
        b"MSG a b \xd9\xa3\r\n",
        b"MSG a b 99999999\r\n",
        b"MSG a b 99999999999999999999999999\r\n",
        b"MSG\r\n",
        b"NOT\r\n",
        b"QNG\r\r\n",
        b"NLN NLN a\rb c\r\n",
    ],
)
def test_bad_line_is_an_error_with_its_offset_after_the_good_ones(bad: bytes) -> None:
    decoder = CommandDecoder(Sender.SERVER)
    decoder.receive_data(b"QNG 5\r\nNOT 3\r\nabc" + bad)
    heard: list[str] = []
    with pytest.raises(RemoteProtocolError) as caught:
        heard.extend(command.name for command in decoder.commands())
    assert heard == ["QNG", "NOT"]
    assert caught.value.offset == 17
    assert caught.value.data == bad[:16]
    with pytest.raises(RemoteProtocolError):
        list(decoder.commands())


def test_line_without_end_stops_at_the_limit() -> None:
    decoder = CommandDecoder(Sender.CLIENT)
    decoder.receive_data(b"VER 1 ")
    for _ in range(MAX_LINE - 7):
        decoder.receive_data(b"x")
        assert list(decoder.commands()) == []
    decoder.receive_data(b"x")
    with pytest.raises(RemoteProtocolError, match="line of more than"):
        list(decoder.commands())


def test_line_of_exactly_the_limit_is_taken() -> None:
    line = b"VER 1 " + b"x" * (MAX_LINE - 8) + b"\r\n"
    assert len(line) == MAX_LINE
    assert len(client(line)) == 1
    with pytest.raises(RemoteProtocolError):
        client(line.replace(b"xx", b"xxx", 1))


@pytest.mark.parametrize(
    ("sender", "kind", "line"),
    [
        (Sender.CLIENT, None, f"MSG 1 N {MAX_MESSAGE + 1}"),
        (Sender.CLIENT, None, "UUX 1 65537"),
        (Sender.SERVER, Kind.SWITCHBOARD, "MSG a b 65537"),
        (Sender.SERVER, Kind.NOTIFICATION, "NOT 1048577"),
    ],
)
def test_payload_beyond_its_limit_is_refused_before_it_comes(
    sender: Sender, kind: Kind | None, line: str
) -> None:
    decoder = CommandDecoder(sender, kind)
    decoder.receive_data(line.encode() + b"\r\n")
    with pytest.raises(RemoteProtocolError, match="more than"):
        list(decoder.commands())


def test_own_limits_are_kept() -> None:
    decoder = CommandDecoder(Sender.SERVER, max_payload=10)
    decoder.receive_data(b"MSG a b 10\r\n0123456789MSG a b 11\r\n")
    heard = decoder.commands()
    assert next(heard).payload == b"0123456789"
    with pytest.raises(RemoteProtocolError):
        next(heard)


@pytest.mark.parametrize(
    "command",
    [
        Command("ME"),
        Command("M G"),
        Command("MSG\n"),
        Command("ÄÖÜ"),
        Command("ADD", 1, ("a b",)),
        Command("ADD", 1, ("a\r",)),
        Command("ADD", 1, ("a\nOUT",)),
        Command("ADD", -1),
        Command("ADD", MAX_TRID + 1),
        Command("ADD", 1, ("\ud800",)),
    ],
)
def test_what_the_wire_cannot_carry_is_refused(command: Command) -> None:
    with pytest.raises(LocalProtocolError):
        command.to_bytes()


# --- properties ------------------------------------------------------------

arguments = st.text(
    st.characters(exclude_characters=" \r\n", exclude_categories=["Cs"]), max_size=12
)
trids = st.integers(0, MAX_TRID)
plain = st.builds(
    Command,
    st.sampled_from(["USR", "XFR", "CHG", "SYN", "911", "ZZZ"]),
    trids,
    st.lists(arguments, max_size=3).map(lambda args: ("x", *args)),
    st.none(),
)
payloads = st.builds(
    Command,
    st.sampled_from(["MSG", "NOT", "UBX"]),
    st.none(),
    st.lists(arguments, max_size=3).map(tuple),
    st.binary(max_size=60),
)
bare = st.sampled_from([Command("QNG"), Command("OUT"), Command("OUT", None, ("OTH",))])
streams = st.lists(plain | payloads | bare, max_size=6)


@settings(max_examples=150)
@given(streams, st.lists(st.integers(0, 600)))
def test_any_cut_of_the_stream_gives_the_same_commands(
    sent: list[Command], cuts: list[int]
) -> None:
    stream = b"".join(command.to_bytes() for command in sent)
    decoder = CommandDecoder(Sender.SERVER, dialect=12)
    heard: list[Command] = []
    for start, end in pairwise([0, *sorted(cuts), len(stream)]):
        decoder.receive_data(stream[start:end])
        heard += decoder.commands()
    assert heard == sent
    assert decoder.offset == len(stream)


@settings(max_examples=150)
@given(
    st.binary(max_size=80)
    | st.lists(
        st.sampled_from(
            [b"MSG ", b"NOT ", b"5", b"\r\n", b"\n", b" ", b"GCF ", b"a@b", b"\r", b"0"]
        )
    ).map(b"".join),
    st.sampled_from(Sender),
    st.sampled_from([None, 2, 7, 12, 18]),
)
def test_any_bytes_raise_nothing_but_protocol_errors(
    data: bytes, sender: Sender, dialect: int | None
) -> None:
    decoder = CommandDecoder(sender, dialect=dialect)
    decoder.receive_data(data)
    try:
        for command in decoder.commands():
            assert isinstance(command.to_bytes(), bytes)
    except ProtocolError:
        return
    assert decoder.offset + decoder.pending == len(data)


@given(streams, st.integers(1, 40))
def test_a_truncated_stream_gives_a_prefix(sent: list[Command], cut: int) -> None:
    stream = b"".join(command.to_bytes() for command in sent)[:-cut]
    decoder = CommandDecoder(Sender.SERVER, dialect=12)
    decoder.receive_data(stream)
    heard = list(decoder.commands())
    assert heard == sent[: len(heard)]


def test_time_grows_with_the_length_only() -> None:
    def seconds(count: int) -> float:
        decoder = CommandDecoder(Sender.SERVER)
        stream = b"MSG a@b.c A 3\r\nxyzQNG 50\r\n" * count
        start = time.perf_counter()
        for position in range(0, len(stream), 7):
            decoder.receive_data(stream[position : position + 7])
            if position % 700 == 0:
                list(decoder.commands())
        list(decoder.commands())
        return time.perf_counter() - start

    seconds(100)
    assert min(seconds(8000) for _ in range(2)) < 60 * seconds(400) + 0.5


def test_a_large_payload_in_small_pieces_is_not_read_again() -> None:
    decoder = CommandDecoder(Sender.SERVER)
    decoder.receive_data(b"NOT 1000000\r\n")
    heard: list[Command] = []
    for _ in range(10_000):
        decoder.receive_data(b"x" * 100)
        heard = list(decoder.commands())
    assert len(heard[0].payload or b"") == 1_000_000
    assert decoder.pending == 0


# --- transaction ids -------------------------------------------------------


def test_transaction_ids_count_from_one_and_wrap_past_zero() -> None:
    ids = TransactionIds()
    assert [ids.next() for _ in range(3)] == [1, 2, 3]
    ids = TransactionIds(MAX_TRID - 1)
    assert [ids.next(), ids.next()] == [MAX_TRID, 1]
    assert TransactionIds(40).next() == 41


def test_an_id_that_waits_for_its_reply_is_passed_over() -> None:
    assert TransactionIds(MAX_TRID).next({1: "a", 2: "b"}) == 3
    with pytest.raises(LocalProtocolError):
        TransactionIds(-1)


# --- recordings ------------------------------------------------------------


@pytest.mark.parametrize("name", recordings.NAMES)
def test_every_command_of_the_recordings_decodes_as_in_the_golden(name: str) -> None:
    expected = recordings.golden(name)["msn"]["commands"]
    streams_of = recordings.segments(name)
    seen = 0
    for stream, direction in sorted({(c["stream"], c["dir"]) for c in expected}):
        sender = Sender.CLIENT if direction == "c2s" else Sender.SERVER
        decoder = CommandDecoder(sender)
        heard: list[tuple[int, Command]] = []
        for piece in streams_of[stream, direction]:
            decoder.receive_data(piece)
            offset = decoder.offset
            for command in decoder.commands():
                heard.append((offset, command))
                offset = decoder.offset
        assert decoder.pending == 0
        wanted: list[Any] = [
            c for c in expected if (c["stream"], c["dir"]) == (stream, direction)
        ]
        assert [
            (offset, command.name, list(command.tokens), len(command.payload or b""))
            for offset, command in heard
        ] == [
            (c["offset"], c["cmd"], c["args"], c.get("payload_len", 0)) for c in wanted
        ]
        whole = b"".join(streams_of[stream, direction])
        assert b"".join(command.to_bytes() for _, command in heard) == whole
        seen += len(heard)
    assert seen == len(expected)
