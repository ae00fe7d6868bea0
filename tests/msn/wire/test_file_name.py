import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.file_name import MAX_NAME, safe_file_name


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\autoexec.bat", "autoexec.bat"),
        ("C:\\windows\\a b.doc", "a b.doc"),
        ("C:evil", "C_evil"),
        ("/", "received.bin"),
        ("..", "received.bin"),
        ("", "received.bin"),
        ("a\0b\r\n.txt", "a_b__.txt"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("nul.txt", "_nul.txt"),
        ("COM1", "_COM1"),
        (" .hidden. ", "hidden"),
        ("grüße.txt", "grüße.txt"),
    ],
)
def test_names_of_peers_become_safe(written: str, safe: str) -> None:
    assert safe_file_name(written) == safe


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_file_name("ü" * 500 + ".jpeg")
    assert name.endswith("ü.jpeg")
    assert len(name.encode()) <= MAX_NAME


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(written: str) -> None:
    name = safe_file_name(written)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('/\\:\0\r\n<>"|?*')
    assert 0 < len(name.encode()) <= MAX_NAME
