import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.challenge import (
    PRODUCT_KEYS,
    answer,
    answer_mixed,
    login_digest,
    make_challenge,
    product_for,
    url_credentials,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError

OLD = 10
NEW = 11


@pytest.mark.parametrize(
    ("dialect", "challenge", "product", "expected"),
    [
        (
            OLD,
            "15570131571988941333",
            "msmsgs@msnmsgr.com",
            "8f2f5a91b72102cd28355e9fc9000d6e",
        ),
        (
            OLD,
            "12345678901234567890",
            "msmsgs@msnmsgr.com",
            "8ba1bb9d6dbf624fee31a2053af5fdd0",
        ),
        (
            OLD,
            "12345678901234567890",
            "PROD0038W!61ZTF9",
            "c64fe621f55832479b97b7f50829d5c1",
        ),
        (
            NEW,
            "22210219642164014968",
            "PROD0090YUAUV{2B",
            "85ecb0db8f32113df79ce0892b9a102c",
        ),
        (
            NEW,
            "13038318816579321232",
            "PROD0090YUAUV{2B",
            "b01c13020e374d4fa20abfad6981b7a9",
        ),
        (
            NEW,
            "12345678901234567890",
            "PROD0090YUAUV{2B",
            "a57a33d300de0b8c4d3c074d423e25fb",
        ),
        (
            NEW,
            "12345678901234567890",
            "PROD0101{0RM?UBW",
            "7273d989239f9bc4bbde22f72b399453",
        ),
        (
            NEW,
            "12345678901234567890",
            "PROD0113H11T8$X_",
            "cdb26cf7611172c7b319efa7ddf7e220",
        ),
        (
            NEW,
            "12345678901234567890",
            "PROD0119GSJUC$18",
            "3f16eba5629b9abc4a37c2cfbdc0f5d7",
        ),
        (
            NEW,
            "12345678901234567890",
            "PROD0120PW!CCV9@",
            "d21f78ed9cd4181eba9499824d73c215",
        ),
    ],
)
def test_published_and_computed_answers(
    dialect: int, challenge: str, product: str, expected: str
) -> None:
    assert answer(challenge, product, dialect) == expected


def test_login_digest_vector() -> None:
    digest = login_digest("1146959437.186590", "s3cret-Pass")
    assert digest == "3f92ff5c4a50978e5e25fbcb6f7d692e"


def test_url_credentials_vector() -> None:
    digest = url_credentials("mspauthvalue", 45, "secret")
    assert digest == "9ec4eeb5ef3063ba5ad6320160fbf92b"


def test_unknown_product_is_our_callers_mistake() -> None:
    with pytest.raises(LocalProtocolError, match="PROD"):
        answer("1", "PROD", 8)


@pytest.mark.parametrize("dialect", range(6, 19))
def test_every_dialect_has_a_product_with_a_key(dialect: int) -> None:
    assert product_for(dialect) in PRODUCT_KEYS


def test_challenges_are_twenty_digits() -> None:
    made = {make_challenge() for _ in range(50)}
    assert len(made) == 50
    assert all(len(text) == 20 and text.isdigit() for text in made)


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_any_challenge_has_an_answer_of_32_hex_digits(
    challenge: str, product: str, key: str
) -> None:
    assert len(bytes.fromhex(answer_mixed(challenge, product, key))) == 16
