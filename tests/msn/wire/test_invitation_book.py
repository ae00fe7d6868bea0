from Kamaelia.Protocol.MSN.wire.invitation import (
    REJECT,
    Accept,
    Cancel,
    InvalidInvitation,
    Invite,
)
from Kamaelia.Protocol.MSN.wire.invitation_book import MAX_OPEN, InvitationBook

BOB = "bob@example.com"
CAROL = "carol@example.org"


def file_invite(cookie: int) -> bytes:
    return Invite(cookie, file_name="a.txt", file_size=1).to_bytes()


def test_an_invitation_is_reported_once() -> None:
    book = InvitationBook()
    assert isinstance(book.receive(BOB, file_invite(7)), Invite)
    assert book.receive("Bob@Example.com", file_invite(7)) is None


def test_two_users_can_choose_the_same_cookie() -> None:
    book = InvitationBook()
    assert isinstance(book.receive(BOB, file_invite(7)), Invite)
    assert isinstance(book.receive(CAROL, file_invite(7)), Invite)
    assert book.receive(BOB, Cancel(7).to_bytes()) == Cancel(7)
    assert (CAROL, 7) in book.incoming


def test_answers_to_unknown_cookies_are_ignored() -> None:
    book = InvitationBook()
    assert book.receive(BOB, Accept(7).to_bytes()) is None
    assert book.receive(BOB, Cancel(7).to_bytes()) is None


def test_several_users_can_accept_what_we_offer() -> None:
    book = InvitationBook()
    cookie = book.offer_file("a.txt", 1).cookie
    for user in (BOB, CAROL):
        assert book.receive(user, Accept(cookie).to_bytes()) == Accept(cookie)
    book.forget(cookie)
    assert book.receive(BOB, Accept(cookie).to_bytes()) is None


def test_the_inviters_address_reaches_the_invitee() -> None:
    book = InvitationBook()
    book.receive(BOB, file_invite(7))
    answer = Accept(7, "192.0.2.1", port=6891, auth_cookie=5)
    assert book.receive(BOB, answer.to_bytes()) == answer
    assert book.receive(CAROL, answer.to_bytes()) is None
    book.forget(7, BOB)
    assert book.receive(BOB, answer.to_bytes()) is None


def test_our_cookies_differ_from_all_open_ones() -> None:
    book = InvitationBook(random_bits=lambda _: 0xFFFFFFFF)
    book.receive(BOB, file_invite(0xFFFFFFFF))
    assert book.offer_file("a.txt", 1).cookie == 0
    assert book.offer_file("b.txt", 1, reachable=False).cookie == 1
    assert not book.outgoing[1].reachable


def test_one_user_cannot_open_too_many() -> None:
    book = InvitationBook()
    for cookie in range(MAX_OPEN):
        assert isinstance(book.receive(BOB, file_invite(cookie)), Invite)
    refused = book.receive(BOB, file_invite(99))
    assert isinstance(refused, InvalidInvitation)
    assert refused.answer == Cancel(99, REJECT)
    assert isinstance(book.receive(CAROL, file_invite(99)), Invite)


def test_what_a_user_offered_closes_when_they_leave() -> None:
    book = InvitationBook()
    book.receive(BOB, file_invite(1))
    book.receive(CAROL, file_invite(2))
    assert [invite.cookie for invite in book.left(BOB)] == [1]
    assert list(book.incoming) == [(CAROL, 2)]


def test_broken_bodies_are_reported() -> None:
    book = InvitationBook()
    assert isinstance(book.receive(BOB, b"Invitation-Cookie: x"), InvalidInvitation)
