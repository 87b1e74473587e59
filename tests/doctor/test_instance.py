from __future__ import annotations

import pytest

from overlay.app import App
from overlay.control import ControlServer
from overlay.doctor import Machine
from overlay.doctor.instance import check_instance
from overlay.settings import make_settings


@pytest.fixture
def settings():
    return make_settings(source="demo", output="none", mode="off", width=64, height=64)


def test_nothing_runs():
    finding = check_instance(Machine())
    assert (finding.state, finding.message) == ("ok", "it is not running")


def test_a_running_instance_says_how_it_fares(settings):
    with ControlServer() as server, App(settings) as app:
        server.serve(app)
        app.pause()
        finding = check_instance(Machine())
    assert finding.state == "ok"
    assert "in mode off, paused" in finding.message


def test_its_problems_are_repeated(settings):
    broken = make_settings(**{**settings.model_dump(), "source": "no-such-file.mp4"})
    with ControlServer() as server, App(broken) as app:
        server.serve(app)
        for _ in range(200):
            if app.status().problems:
                break
            app.wait(0.02)
        finding = check_instance(Machine())
    assert finding.state == "warning"
    assert "no-such-file.mp4" in finding.message


def test_an_instance_that_does_not_answer_is_told_from_none():
    with ControlServer():  # has the lock and listens to nobody yet
        finding = check_instance(Machine())
    assert finding.state == "warning"
    assert "does not answer" in finding.message


def test_what_a_dead_instance_left_behind_is_no_instance(home):
    (home / "run").mkdir(parents=True)
    (home / "run/control.key").write_bytes(b"key")
    (home / "run/control.sock").touch()
    assert check_instance(Machine()).state == "ok"
