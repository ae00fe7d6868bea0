"""Paths at which programs of old look for what stands elsewhere now."""

import importlib

import pytest


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("Kamaelia.Internet.Multicast_receiver", "Multicast_receiver"),
        ("Kamaelia.Internet.Multicast_sender", "Multicast_sender"),
        ("Kamaelia.Internet.Multicast_transceiver", "Multicast_transceiver"),
        ("Kamaelia.Protocol.SimpleReliableMulticast", "RecoverOrder"),
        ("Kamaelia.SingleServer", "SingleServer"),
    ],
)
def test_an_old_path_leads_to_the_thing(module: str, name: str) -> None:
    assert callable(getattr(importlib.import_module(module), name))
