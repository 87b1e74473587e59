"""A class that is open: the board and its connection, from the first interval to the page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from overlay.classroom.board import Board
from overlay.classroom.codes import Broker, link_of
from overlay.classroom.lesson import Lesson, Row
from overlay.classroom.lesson_file import (
    OpenClass,
    classes_dir,
    load_class,
    open_class_path,
    save_class,
)
from overlay.classroom.page import lesson_csv, lesson_page
from overlay.classroom.protocol import BoardKeys
from overlay.classroom.states import INTERVAL_S
from overlay.classroom.transport import Connection, board_topic, members_topic
from overlay.errors import ClassError
from overlay.host.file_lock import FileLock
from overlay.language import LazyText, _
from overlay.monitor import owner_only
from overlay.monitor.wording import local_time
from overlay.targets import free_name

_log = logging.getLogger(__name__)

#: How long a title may be, in characters.
_LONGEST_TITLE = 80


class RunningClass:
    """One class on this machine.

    Attributes:
        board: Its board.
        code: What the teacher hands out.
        link: The same with the broker's address.
        problem: What keeps it from its work, in one line, or None.
    """

    def __init__(self, unfinished: OpenClass, *, interval_s: float = INTERVAL_S) -> None:
        self._keys = BoardKeys(unfinished.seed)
        self._broker = unfinished.broker
        self._interval_s = interval_s
        self._resources = ExitStack()
        self._path = open_class_path()
        self.board = Board(self._keys, unfinished.lesson, unfinished.interval)
        self.code = self._keys.code
        self.link = link_of(self.code, self._broker)
        self.problem: str | None = None

    def start(self) -> None:
        """Start the own broker, if it is one, and connect.

        Raises:
            ClassError: Another class is open here, the broker does not answer, or no file can be
                written.
        """
        lock = FileLock(self._path.with_suffix(".lock"))
        if not lock.acquire():
            raise ClassError(LazyText("a class is open on this computer already: end it first"))
        self._resources.callback(lock.release)
        try:
            if self._broker.scheme == "local":
                from overlay.classroom.local_broker import LocalBroker

                own = LocalBroker(self._broker.host, self._broker.port)
                self._resources.enter_context(own)
            self._connection = Connection(
                self._broker, members_topic(self._keys.lesson), self.board.receive
            )
            self._connection.open()
            self._resources.callback(self._connection.close)
            self._save()
            if self.problem is not None:
                raise ClassError(self.problem)
        except BaseException:
            self._resources.close()
            raise

    def run_interval(self, wait: Callable[[float], bool]) -> Row | None:
        """Ask the members, wait, and sum up.

        Args:
            wait: Waits for so many seconds; whether the class is to end before that.

        Returns:
            What is shown; None if the class is to end.
        """
        self._tell(self.board.begin_interval())
        if wait(self._interval_s):
            return None
        row = self.board.end_interval()
        if not self._connection.connected:
            self.problem = _("the connection to the broker was lost: reconnecting")
        else:
            self.problem = None
        self._save()
        return row

    def end(self) -> list[Path]:
        """Tell the members, write page and CSV, and delete everything else.

        Returns:
            The files.

        Raises:
            ClassError: They cannot be written; the class can be taken up again.
        """
        self._tell(self.board.begin_interval(is_open=False))
        time.sleep(0.3)  # for the last message to leave
        self.close()
        return write_pages(self.board.lesson)

    def close(self) -> None:
        """Disconnect; the class can be taken up again."""
        self._resources.close()

    def _tell(self, message: bytes) -> None:
        self._connection.publish(board_topic(self._keys.lesson), message)

    def _save(self) -> None:
        board = self.board
        unfinished = OpenClass(self._keys.seed, self._broker, board.interval, board.lesson)
        try:
            save_class(self._path, unfinished)
        except OSError as error:
            self.problem = _("{path} cannot be written: {reason}").format(
                path=self._path, reason=error.strerror or error
            )
            _log.info("the unfinished class cannot be written", exc_info=True)


def new_class(title: str, broker: Broker) -> OpenClass:
    """A class that begins now.

    Args:
        title: The teacher's title.
        broker: Where it meets.

    Raises:
        ClassError: The last class was not ended, or there is no title.
    """
    title = " ".join(title.split())[:_LONGEST_TITLE]
    if not title:
        raise ClassError(LazyText('give the class a title: `class open "Physics, lesson 4"`'))
    if (last := load_class(open_class_path())) is not None:
        raise ClassError(
            LazyText(
                "the class “{title}” was not ended: `class open --resume` goes on with it, "
                "`class close` ends it and writes its page",
                title=last.lesson.title,
            )
        )
    now = time.localtime()
    return OpenClass(BoardKeys().seed, broker, 0, Lesson(title, time.time(), now.tm_gmtoff))


def unfinished_class() -> OpenClass:
    """The class that was not ended.

    Raises:
        ClassError: There is none, or it cannot be read.
    """
    found = load_class(open_class_path())
    if found is None:
        raise ClassError(LazyText('there is no unfinished class: `class open "TITLE"` opens one'))
    return found


def write_pages(lesson: Lesson) -> list[Path]:
    """Write the page and the CSV of a lesson that has ended, and delete the unfinished class.

    Raises:
        ClassError: They cannot be written; the unfinished class stays.
    """
    began = local_time(lesson.began, lesson.utc_offset_s)
    page = free_name(classes_dir() / f"class-{began:%Y-%m-%d-%H%M}.html")
    files = {page: lesson_page(lesson), page.with_suffix(".csv"): lesson_csv(lesson)}
    try:
        for path, text in files.items():
            owner_only.replace(path, text.encode())
        owner_only.delete(open_class_path())
    except OSError as error:
        raise ClassError(
            LazyText(
                "{filename} cannot be written ({reason}): nothing is lost; free some "
                "disk space, then run `class close`",
                filename=error.filename or page,
                reason=error.strerror or error,
            )
        ) from error
    return list(files)
