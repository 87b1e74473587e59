"""What goes over the wire: who can read it, who can write it, and what it betrays."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey
from nacl.secret import SecretBox

from overlay.classroom.protocol import (
    LONGEST_MESSAGE,
    MEMBER_MESSAGE,
    VERSION,
    Announcement,
    BoardKeys,
    MemberKeys,
    OtherVersionError,
    UnreadableError,
)
from overlay.classroom.states import STATES, TENTHS, Tenths
from overlay.errors import ClassError

HAPPY = (0, 10, *(0,) * (len(STATES) - 2))
BOARD = BoardKeys()
SAID = BOARD.announce(Announcement(7, True, "Physics, lesson 4"))


@pytest.fixture
def member() -> MemberKeys:
    member = MemberKeys(BOARD.code)
    member.read(SAID)
    return member


def test_a_member_hears_the_board_and_the_board_hears_the_member(member: MemberKeys) -> None:
    assert member.read(SAID) == Announcement(7, True, "Physics, lesson 4")
    said = BOARD.read(member.contribute(7, HAPPY))
    assert (said.member, said.interval, said.tenths) == (member.public, 7, HAPPY)


def test_the_board_is_the_same_after_a_restart(member: MemberKeys) -> None:
    again = BoardKeys(BOARD.seed)
    assert (again.code, again.lesson) == (BOARD.code, BOARD.lesson)
    assert again.read(member.contribute(7, HAPPY)).tenths == HAPPY


def test_a_member_says_nothing_before_it_has_heard_the_board() -> None:
    with pytest.raises(ClassError, match="not answered"):
        MemberKeys(BOARD.code).contribute(7, HAPPY)


def test_another_class_hears_nothing(member: MemberKeys) -> None:
    other = BoardKeys()
    with pytest.raises(UnreadableError):
        other.read(member.contribute(7, HAPPY))
    with pytest.raises(UnreadableError):
        MemberKeys(other.code).read(SAID)


def test_another_member_cannot_read_what_a_member_sends(member: MemberKeys) -> None:
    """They can open the outer layer, whose key is made from the code, but not the inner one."""
    message = member.contribute(7, HAPPY)
    other = MemberKeys(BOARD.code)
    other.read(SAID)
    inner = other._room.open(message)
    assert inner.startswith(member.public)
    assert other._box is not None
    with pytest.raises(Exception, match="decrypt"):
        other._box.decrypt(inner[32:])


def test_another_member_cannot_pretend_to_be_the_board(member: MemberKeys) -> None:
    """They know the code, but not the key whose hash it is."""
    impostor = BoardKeys()
    impostor._room = MemberKeys(BOARD.code)._room
    with pytest.raises(UnreadableError):
        member.read(impostor.announce(Announcement(8, False, "The end")))


def test_nobody_can_write_in_the_name_of_another_member(member: MemberKeys) -> None:
    other = MemberKeys(BOARD.code)
    other.read(SAID)
    other.public = member.public
    with pytest.raises(UnreadableError):
        BOARD.read(other.contribute(7, HAPPY))


def test_two_memberships_of_one_person_have_nothing_in_common() -> None:
    one, other = MemberKeys(BOARD.code), MemberKeys(BOARD.code)
    assert one.public != other.public


@given(st.randoms(use_true_random=False))
def test_every_message_of_a_member_has_the_same_length_and_never_the_same_bytes(
    chance: random.Random,
) -> None:
    member = MemberKeys.__new__(MemberKeys)
    member.__dict__.update(_MEMBER.__dict__)
    states = [chance.randrange(len(STATES)) for _ in range(TENTHS)]
    tenths = tuple(states.count(index) for index in range(len(STATES)))
    one, other = (member.contribute(chance.randrange(2**63), tenths) for _ in range(2))
    assert len(one) == len(other) == MEMBER_MESSAGE
    assert one[1:9] != other[1:9]


@given(st.integers(0, MEMBER_MESSAGE - 1), st.integers(1, 255))
@settings(max_examples=150)
def test_an_altered_message_is_not_read(place: int, change: int) -> None:
    message = bytearray(_MESSAGE)
    message[place] ^= change
    with pytest.raises(UnreadableError):
        BOARD.read(bytes(message))


@given(st.integers(0, len(SAID) - 1), st.integers(1, 255))
def test_an_altered_announcement_is_not_read(place: int, change: int) -> None:
    message = bytearray(SAID)
    message[place] ^= change
    with pytest.raises(UnreadableError):
        _MEMBER.read(bytes(message))


@given(st.one_of(st.binary(max_size=2 * LONGEST_MESSAGE), st.just(bytes(10_000_000))))
@settings(max_examples=60)
def test_noise_is_not_read(noise: bytes) -> None:
    for read in (BOARD.read, _MEMBER.read):
        with pytest.raises(UnreadableError):
            read(noise)


@given(st.binary(max_size=80))
def test_noise_of_somebody_with_the_code_is_not_read(noise: bytes) -> None:
    sealed = _MEMBER._room.seal(noise)
    for read in (BOARD.read, _MEMBER.read):
        with pytest.raises(UnreadableError):
            read(sealed)


def test_a_key_that_is_no_point_of_the_curve_is_not_read() -> None:
    inner = bytes(32) + bytes(MEMBER_MESSAGE - 1 - SecretBox.NONCE_SIZE - 16 - 32)
    with pytest.raises(UnreadableError):
        BOARD.read(_MEMBER._room.seal(inner))


@pytest.mark.parametrize("tenths", [(0,) * 9, (11, *(0,) * 8), (255,) * 9])
def test_tenths_that_do_not_add_up_are_not_read(member: MemberKeys, tenths: Tenths) -> None:
    with pytest.raises(UnreadableError):
        BOARD.read(member.contribute(7, tenths))


@pytest.mark.parametrize("version", [0, VERSION + 1, 255])
def test_another_version_is_told_from_noise(version: int) -> None:
    message = bytes([version]) + _MESSAGE[1:]
    for read in (BOARD.read, _MEMBER.read):
        with pytest.raises(OtherVersionError):
            read(message)


def test_the_lesson_id_says_nothing_about_the_code() -> None:
    assert BOARD.code not in BOARD.lesson
    assert len(BOARD.lesson) == 32
    assert PrivateKey.SIZE == 32


_MEMBER = MemberKeys(BOARD.code)
_MEMBER.read(SAID)
_MESSAGE = _MEMBER.contribute(7, HAPPY)
