import signal
import socket
from hashlib import md5
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
    assert "FastRestart" not in ended.stderr  # no word for who runs a command


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


def test_what_is_no_certificate_is_told_before_it_is_ready(tmp_path: Path) -> None:
    pem = tmp_path / "x.pem"
    pem.write_text("-----BEGIN NOTHING-----\n")
    ended = kamaelia(
        tmp_path,
        *("serve", "--https-port", "0", "--db", "memory"),
        *("--tls-cert", str(pem), "--tls-key", str(pem)),
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("kamaelia: cannot use the certificate")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value", "status", "says"),
    [
        ("--host", "nowhere.invalid", 1, "cannot listen on nowhere.invalid: "),
        ("--advertise", "two words", 2, "'two words' is no host"),
        ("--advertise", "192.0.2.1:1863", 2, "is no host"),
        ("--advertise", "", 2, "'' is no host"),
    ],
)
def test_a_host_that_is_none_is_told(
    option: str, value: str, status: int, says: str, tmp_path: Path
) -> None:
    ended = kamaelia(tmp_path, "serve", "--db", "memory", option, value)
    assert (ended.returncode, ended.stdout) == (status, "")
    assert says in ended.stderr


@pytest.mark.parametrize(
    ("option", "asked"), [((), True), (("--no-challenge",), False)]
)
def test_msn_clients_that_answer_no_challenge_can_be_let_be(
    option: tuple[str, ...], asked: bool, tmp_path: Path
) -> None:
    account = ("--user", "ann@example.com:secret", "--allow", "msn-md5")
    with serving(tmp_path, *account, *option) as served:
        peer = socket.create_connection(("127.0.0.1", served.ports["msn"]), 20)
        with peer, peer.makefile("rb") as lines:

            def ask(line: str) -> str:
                peer.sendall(line.encode() + b"\r\n")
                return lines.readline().decode()

            ask("VER 1 MSNP7 CVR0")
            salt = ask("USR 2 MD5 I ann@example.com").split()[4]
            digest = md5(f"{salt}secret".encode()).hexdigest()
            assert ask(f"USR 3 MD5 S {digest}").startswith("USR 3 OK")
            peer.sendall(b"CHG 4 NLN\r\nPNG\r\nOUT\r\n")
            said = [line[:4] for line in lines]
        assert b"CHG " in said
        assert (b"CHL " in said) is asked
        served.end()
