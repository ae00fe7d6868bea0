from pathlib import Path

import pytest

from Kamaelia.cli.demo import Screen, play
from Kamaelia.cli.demo_aim import AIMScene
from Kamaelia.cli.running import run_async
from tests.helpers.command import kamaelia


def test_the_demo_shows_talk_frames_and_picture_and_ends_well(tmp_path: Path) -> None:
    ended = kamaelia(tmp_path, "demo")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert any(
        line.endswith("bob | Ann: Hello Bob, is this thing on?") for line in lines
    )
    assert any(line.endswith("ann | * Bob is away") for line in lines)
    assert any("carol | dave@example.com: Carol! Twenty" in line for line in lines)
    assert any("carol > MSNP USR" in line for line in lines)
    frames = [line for line in lines if "FLAP ch" in line]
    assert len(frames) > 40
    assert all("SNAC" in line for line in frames)
    assert "│ OSCARProtocol (FLAP)" in ended.stdout


def test_what_does_not_happen_fails_the_demo(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = AIMScene(Screen(frames=False, picture=False))
    scene.users = {"Ann": "secret", "Bob": "hidden"}
    original = scene.client

    def client(name: str, password: str, server: object) -> object:
        return original(name, "wrong" if name == "Bob" else password, server)  # type: ignore[arg-type]

    scene.client = client  # type: ignore[method-assign, assignment]
    problem = run_async(play(scene, Screen(frames=False, picture=False)))
    assert problem is not None
    assert "bob did not see 'signed on'" in problem
    assert "wrong password" in problem
    assert "Hello Bob" not in capsys.readouterr().out
