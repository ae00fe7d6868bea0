from Kamaelia.Protocol.MSN.wire.codes import (
    ERRORS,
    ErrorInfo,
    error_info,
    errorCodes,
    login_failure,
)


def test_meanings_that_old_programs_know() -> None:
    assert errorCodes[200] == "Syntax error"
    assert errorCodes[911] == "Authentication failed"
    assert errorCodes[924] == "Passport account not yet verified"
    assert error_info("540") == ErrorInfo(540, "Wrong CHL value", fatal=True)
    assert not error_info(217).fatal
    assert str(error_info(217)) == "User not online (217)"


def test_unknown_numbers_pass_through() -> None:
    assert error_info(999) == ErrorInfo(999, "unknown error 999", fatal=False)
    assert error_info("012").code == 12
    assert error_info("MSG").text == "unknown error MSG"


def test_sign_on_failures_by_kind() -> None:
    assert login_failure(911) == "credentials"
    assert login_failure(601) == "busy"
    assert login_failure(931) == "server"
    assert login_failure(927) == "refused"
    assert all(login_failure(code) for code in ERRORS)
