import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.alerts import Alert, Page
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

ALERT = (
    b'<NOTIFICATION ver="1" id="2" siteid="0" siteurl="http://example.com/">'
    b'<TO pid="0x00000001:0x00000002" name="alice@example.com"/><MSG id="0">'
    b'<ACTION url="a"/><SUBSCR url="s"/><BODY lang="1033" icon="i.png">'
    b"<TEXT>You &amp; me</TEXT></BODY></MSG></NOTIFICATION>"
)


def test_pages_of_each_dialect() -> None:
    assert Page("Hi").to_payload(8) == b'<TEXT xml:space="preserve">Hi</TEXT>'
    assert Page("a&b;<c>^", "15551114444", "HOME").to_payload(9) == (
        b'<PHONE pri="1"><LOC>HOME</LOC><NUM>15551114444</NUM></PHONE>'
        b'<TEXT xml:space="preserve" enc="utf-8">'
        b"a&#x26;b&#x3B;&#x3C;c&#x3E;&#x5E;</TEXT>"
    )


def test_alert_is_read_and_leads_somewhere() -> None:
    alert = Alert.from_payload(ALERT)
    assert alert == Alert(
        "You & me", "http://example.com/", "a", "s", "2", "0", "0", "alice@example.com"
    )
    assert alert.url == (
        "http://example.com/a?notification_id=2&message_id=0&agent=messenger"
    )
    assert Alert.from_payload(alert.to_payload()) == alert


def test_alerts_with_other_elements() -> None:
    alert = Alert.from_payload(b"<NOTIFICATION id='7'><TEXTX>x</TEXTX><TO email='e'/>")
    assert (alert.text, alert.notification_id, alert.handle) == ("x", "7", "e")


@pytest.mark.parametrize("payload", [b"", b"x", b"<NOT", b"<NOTIFICATION ><TEXT>"])
def test_bad_alerts_and_pages(payload: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        Alert.from_payload(payload)
    with pytest.raises(RemoteProtocolError):
        Page.from_payload(payload)


def test_text_that_cannot_be_sent() -> None:
    with pytest.raises(LocalProtocolError):
        Page("\udc80").to_payload(9)
    with pytest.raises(LocalProtocolError):
        Alert("\udc80").to_payload()


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(words, words, st.sampled_from(["HOME", "WORK"]), st.integers(5, 12))
def test_pages_come_back(text: str, number: str, where: str, dialect: int) -> None:
    page = Page(text, number, where if number else "MOBILE")
    assert Page.from_payload(page.to_payload(dialect)) == page


@given(st.builds(Alert, words, words, words, words))
def test_alerts_come_back(alert: Alert) -> None:
    assert Alert.from_payload(alert.to_payload()) == alert


@given(
    st.binary(max_size=50)
    | st.lists(st.sampled_from([b"<TEXT>", b"</TEXT>", b"<TO name='", b"<MSG ", b">"]))
    .map(b"".join)
    .map(lambda data: b"<NOTIFICATION >" + data)
)
def test_any_payload(payload: bytes) -> None:
    for read in (Alert.from_payload, Page.from_payload):
        try:
            read(payload)
        except ProtocolError:
            continue
