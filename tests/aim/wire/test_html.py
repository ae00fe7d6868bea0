import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.html import looks_like_html, to_html, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<HTML><BODY BGCOLOR="#ffffff"><FONT SIZE=2>hi</FONT></BODY></HTML>',
            "hi",
        ),
        ("one<BR>two<br/>three<br />four", "one\ntwo\nthree\nfour"),
        ("&lt;b&gt; &amp; &quot;q&quot; &#233; &#xE9; &eacute;", '<b> & "q" é é é'),
        ("a&nbsp;b", "a b"),
        ("fish & chips &c &nosuch;", "fish & chips &c &nosuch;"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("I <3 you", "I <3 you"),
        ("a <b", "a <b"),
        ("x<!-- hidden -->y", "xy"),
        ("<TITLE>t</TITLE>x<STYLE>b{}</STYLE>y", "xy"),
        ("<title>never closed", "never closed"),
        ('<A HREF="http://x/">here</A>', "here"),
        ("hello &lt;bob&gt; &amp; hé 你", "hello <bob> & hé 你"),
        ("&#99999999999999999999;", "&#99999999999999999999;"),
        ("http://x/?a=1&copy=2", "http://x/?a=1&copy=2"),
        ("", ""),
    ],
)
def test_html_becomes_plain_text(html: str, text: str) -> None:
    assert to_text(html) == text


def test_plain_text_becomes_html() -> None:
    assert to_html("a<b & c>d\r\ne\rf") == "a&lt;b &amp; c&gt;d<BR>e<BR>f"


@given(st.text(max_size=60))
def test_plain_text_comes_back(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert to_text(to_html(text)) == lines


@given(st.text("<>/!&;#x09abrBRtile \n", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    to_text(text)
    looks_like_html(text)


def test_html_is_told_from_text() -> None:
    assert looks_like_html("<HTML>x")
    assert looks_like_html("a<br>b")
    assert looks_like_html('x <font color="red">')
    assert not looks_like_html("I <3 you")
    assert not looks_like_html("a < b > c")


@pytest.mark.parametrize(
    "piece", ["<", "<a", "<title>", "&", "&#", "<!", "</a ", "<a>"]
)
def test_reading_takes_linear_time(piece: str) -> None:
    def seconds(size: int) -> float:
        best = 9.0
        for _ in range(3):
            start = time.perf_counter()
            to_text(piece * size)
            best = min(best, time.perf_counter() - start)
        return best

    assert seconds(40_000) < 40 * seconds(4_000) + 0.1
