"""The running instance obeys who has its key, and nobody disturbs it."""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Client, Connection
from pathlib import Path

import pytest

from overlay.app import App
from overlay.control import AlreadyRunningError, ControlServer, activate, ask, wait_until_gone
from overlay.control.address import private_address
from overlay.control.channel import Channel
from overlay.errors import ControlError
from overlay.host.file_lock import FileLock
from overlay.settings import make_settings
from overlay.sources import SameSource
from tests.camera_backend import CameraBackend
from tests.control.conftest import SMALL
from tests.engine.devices import Onlooker
from tests.waiting import PATIENCE_S, until


class TestCommands:
    def test_each_answer_tells_the_state_after_the_command(self, running: App) -> None:
        steps = [
            ("mode", "on-air", "on-air", False),
            ("toggle", None, "only-me", False),
            ("toggle", None, "on-air", False),
            ("pause", None, "on-air", True),
            ("panic", None, "off", True),
            ("forget-resting", None, "off", True),
            ("resume", None, "off", False),
            ("toggle", None, "on-air", False),
            ("toggle", None, "off", False),
            ("status", None, "off", False),
        ]
        for number, (command, value, mode, paused) in enumerate(steps, 1):
            answer = ask(command, value)
            assert (answer["status"]["mode"], answer["status"]["paused"]) == (mode, paused)
            assert answer["number"] == number
            assert answer["pid"] == os.getpid()

    def test_a_face_is_hidden_by_its_number_or_its_place(self, running: App) -> None:
        ask("mode", "on-air")
        until(lambda: ask("status")["faces"]["in_view"], "a face in view")
        (face,) = ask("status")["faces"]["in_view"]
        assert face.keys() == {"number", "x", "y", "width", "height", "hidden"}
        assert ask("toggle-face", face["number"])["faces"]["hidden"]
        place = {"x": face["x"] + face["width"] / 2, "y": face["y"] + face["height"] / 2}
        assert not ask("toggle-face", place)["faces"]["hidden"]
        ask("toggle-face", place)
        assert not ask("show-faces")["faces"]["hidden"]
        with pytest.raises(ControlError, match="a face has a number"):
            ask("toggle-face", "me")

    def test_the_video_follows(self, running: App, camera: CameraBackend) -> None:
        ask("pause")
        until(lambda: running.status().placeholders > 0, "the pause picture")
        ask("resume")
        seen = running.status().frames_in
        until(lambda: running.status().frames_in > seen + 3, "the webcam again")

    def test_stop_ends_it(self, running: App) -> None:
        assert ask("stop")["ok"]
        assert running.wait(PATIENCE_S)

    def test_after_its_end_nobody_is_left_who_answers(self, runtime: Path) -> None:
        for _ in range(5):
            with ControlServer() as server, App(make_settings(output="none", **SMALL)) as app:
                server.serve(app)
                ask("stop")
            assert not [t for t in threading.enumerate() if t.name.startswith("control")]

    def test_a_wrong_value_is_refused_and_changes_nothing(self, running: App) -> None:
        for value in ("loud", None, 7, ["off"], {"mode": "off"}):
            with pytest.raises(ControlError, match="mode"):
                ask("mode", value)
        assert running.status().mode == "only-me"

    def test_a_moment_is_marked_in_the_recording(self, running: App) -> None:
        onlooker = Onlooker()
        running.observe(onlooker)
        ask("mark", "the exam question")
        ask("mark")
        assert onlooker.marks == ["the exam question", ""]
        with pytest.raises(ControlError, match="a note is a text"):
            ask("mark", 7)

    def test_without_a_recording_nothing_is_marked(self, running: App) -> None:
        with pytest.raises(ControlError, match="start a recording to mark moments"):
            ask("mark", "here")

    def test_an_unknown_command_is_refused(self, running: App) -> None:
        for command in ("explode", "__init__", "change", ""):
            with pytest.raises(ControlError, match="there is no command"):
                ask(command)

    def test_a_second_start_brings_the_first_one_to_notice(self, running: App) -> None:
        noticed = threading.Event()
        running.on_activate(noticed.set)
        with pytest.raises(AlreadyRunningError):
            ControlServer().start()
        activate()
        assert noticed.is_set()


