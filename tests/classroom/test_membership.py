"""The running application shares with a class exactly as long as its user wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from overlay.app import App
from overlay.classroom.board import Board
from overlay.classroom.codes import link_of, spelled
from overlay.classroom.lesson import Lesson
from overlay.classroom.membership import Membership
from overlay.classroom.protocol import BoardKeys
from overlay.classroom.states import STATES
from overlay.classroom.transport import Connection, board_topic, members_topic
from overlay.errors import ClassError
from overlay.settings import Settings
from tests.classroom.brokers import Mosquitto, mosquitto
from tests.waiting import until

pytestmark = pytest.mark.desktop


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def app() -> Iterator[App]:
    with App(Settings(source="demo", output="none", mode="off", window=False)) as app:
        yield app


class Teacher:
    """A board that asks whenever the test wants it to."""

    def __init__(self, broker: Mosquitto) -> None:
        self.keys = BoardKeys()
        self.board = Board(self.keys, Lesson("Physics, lesson 4", 0.0, 0))
        self.connection = Connection(
            broker.broker, members_topic(self.keys.lesson), self.board.receive
        )
        self.connection.open()

    def ask(self, *, is_open: bool = True) -> None:
        message = self.board.begin_interval(is_open=is_open)
        self.connection.publish(board_topic(self.keys.lesson), message)


@pytest.fixture
def teacher(server: Mosquitto) -> Iterator[Teacher]:
    teacher = Teacher(server)
    yield teacher
    teacher.connection.close()


def test_it_shares_what_the_face_looked_like_and_says_so_until_the_user_leaves(
    app: App, server: Mosquitto, teacher: Teacher
) -> None:
    membership = Membership(app)
    assert app.status().sharing is None
    before = app.status().perceived
    membership.join(link_of(teacher.keys.code, server.broker))
    until(lambda: membership.describe()["class"]["state"] == "waiting", "it is connected")
    assert app.status().sharing is not None
    until(lambda: app.status().perceived > before + 60, "faces are read, in mode off")
    teacher.ask()
    until(lambda: teacher.board._sent, "it answers")
    (tenths,) = teacher.board._sent.values()
    assert sum(tenths) == 10
    assert tenths[STATES.index("absent")] < 10, "Grace Hopper is in view"
    assert app.status().sharing == "Physics, lesson 4"
    membership.leave()
    assert app.status().sharing is None
    assert membership.describe() == {"class": None}
    teacher.board.end_interval()


def test_it_ends_when_the_teacher_ends_the_class(
    app: App, server: Mosquitto, teacher: Teacher
) -> None:
    membership = Membership(app)
    membership.join(spelled(teacher.keys.code), server.broker.url)
    until(lambda: membership.describe()["class"]["state"] == "waiting", "it is connected")
    teacher.ask(is_open=False)
    until(lambda: membership.describe()["class"] is None, "it has left")
    assert app.status().sharing is None


def test_only_one_class_at_a_time_and_none_without_a_broker(app: App, server: Mosquitto) -> None:
    membership = Membership(app)
    with pytest.raises(ClassError, match="--broker"):
        membership.join(BoardKeys().code)
    membership.join(BoardKeys().code, server.broker.url)
    with pytest.raises(ClassError, match="already"):
        membership.join(BoardKeys().code, server.broker.url)
    membership.leave()
    membership.leave()
