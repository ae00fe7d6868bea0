from io import BytesIO

import pytest

from Kamaelia.Protocol.MSN.wire.p2p import MessageIds
from Kamaelia.Protocol.MSN.wire.p2p_link import P2PLink, file_source


class CountingFile(BytesIO):
    """A file that counts how often it is asked to seek."""

    seeks = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.seeks += 1
        return super().seek(offset, whence)


def test_a_file_is_read_where_it_is_asked_for() -> None:
    file = CountingFile(b"abcdefgh")
    read = file_source(file)
    assert [read(0, 3), read(3, 3), read(6, 3), read(8, 3)] == [
        b"abc",
        b"def",
        b"gh",
        b"",
    ]
    assert file.seeks == 1
    assert read(1, 2) == b"bc"
    assert file.seeks == 2


def test_a_message_is_taken_slice_by_slice_and_can_go_back() -> None:
    link = P2PLink(MessageIds(5), lambda _: 9)
    data = link.start_data(700, 5, 0x20, 1, file_source(BytesIO(b"abcde")))
    parts = [data.next_slice(2) for _ in range(3)]
    assert [part.data for part in parts] == [b"ab", b"cd", b"e"]
    assert {(p.message_id, p.ack_id, p.total_size, p.app_id) for p in parts} == {
        (5, 9, 5, 1)
    }
    assert data.finished
    data.rewind(3)
    assert not data.finished
    assert data.next_slice(9).data == b"de"
    data.rewind(99)
    assert data.finished


def test_a_source_that_ends_early_is_an_error() -> None:
    data = P2PLink().start_data(700, 5, 0x20, 1, file_source(BytesIO(b"abc")))
    data.next_slice(3)
    with pytest.raises(OSError, match="not of 5 bytes"):
        data.next_slice(3)
