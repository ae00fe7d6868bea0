"""Short versions of the long proofs in tools/soak."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tools.soak import codecs, kills, load, sessions
from tools.soak.__main__ import proofs
from tools.soak.mutate import mutate
from tools.soak.targets import find_targets


def test_every_proof_states_its_claim() -> None:
    assert all(claim.startswith("Claim: ") for claim in proofs().values())


def test_spoiled_inputs_raise_only_protocol_errors() -> None:
    report = codecs.soak(inputs=6_000, seed=7)
    assert report.inputs == 6_000
    assert 0 < report.refused < 6_000


def test_spoiled_inputs_end_sessions_and_nothing_else() -> None:
    report = sessions.soak(inputs=1_800, seed=7)
    assert report.total >= 1_800
    assert report.checks
    assert all(0 < report.ended[kind] < report.inputs[kind] for kind in report.ended)


def test_what_was_acknowledged_survives_a_kill() -> None:
    report = kills.soak(kills=1, seed=7)
    assert report.kills == 1
    assert report.changes
    assert report.messages


def test_some_users_at_once_are_served() -> None:
    report = load.soak(24, short=True)
    assert "24 users at once" in str(report)


def test_the_decoders_of_both_protocols_are_found() -> None:
    names = {target.name for target in find_targets()}
    assert "Kamaelia.Protocol.AIM.wire.login.LoginReply" in names
    assert "Kamaelia.Protocol.MSN.wire.p2p.P2PPacket" in names
    assert "Kamaelia.Protocol.MSN.wire.presence.Presence.from_command" in names


@given(st.lists(st.binary(), min_size=1), st.integers())
def test_the_same_seed_spoils_the_same_way(seeds: list[bytes], seed: int) -> None:
    first = mutate(seeds, random.Random(seed))
    assert mutate(seeds, random.Random(seed)) == first
