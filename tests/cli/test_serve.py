import signal
import socket
from pathlib import Path

import pytest

from tests.helpers.command import kamaelia, serving


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_its_addresses_serves_and_ends_in_order(
    number: int, tmp_path: Path
) -> None:
    with serving(tmp_path, "--user", "ann:secret") as served:
        assert set(served.ports) == {"aim", "msn", "http"}
        with socket.create_connection(("127.0.0.1", served.ports["aim"])) as client:
            hello = client.recv(10)
            assert (hello[:2], hello[4:]) == (b"\x2a\x01", b"\0\4\0\0\0\1")
        assert served.end(number) == (0, "")


def test_a_network_can_be_left_out(tmp_path: Path) -> None:
    with serving(tmp_path, "--msn-port", "-1") as served:
        assert set(served.ports) == {"aim"}
        assert served.end() == (0, "")


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = kamaelia(tmp_path, "serve", "--aim-port", port, "--db", "memory")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert port in ended.stderr
    assert "in use" in ended.stderr


def test_users_come_from_a_file_too_and_their_passwords_are_never_shown(
    tmp_path: Path,
) -> None:
    users = tmp_path / "users"
    users.write_text("# friends\nann:secret\n\nbob@example.com:hidden\nnobody\n")
    ended = kamaelia(tmp_path, "serve", "--users-file", str(users), "--db", "memory")
    assert ended.returncode == 2
    assert "line 5" in ended.stderr
    assert "secret" not in ended.stderr


def test_https_needs_a_certificate(tmp_path: Path) -> None:
    ended = kamaelia(tmp_path, "serve", "--https-port", "0", "--db", "memory")
    assert ended.returncode == 2
    assert "--tls-cert" in ended.stderr