class TestNothingRuns:
    def test_a_command_says_so(self, runtime: Path) -> None:
        with pytest.raises(ControlError, match="not running"):
            ask("status")
        assert wait_until_gone()

    def test_one_starts_although_another_process_just_looks_whether_one_runs(
        self, runtime: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("overlay.control.server._LOOKED_AT_S", 20.0)
        looking = FileLock(private_address().lock)
        assert looking.acquire()
        threading.Timer(0.05, looking.release).start()
        with ControlServer():
            assert not looking.acquire()

    def test_an_instance_that_ended_leaves_nothing_that_answers(self, runtime: Path) -> None:
        with ControlServer() as server:
            server.serve(App(make_settings(**SMALL)))
            assert ask("status")["ok"]
        assert {path.name for path in runtime.iterdir()} == {"control.lock"}
        with pytest.raises(ControlError, match="not running"):
            ask("status")

    @pytest.mark.skipif(sys.platform == "win32", reason="Unix permissions")
    def test_an_instance_in_a_folder_that_others_can_write_is_not_believed(
        self, runtime: Path
    ) -> None:
        with ControlServer() as server:
            server.serve(App(make_settings(**SMALL)))
            runtime.chmod(0o777)
            with pytest.raises(ControlError, match=r"not running.*open to others"):
                ask("panic")
            assert wait_until_gone(0.1)
            runtime.chmod(0o700)

    def test_what_a_terminal_would_obey_is_shown_as_an_escape(
        self, runtime: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = App(make_settings(**{**SMALL, "source": "a\x1b]0;title\x07.mp4"}))
        with ControlServer() as server:
            server.serve(app)
            assert ask("status")["status"]["source"] == r"a\x1b]0;title\x07.mp4"

    @pytest.mark.skipif(sys.platform == "win32", reason="pipes leave nothing behind")
    def test_what_a_dead_instance_left_behind_is_cleaned(self, runtime: Path) -> None:
        address = private_address()
        address.write_key()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(address.name)
        with pytest.raises(ControlError, match="not running"):
            ask("status")
        with ControlServer() as server:
            server.serve(App(make_settings(**SMALL)))
            assert ask("status")["ok"]


class TestDisturbance:
    @pytest.fixture
    def visitor(self, running: App) -> Iterator[Connection]:
        address = private_address()
        with Client(address.name, address.family) as connection:
            yield connection

    def test_a_client_that_says_nothing(self, visitor: Connection) -> None:
        assert ask("status")["ok"]

    def test_a_client_that_says_nonsense(self, visitor: Connection) -> None:
        visitor.recv_bytes()
        visitor.send_bytes(b"\x80\x04nonsense")
        with pytest.raises((EOFError, OSError)):
            visitor.recv_bytes()
        assert ask("status")["ok"]

    def test_a_client_that_nests_deeply_is_told_so(self, running: App) -> None:
        address = private_address()
        with Channel(Client(address.name, address.family), 5.0) as channel:
            channel.introduce(address.read_key())
            channel._connection.send_bytes(b'{"command": ' + b"[" * 50_000)
            answer = channel.receive()
        assert not answer["ok"]
        assert re.search("deeply|Expecting value", answer["error"])  # Python 3.14: the latter
        assert ask("status")["ok"]

    def test_a_client_with_another_key(self, running: App) -> None:
        address = private_address()
        key = address.folder / "control.key"
        right = key.read_bytes()
        key.write_bytes(b"wrong" * 8)
        with pytest.raises(ControlError):
            ask("panic")
        key.write_bytes(right)
        assert ask("status")["status"]["mode"] == "only-me"

    @pytest.mark.skipif(sys.platform == "win32", reason="writes below the message layer")
    def test_a_client_that_announces_a_huge_message(self, visitor: Connection) -> None:
        os.write(visitor.fileno(), b"\x7f\xff\xff\xff" + b"x" * 1000)
        visitor.recv_bytes()
        with pytest.raises((EOFError, OSError)):
            visitor.recv_bytes()
        assert ask("status")["ok"]

    def test_many_silent_and_many_busy_clients_at_once(self, running: App) -> None:
        address = private_address()
        silent = [Client(address.name, address.family) for _ in range(40)]
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: ask("toggle"), range(200)))
        assert sorted(answer["number"] for answer in answers) == list(range(1, 201))
        for connection in silent:
            connection.close()


def test_it_answers_while_the_webcam_is_still_opening(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, opened = threading.Event(), threading.Event()

    class SlowCamera(SameSource):
        def open(self, **wanted: object) -> object:  # type: ignore[override]
            opening.set()
            opened.wait(30)
            return super().open(**wanted)  # type: ignore[arg-type]

    monkeypatch.setattr("overlay.opening.SameSource", SlowCamera)
    app = App(make_settings(output="none", **SMALL), retry_open=False)
    with ControlServer() as server:
        server.serve(app)
        begin = threading.Thread(target=app.start)
        begin.start()
        assert opening.wait(PATIENCE_S)
        began = time.monotonic()
        assert ask("mode", "on-air")["status"]["running"] is False
        assert ask("pause")["status"]["paused"]
        assert ask("resume")["ok"]
        answered = time.monotonic() - began
        assert not opened.is_set()
        opened.set()
        begin.join()
        until(lambda: app.status().frames_in > 0, "video in the mode that was asked for")
        assert app.status().mode == "on-air"
        app.close()
    assert answered < 10  # that it waited for nothing; how fast it is, is measured elsewhere
