"""Codes and links as people read them aloud, type them and paste them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.classroom.codes import (
    Broker,
    code_of,
    link_of,
    read_broker,
    read_invitation,
    spelled,
)
from overlay.errors import ClassError

codes = st.binary(min_size=32, max_size=32).map(code_of)


@given(codes)
def test_a_code_is_read_as_it_is_spelled(code: str) -> None:
    assert read_invitation(spelled(code)).code == code


@given(codes)
def test_letters_that_look_like_digits_and_small_letters_do_no_harm(code: str) -> None:
    typed = f"  {spelled(code).lower().replace('0', 'o').replace('1', 'l').replace('-', ' ')} "
    assert read_invitation(typed).code == code


@given(codes, st.integers(0, 15), st.sampled_from("23456789ABCDEFGH"))
def test_a_typing_error_never_gives_the_right_code(code: str, place: int, letter: str) -> None:
    wrong = code[:place] + letter + code[place + 1 :]
    if wrong[-1] == code[-1] and wrong != code:
        # One in 32 has the same check by chance; it then is the code of no class.
        with contextlib.suppress(ClassError):
            assert read_invitation(wrong).code != code


@pytest.mark.parametrize(
    "text", ["", "7KQM", "7KQM-2XPA-9VTC-4HJB-1", "ünïcödé", "emotion", "-" * 16]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ClassError):
        read_invitation(text)


@given(st.text(max_size=80))
def test_nothing_but_a_class_error_comes_of_any_text(text: str) -> None:
    for read in (read_invitation, read_broker):
        with contextlib.suppress(ClassError):
            read(text)


@given(codes, st.sampled_from(["broker.school.example", "192.0.2.1", "2001:db8::1"]))
def test_a_link_says_where_the_class_meets_and_no_password(code: str, host: str) -> None:
    broker = Broker("mqtts", host, 8883, "teacher", "secret")
    link = link_of(code, broker)
    assert "secret" not in link
    assert "teacher" not in link
    invitation = read_invitation(link)
    assert invitation.code == code
    assert invitation.broker == Broker("mqtts", host, 8883)


@pytest.mark.parametrize(
    "url", ["http://broker", "mqtts://", "broker", "mqtts://host:port", "mqtt://h/x"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ClassError, match="mqtts://"):
        read_broker(url)


def test_a_broker_is_at_the_usual_port_and_may_want_a_password() -> None:
    assert read_broker("mqtts://ada:x%20y@broker.example").port == 8883
    assert read_broker("mqtts://ada:x%20y@broker.example").password == "x y"
