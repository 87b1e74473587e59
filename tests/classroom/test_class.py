"""A board and members at a real broker: what is shown is true, whoever comes, goes or fails."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from overlay.classroom import lesson_file
from overlay.classroom.codes import Broker
from overlay.classroom.groups import LEAST
from overlay.classroom.local_broker import LocalBroker
from overlay.classroom.member import Member
from overlay.classroom.protocol import BoardKeys, MemberKeys
from overlay.classroom.running import RunningClass, new_class, unfinished_class
from overlay.classroom.transport import Connection, board_topic, members_topic
from overlay.errors import ClassError
from tests.classroom.brokers import Mosquitto, free_port, mosquitto
from tests.classroom.lessons import Lesson
from tests.classroom.members import INTERVAL_S
from tests.waiting import until

pytestmark = pytest.mark.desktop


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setattr(lesson_file, "data_dir", lambda: tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def lesson(server: Mosquitto) -> Iterator[Lesson]:
    lesson = Lesson(server.broker)
    yield lesson
    lesson.close()


def test_shares_are_the_truth_while_members_come_leave_and_come_back(lesson: Lesson) -> None:
    lesson.join(4)
    assert lesson.interval_with(4).shares is None, "below five, nothing but their number"
    lesson.join(11)
    lesson.check(lesson.interval_with(15, 15))
    for _ in range(3):
        lesson.check(lesson.interval_with(15, 15))
    gone = lesson.members.pop()
    gone.leave()
    row = lesson.interval_with(14)
    assert row.shares is not None
    assert row.shares.members == 10, "the group of who left is not in the sum"
    (late,) = lesson.join(1)
    row = lesson.interval_with(15)
    assert row.shares is not None
    assert row.shares.members == 10, "one who comes alone is not in the sum"
    assert late.status().state == "sharing"
    lesson.join(LEAST - 1)
    assert lesson.interval_with(19, 15)


def test_the_class_goes_on_when_the_broker_was_killed(lesson: Lesson, server: Mosquitto) -> None:
    lesson.join(6)
    lesson.check(lesson.interval_with(6, 6))
    server.kill()
    row = lesson.interval()
    assert row.shares is None
    until(lambda: not lesson.running._connection.connected, "the board notices")
    lesson.interval()
    assert lesson.running.problem is not None
    until(lambda: all(member.status().problem for member in lesson.members), "members notice")
    server.start()
    connected = [lesson.running._connection, *(m._connection for m in lesson.members)]
    until(lambda: all(each.connected for each in connected), "all are connected again")
    lesson.check(lesson.interval_with(6, 6))
    assert lesson.running.problem is None


def test_the_board_goes_on_after_a_restart_with_the_same_code_and_the_same_rows(
    lesson: Lesson,
) -> None:
    lesson.join(5)
    lesson.check(lesson.interval_with(5, 5))
    lesson.running.board.mark("the question about springs")
    lesson.interval()
    before, code = lesson.running.board.lesson, lesson.running.code
    with pytest.raises(ClassError, match="was not ended"):
        new_class("Another", lesson.broker)
    lesson.running.close()  # as good as a kill: whatever counts is on the disk already
    lesson.running = RunningClass(unfinished_class(), interval_s=INTERVAL_S)
    lesson.running.start()
    assert lesson.running.code == code
    assert len(lesson.running.board.lesson.rows) == len(before.rows)
    assert lesson.running.board.lesson.marks == before.marks
    lesson.check(lesson.interval_with(5, 5))


def test_at_the_end_members_know_it_and_only_page_and_table_are_left(
    lesson: Lesson, data: Path
) -> None:
    lesson.join(5)
    lesson.interval_with(5, 5)
    page, table = lesson.running.end()
    until(lambda: all(m.status().state == "ended" for m in lesson.members), "they know")
    assert all(member._keys is None for member in lesson.members), "keys are forgotten"
    assert {path.name for path in (data / "classes").iterdir()} == {
        page.name, table.name, "open.lock"
    }  # fmt: skip
    assert "not a grade" in page.read_text(encoding="utf-8")
    assert table.read_text(encoding="utf-8").startswith("time,sharing,in_sum,neutral,happy")


def test_nothing_about_single_members_is_on_the_disk_or_in_what_is_shown(
    lesson: Lesson, data: Path
) -> None:
    lesson.join(7)
    lesson.interval_with(7, 7)
    stored = (data / "classes" / "open.json").read_text()
    for member in lesson.members:
        assert member._keys is not None
        assert member._keys.public.hex() not in stored
    known = lesson_file.load_class(data / "classes" / "open.json")
    assert known is not None
    assert known.lesson.rows[-1].shares == lesson.running.board.lesson.rows[-1].shares


class TestAHostileNeighbour:
    """Somebody at the same broker, who may have the code as well."""

    @pytest.fixture
    def wire(self, lesson: Lesson) -> Iterator[tuple[Connection, list[bytes]]]:
        """A connection of theirs, and everything that members send."""
        heard: list[bytes] = []
        topic = members_topic(lesson.running._keys.lesson)
        connection = Connection(lesson.broker, topic, heard.append)
        connection.open()
        yield connection, heard
        connection.close()

    def test_replays_alters_and_makes_noise_and_the_shares_stay_true(
        self, lesson: Lesson, wire: tuple[Connection, list[bytes]]
    ) -> None:
        connection, heard = wire
        lesson.join(6)
        lesson.interval_with(6, 6)
        topic, old = connection.topic, list(heard)
        for message in [*old, secrets.token_bytes(131), b"", bytes(10_000_000), old[0][:-1] + b"!"]:
            connection.publish(topic, message)
        for _ in range(2):
            lesson.check(lesson.interval_with(6, 6))

    def test_floods_the_board_and_it_still_answers(
        self, lesson: Lesson, wire: tuple[Connection, list[bytes]]
    ) -> None:
        connection, _ = wire
        lesson.join(5)
        lesson.interval_with(5, 5)
        stop = threading.Event()

        def flood() -> None:
            while not stop.wait(0.0005):
                connection.publish(connection.topic, secrets.token_bytes(131))

        flooding = threading.Thread(target=flood)
        flooding.start()
        try:
            rows = [lesson.interval() for _ in range(3)]
        finally:
            stop.set()
            flooding.join()
        assert lesson.running.board.notice is not None
        assert all(row.sharing <= 5 for row in rows)

    def test_who_answers_a_thousand_times_counts_once(self, lesson: Lesson) -> None:
        (member, *_) = lesson.join(5)
        lesson.interval_with(5, 5)
        keys = member._keys
        assert keys is not None
        message = lesson.running.board.begin_interval()
        for _ in range(1000):
            answer = keys.contribute(lesson.running.board.interval, (10, *(0,) * 8))
            lesson.running.board.receive(answer)
        assert message
        assert lesson.running.board.end_interval().sharing == 1

    def test_hears_nothing_in_which_two_states_differ(
        self, lesson: Lesson, wire: tuple[Connection, list[bytes]]
    ) -> None:
        _, heard = wire
        lesson.join(5)
        for _ in range(3):
            lesson.interval_with(5)
        assert len({len(message) for message in heard}) == 1
        assert len(set(heard)) == len(heard)


def test_a_wrong_code_and_a_class_that_has_not_begun_are_told_in_words(server: Mosquitto) -> None:
    member = Member(BoardKeys().code, server.broker, interval_s=0.1)
    member.start()
    try:
        until(lambda: member.status().problem, "it says so")
        assert "is the code right" in str(member.status().problem)
    finally:
        member.leave()


def test_another_version_is_told_in_words(lesson: Lesson) -> None:
    member = Member(lesson.running.code, lesson.broker, interval_s=INTERVAL_S)
    member.start()
    try:
        until(lambda: member.status().state == "waiting", "it is connected")
        lesson.running._connection.publish(
            board_topic(lesson.running._keys.lesson), b"\x02" + bytes(80)
        )
        until(lambda: "another version" in str(member.status().problem), "it says so")
    finally:
        member.leave()


def test_a_broker_that_is_away_is_told_in_words_and_waited_for(tmp_path: Path) -> None:
    server = Mosquitto(tmp_path)
    with pytest.raises(ClassError, match="does not answer"):
        RunningClass(new_class("Physics", server.broker)).start()
    member = Member(BoardKeys().code, server.broker)
    member.start()
    try:
        until(lambda: "does not answer" in str(member.status().problem), "it says so")
        server.start()
        until(lambda: member.status().state == "waiting", "it is connected after all")
    finally:
        member.leave()
        server.kill()


def test_a_broker_that_refuses_is_told_in_words(tmp_path: Path) -> None:
    with mosquitto(tmp_path, "allow_anonymous false") as server:
        connection = Connection(server.broker, "emotion-overlay/x/board", lambda _: None)
        with pytest.raises(ClassError, match="refuses: not authorized"):
            connection.open()


def test_the_broker_that_a_board_brings_does_as_well() -> None:
    broker = Broker("local", "127.0.0.1", free_port())
    lesson = Lesson(broker)
    try:
        lesson.join(5)
        lesson.check(lesson.interval_with(5, 5))
    finally:
        lesson.close()
    with LocalBroker(broker.host, broker.port), pytest.raises(ClassError, match="--bind"):
        LocalBroker(broker.host, broker.port).start()


def test_two_boards_on_one_computer_are_refused(lesson: Lesson) -> None:
    with pytest.raises(ClassError, match="open on this computer already"):
        RunningClass(unfinished_class()).start()


def test_clocks_do_not_matter(lesson: Lesson) -> None:
    """Members answer what the board asks; no time of theirs is sent."""
    keys = MemberKeys(lesson.running.code)
    keys.read(lesson.running.board.begin_interval())
    assert "wall" not in Member._hear.__code__.co_names
    lesson.running.board.receive(keys.contribute(lesson.running.board.interval, (10, *(0,) * 8)))
    assert lesson.running.board.end_interval().sharing == 1
