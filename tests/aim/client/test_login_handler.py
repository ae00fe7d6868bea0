"""LoginHandler against a server written from the protocol's description."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.LoginHandler import LoginHandler
from tests.aim.client.scripted_server import (
    COOKIE,
    PASSWORD,
    ScriptedServer,
    connector,
    doubles,
    error,
    snac,
    tlv,
)


def sign_on(server: ScriptedServer, **options: Any) -> Probe:
    options.setdefault("password", PASSWORD)
    return Probe(
        LoginHandler(
            "alice", server="auth.test", connector=connector(server), **options
        )
    )


@pytest.mark.parametrize("method", ["strong", "weak", "roasted"])
def test_each_way_to_show_the_password_leads_online(method: str) -> None:
    server = ScriptedServer()
    probe = sign_on(server, method=method)
    connection, queued = probe.take("signal")
    assert connection is server.connections[1].component
    assert server.connections[1].at == ("10.0.0.5", 5190, False, "")
    assert probe.component.session.screen_name == "Alice"
    kinds = [frame.payload[:4].hex() for frame in queued]
    assert kinds == [
        "00010003", "00010018", "00010007", "0001000f", "00130003", "00130006",
        "00020003", "00030003", "00040005", "00090003",
    ]  # fmt: skip
    assert probe.ended


def test_the_order_on_the_connection_to_bos_is_that_of_the_description() -> None:
    server = ScriptedServer()
    sign_on(server).settle()
    bos = server.connections[1]
    assert bos.frames[0][1].startswith(b"\0\0\0\1" + tlv(6, COOKIE))
    assert bos.heard == [
        (1, 0x17), (1, 6), (1, 8),
        (1, 0x0E), (0x13, 2), (0x13, 4), (2, 2), (3, 2), (4, 4), (9, 2),
        (2, 4), (4, 2), (1, 0x1E), (0x13, 7), (1, 0x11), (1, 2), (4, 0x10),
    ]  # fmt: skip
    assert bos.bodies[1, 8] == doubles(3)
    assert bos.bodies[4, 2].hex() == "00000000010b1f40038403e700000000"


def test_without_a_list_on_the_server_ours_is_sent() -> None:
    server = ScriptedServer(families=(1, 2, 3, 4, 9))
    sign_on(server, buddies=["bob"]).settle()
    bos = server.connections[1]
    assert bos.bodies[3, 4] == b"\x03bob"
    assert not [kind for kind in bos.heard if kind[0] == 0x13]
    assert (1, 2) in bos.heard


def test_an_address_without_port_means_the_authorizers() -> None:
    server = ScriptedServer(address=b"bos.test")
    sign_on(server, port=443).settle()
    assert server.connections[1].at == ("bos.test", 443, False, "")


@pytest.mark.parametrize("address", [b"", b"host:none", b":5190", b"host:70000"])
def test_an_address_that_is_none_is_reported(address: bytes) -> None:
    [failure] = sign_on(ScriptedServer(address=address)).take("signal")
    assert failure[0] == "error"
    assert "address" in failure.text


def test_a_wrong_password_is_refused_with_code_meaning_and_url() -> None:
    server = ScriptedServer()
    probe = sign_on(server, password="wrong")
    [failure] = probe.take("signal")
    assert failure == (
        "error",
        "sign-on refused: wrong password (code 0x05), see http://x/pw",
    )
    assert (failure.code, failure.meaning, failure.url) == (
        5,
        "wrong password",
        "http://x/pw",
    )
    assert probe.ended
    assert len(server.connections) == 1


@pytest.mark.parametrize("method", ["strong", "roasted"])
@pytest.mark.parametrize(
    ("code", "meaning"),
    [(1, "unknown screen name or wrong password"), (0x18, "connecting too often")],
)
def test_every_refusal_names_its_meaning(method: str, code: int, meaning: str) -> None:
    server = ScriptedServer(refusal=tlv(1, b"alice") + tlv(8, doubles(code)))
    [failure] = sign_on(server, method=method).take("signal")
    assert failure.code == code
    assert meaning in failure.text


def test_an_unknown_user_may_be_refused_before_the_key() -> None:
    server = ScriptedServer()
    server.answers[0x17, 6] = lambda number, _: [
        snac(0x17, 3, tlv(1, b"alice") + tlv(8, doubles(1)), number)
    ]
    [failure] = sign_on(server).take("signal")
    assert failure.code == 1


def test_an_error_of_the_authorizer_is_a_refusal() -> None:
    server = ScriptedServer()
    server.answers[0x17, 2] = lambda number, _: [error(0x17, 5, number)]
    [failure] = sign_on(server).take("signal")
    assert failure.text == "sign-on refused: service unavailable (code 0x05)"


def test_the_password_is_cut_where_the_key_says_so() -> None:
    server = ScriptedServer()
    key = doubles(9) + b"7350-2214" + tlv(0x26, b"")
    server.answers[0x17, 6] = lambda number, _: [snac(0x17, 7, key, number)]
    probe = sign_on(server, password=PASSWORD + "9andmore")
    [failure] = probe.take("signal")
    assert failure.code == 5  # "secret99" is not it; uncut it would not be either
    assert len(server.connections[0].bodies[0x17, 2]) > 16


@pytest.mark.parametrize(
    ("silent_at", "stage"),
    [
        ((1, 0), "the authorizer's greeting"),
        ((0x17, 6), "the key for the password"),
        ((0x17, 2), "the authorizer's answer"),
        ((1, 0x17), "the versions of services"),
        ((1, 6), "the rate limits"),
        ((9, 2), "rights and the buddy list"),
        ((0x13, 4), "rights and the buddy list"),
    ],
)
def test_silence_is_reported_with_what_was_waited_for(
    silent_at: tuple[int, int], stage: str
) -> None:
    server = ScriptedServer(silent_at=silent_at)
    probe = sign_on(server, timeout=20)
    probe.advance(19)
    assert probe.take("signal") == []
    probe.advance(2)
    [failure] = probe.take("signal")
    assert failure.text.endswith(f"did not answer in 20 seconds: waited for {stage}")
    assert probe.ended


@pytest.mark.parametrize("closes_at", [(0x17, 6), (0x17, 2), (1, 0x17), (1, 6), (3, 2)])
def test_a_server_that_closes_in_the_middle_is_reported(
    closes_at: tuple[int, int],
) -> None:
    [failure] = sign_on(ScriptedServer(closes_at=closes_at)).take("signal")
    assert "closed the connection: waited for" in failure.text


def test_errors_count_as_answers_to_questions() -> None:
    server = ScriptedServer()
    for kind in ((2, 2), (9, 2), (0x13, 4)):
        server.answers[kind] = lambda number, _, f=kind[0]: [error(f, 5, number)]  # type: ignore[misc]
    assert len(sign_on(server).take("signal")) == 2


def test_a_list_in_parts_is_waited_for() -> None:
    server = ScriptedServer()
    server.answers[0x13, 4] = lambda number, _: [
        snac(0x13, 6, bytes.fromhex("00000000000000"), number, flags=1)
    ]
    probe = sign_on(server)
    assert probe.take("signal") == []
    bos = server.connections[1]
    assert (1, 2) not in bos.heard


@pytest.mark.parametrize(
    ("kind", "garbage"),
    [
        ((0x17, 6), snac(0x17, 7, b"\0\xff", 1)),
        ((0x17, 2), snac(0x17, 3, b"\0\1\0\xff", 2)),
        ((0x17, 6), (2, b"short")),
        ((0x17, 6), (4, b"\0\1\0\xff")),
        ((1, 6), snac(1, 7, b"\xff\xff", 4)),
        ((4, 4), snac(4, 5, b"\0", 10)),
        ((1, 0x0E), snac(1, 0x0F, b"\x20", 6)),
    ],
)
def test_garbage_is_reported(kind: tuple[int, int], garbage: Any) -> None:
    server = ScriptedServer()
    server.answers[kind] = lambda number, _: [garbage]
    [failure] = sign_on(server).take("signal")
    assert "does not speak OSCAR as it should" in failure.text


def test_the_server_may_move_us_during_the_sign_on() -> None:
    server = ScriptedServer()
    order = doubles(0) + tlv(5, b"10.0.0.6:5191") + tlv(6, COOKIE)
    moved: list[int] = []

    def rates(number: int, body: bytes) -> list[Any]:
        if not moved:
            moved.append(1)
            return [snac(1, 0x0B), snac(1, 0x12, order)]
        return [snac(1, 7, server.rates, number)]

    server.answers[1, 6] = rates
    probe = sign_on(server)
    connection, _ = probe.take("signal")
    assert [c.at.host for c in server.connections if c.at] == [
        "auth.test",
        "10.0.0.5",
        "10.0.0.6",
    ]
    assert (1, 0x0C) in server.connections[1].heard
    assert connection is server.connections[2].component


def test_while_paused_nothing_is_sent() -> None:
    server = ScriptedServer()
    server.answers[1, 0x17] = lambda number, body: [
        snac(1, 0x0B),
        snac(1, 0x18, body, number),
    ]
    probe = sign_on(server)
    assert probe.take("signal") == []
    bos = server.connections[1]
    assert bos.heard == [(1, 0x17), (1, 0x0C)]
    assert bos.component is not None
    bos.component._deliver(snac(1, 0x0D), "push")
    assert len(probe.take("signal")) == 2


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_told_to_stop_it_closes_the_connection_and_passes_that_on(kind: Any) -> None:
    server = ScriptedServer(silent_at=(0x17, 6))
    probe = sign_on(server)
    stop = kind()
    probe.deliver(stop, "control")
    assert probe.take("signal") == [stop]
    assert probe.ended
    held = server.connections[0].component
    assert held is not None
    assert held._isStopped()


def test_what_comes_after_the_hand_over_is_kept_for_whoever_links_it() -> None:
    server = ScriptedServer()
    probe = sign_on(server)
    connection, _ = probe.take("signal")
    connection._deliver(snac(3, 0x0B, b"later"), "push")
    probe.settle()
    other = Probe(_Sink(), scheduler=probe.scheduler)
    other.component.link((connection, "outbox"), (other.component, "inbox"))
    assert other.take()[-1] == snac(3, 0x0B, b"later")


class _Sink(component):
    def main(self) -> Generator[int, None, None]:
        while True:
            for message in self.Inbox("inbox"):
                self.send(message, "outbox")
            self.pause()
            yield 1


frames = st.one_of(
    st.tuples(st.integers(0, 6), st.binary(max_size=40)),
    st.builds(
        snac,
        st.sampled_from([1, 2, 3, 4, 9, 0x13, 0x17]),
        st.integers(0, 0x18),
        st.binary(max_size=40),
        st.integers(0, 20),
    ),
)


@settings(max_examples=40)
@given(st.sampled_from([(0x17, 6), (1, 6), (9, 2)]), st.lists(frames, max_size=8))
def test_whatever_the_server_sends_there_is_one_outcome(
    silent_at: tuple[int, int], sent: list[Any]
) -> None:
    server = ScriptedServer(silent_at=silent_at)
    probe = sign_on(server)
    probe.settle()
    for frame in sent:
        held = server.connections[-1].component
        assert held is not None
        held._deliver(frame, "push")
        probe.settle()
    probe.advance(200)
    assert probe.ended
    assert len(probe.take("signal")) in (1, 2)
    probe.close()
