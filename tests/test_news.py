from __future__ import annotations

import threading
from queue import Queue

import pytest

from overlay.news import News, call_all


@pytest.fixture
def news():
    news = News()
    yield news
    news.end()
    news.join(5)


def test_listeners_are_called_in_a_thread_of_their_own(news):
    callers: Queue[threading.Thread] = Queue()
    news.subscribe(lambda: callers.put(threading.current_thread()))
    news.start()
    news.announce()
    assert callers.get(timeout=5) is not threading.current_thread()


def test_who_has_news_does_not_wait_for_the_listeners(news):
    entered, released = threading.Event(), threading.Event()

    def listen() -> None:
        entered.set()
        released.wait(30)

    news.subscribe(listen)
    news.start()
    news.announce()
    assert entered.wait(5)
    for _ in range(100):
        news.announce()
    released.set()


def test_the_end_is_told_and_is_the_last_that_is(news):
    calls: Queue[None] = Queue()
    news.subscribe(lambda: calls.put(None))
    news.start()
    news.end()
    news.join(5)
    news.announce()
    assert calls.qsize() == 1


def test_a_listener_may_wait_for_the_end_without_locking_up(news):
    joined = threading.Event()

    def end() -> None:
        news.end()
        news.join(30)
        joined.set()

    news.subscribe(end)
    news.start()
    news.announce()
    assert joined.wait(5)


def test_what_never_began_ends_at_once(news):
    news.end()
    news.join(30)


def test_a_listener_that_fails_keeps_no_other_from_being_called(caplog):
    calls = []

    def fail() -> None:
        raise ValueError

    call_all([fail, lambda: calls.append("told")])
    assert calls == ["told"]
    assert "a listener failed" in caplog.text
