from Kamaelia.Protocol.MSN.wire.status import (
    SETTABLE,
    STATUS_BRB,
    STATUS_HIDDEN,
    STATUS_OFFLINE,
    STATUS_ONLINE,
    VISIBLE,
    status_text,
    statusCodes,
)


def test_codes_and_texts_that_old_programs_know() -> None:
    assert (STATUS_ONLINE, STATUS_BRB) == ("NLN", "BRB")
    assert statusCodes["HDN"] == "Appear Offline"
    assert status_text("phn") == "On the Phone"
    assert status_text("XYZ") == "XYZ"


def test_hidden_can_be_set_but_not_seen_and_offline_neither() -> None:
    assert STATUS_HIDDEN in SETTABLE - VISIBLE
    assert STATUS_OFFLINE not in SETTABLE
    assert len(statusCodes) == 9
