"""Brokers as a school has them: the documented configuration, and two that are bridged."""

from __future__ import annotations

import re
import secrets
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from overlay.classroom import lesson_file
from overlay.classroom.transport import Connection, board_topic, members_topic
from overlay.errors import ClassError
from tests.classroom.brokers import Mosquitto, mosquitto
from tests.classroom.lessons import Lesson
from tests.conftest import REPOSITORY
from tests.waiting import until

pytestmark = pytest.mark.desktop


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lesson_file, "data_dir", lambda: tmp_path / "data")


class TestTheDocumentedConfiguration:
    @pytest.fixture
    def school(self, tmp_path: Path) -> Iterator[Mosquitto]:
        """That of docs/CLASS.md, with files of the test's own and without TLS."""
        text = (REPOSITORY / "docs/CLASS.md").read_text(encoding="utf-8")
        blocks = re.findall(r"(?ms)^```\w*\n(.*?)^```", text)
        (config,) = (block for block in blocks if "acl_file" in block)
        (rules,) = (block for block in blocks if "user teacher" in block)
        (tmp_path / "class.acl").write_text(rules)
        passwords = tmp_path / "passwords"
        passwords.write_text("teacher:chalk\nstudent:pencil\n")
        with mosquitto(tmp_path) as server:  # so that the skip says what to install
            server.kill()
        subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True)
        for path in (tmp_path / "class.acl", passwords):
            path.chmod(0o600)
        config = config.replace("/etc/mosquitto/passwords", str(passwords))
        config = config.replace("/etc/mosquitto/class.acl", str(tmp_path / "class.acl"))
        with mosquitto(tmp_path, re.sub(r"(?m)^(listener|certfile|keyfile) .*\n", "", config)) as s:
            yield s

    def test_lets_a_class_be_held(self, school: Mosquitto) -> None:
        student = replace(school.broker, username="student", password="pencil")
        lesson = Lesson(replace(school.broker, username="teacher", password="chalk"))
        lesson.broker = student
        try:
            lesson.join(5)
            lesson.check(lesson.interval_with(5, 5))
        finally:
            lesson.close()

    def test_keeps_students_from_reading_others_and_from_speaking_for_the_board(
        self, school: Mosquitto
    ) -> None:
        name = secrets.token_hex(16)
        heard: dict[str, list[bytes]] = {"board": [], "members": []}
        people = {
            "student": replace(school.broker, username="student", password="pencil"),
            "teacher": replace(school.broker, username="teacher", password="chalk"),
        }
        spy = Connection(people["student"], members_topic(name), heard["members"].append)
        other = Connection(people["student"], board_topic(name), heard["board"].append)
        teacher = Connection(people["teacher"], members_topic(name), lambda _: None)
        for connection in (spy, other, teacher):
            connection.open()
        spy.publish(members_topic(name), b"a contribution")
        spy.publish(board_topic(name), b"a false announcement")
        teacher.publish(board_topic(name), b"an announcement")
        until(lambda: heard["board"], "the board is heard")
        assert heard == {"board": [b"an announcement"], "members": []}
        for connection in (spy, other, teacher):
            connection.close()

    def test_takes_no_large_message(self, school: Mosquitto) -> None:
        teacher = replace(school.broker, username="teacher", password="chalk")
        student = replace(school.broker, username="student", password="pencil")
        name, heard = secrets.token_hex(16), list[bytes]()
        listening = Connection(teacher, members_topic(name), heard.append)
        sending = Connection(student, board_topic(name), lambda _: None)
        listening.open()
        sending.open()
        sending.publish(members_topic(name), bytes(100_000))
        until(lambda: not sending.connected, "it is thrown out")
        until(lambda: sending.connected, "it may come back")
        sending.publish(members_topic(name), b"small")
        until(lambda: heard, "what is small arrives")
        assert heard == [b"small"]
        listening.close()
        sending.close()


def test_a_broker_has_to_prove_who_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With TLS, by default against the system's authorities; a school's own can be named."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(make.split(), check=True, capture_output=True)
    server = Mosquitto(tmp_path, "allow_anonymous true")
    server.add(f"certfile {certificate}\nkeyfile {key}\n")
    server.start()
    broker = replace(server.broker, scheme="mqtts", host="localhost")
    try:
        with pytest.raises(ClassError, match=r"cannot prove who it is .*SSL_CERT_FILE"):
            Connection(broker, "emotion-overlay/x/board", lambda _: None).open()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        connection = Connection(broker, "emotion-overlay/x/board", lambda _: None)
        connection.open()
        assert connection.connected
        connection.close()
        elsewhere = replace(broker, host="127.0.0.1")  # not the name in the certificate
        with pytest.raises(ClassError, match="cannot prove who it is"):
            Connection(elsewhere, "emotion-overlay/x/board", lambda _: None).open()
    finally:
        server.kill()


def test_a_class_is_held_across_two_bridged_brokers(tmp_path: Path) -> None:
    """The teacher is at one, the students at the other, as in two buildings."""
    with mosquitto(tmp_path) as one:
        bridge = (
            f"allow_anonymous true\nconnection bridge\naddress 127.0.0.1:{one.port}\n"
            "topic emotion-overlay/+/board in\ntopic emotion-overlay/+/members out\n"
        )
        with mosquitto(tmp_path, bridge) as other:
            lesson = Lesson(one.broker)
            lesson.broker = other.broker
            try:
                lesson.join(6)
                for _ in range(2):
                    lesson.check(lesson.interval_with(6, 6))
            finally:
                lesson.close()


def test_nothing_is_retained(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as server:
        lesson = Lesson(server.broker)
        try:
            lesson.join(5)
            lesson.interval_with(5, 5)
            heard: list[bytes] = []
            late = Connection(server.broker, board_topic(lesson.running._keys.lesson), heard.append)
            late.open()
            threading.Event().wait(0.3)  # a retained message would come at once
            assert heard == []
            late.close()
        finally:
            lesson.close()
