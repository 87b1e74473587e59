"""Two sides that know the key understand each other; everybody else gets nothing."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError, Pipe

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.control.channel import LONGEST, Channel
from tests.waiting import PATIENCE_S

KEY = b"k" * 32

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pairs of Unix sockets")


def meet(instance_key: bytes, client_key: bytes) -> tuple[list[Exception], list[Exception]]:
    """What each side raises when they introduce themselves."""
    ours, theirs = Pipe()
    errors: tuple[list[Exception], list[Exception]] = ([], [])

    def attempt(step: Callable[[], None], into: list[Exception]) -> None:
        try:
            step()
        except Exception as error:
            into.append(error)

    def instance() -> None:
        with Channel(ours, 5.0) as channel:
            attempt(lambda: channel.welcome(instance_key), errors[0])

    thread = threading.Thread(target=instance)
    thread.start()
    with Channel(theirs, 5.0) as channel:
        attempt(lambda: channel.introduce(client_key), errors[1])
    thread.join()
    return errors


def test_who_knows_the_key_is_welcome() -> None:
    assert meet(KEY, KEY) == ([], [])


def test_who_does_not_know_it_is_refused_by_both_sides() -> None:
    instance, client = meet(KEY, b"x" * 32)
    assert isinstance(instance[0], AuthenticationError)
    assert client


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_messages_arrive_as_they_were_sent(message: dict[str, object]) -> None:
    ours, theirs = Pipe()
    with Channel(ours, 5.0) as one, Channel(theirs, 5.0) as other:
        one.send(message)
        assert other.receive() == message


@given(st.binary(max_size=200))
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    ours, theirs = Pipe()
    ours.send_bytes(content)
    with ours, Channel(theirs, 5.0) as channel, contextlib.suppress(ValueError):
        assert channel.receive() == json.loads(content)


def test_a_huge_message_is_refused_before_it_is_read() -> None:
    ours, theirs = Pipe()

    def send() -> None:
        with contextlib.suppress(OSError):  # the other side hangs up
            ours.send_bytes(bytes(100 * LONGEST))

    huge = threading.Thread(target=send)
    huge.start()
    with Channel(theirs, 5.0) as channel, pytest.raises(OSError, match="bad message length"):
        channel.receive()
    huge.join(PATIENCE_S)
    assert not huge.is_alive()


def test_deep_nesting_is_refused_in_a_line() -> None:
    ours, theirs = Pipe()
    ours.send_bytes(b'{"command": ' + b"[" * 50_000)
    with ours, Channel(theirs, 5.0) as channel, pytest.raises(ValueError, match="deeply"):
        channel.receive()


def test_a_sender_that_trickles_gets_no_more_time_than_one_that_is_silent() -> None:
    ours, theirs = Pipe()
    over = threading.Event()

    def trickle() -> None:
        os.write(ours.fileno(), b"\x00\x00\x01\x00")
        while not over.wait(0.05):
            os.write(ours.fileno(), b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with ours, Channel(theirs, 0.3) as channel, pytest.raises(TimeoutError):
            channel.receive()  # 256 bytes would take it 13 seconds
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("beginning", [b"", b"\x00\x00"], ids=["silent", "breaks off"])
def test_nobody_is_waited_for_longer_than_patience_lasts(beginning: bytes) -> None:
    ours, theirs = Pipe()
    os.write(ours.fileno(), beginning)
    with ours, Channel(theirs, 0.1) as channel, pytest.raises((TimeoutError, BlockingIOError)):
        channel.receive()
