"""Names of files that no system takes, or that nobody may look at, are one line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from overlay.consent import CONSENT_VERSION
from overlay.monitor.students import add_student
from tests.e2e.conftest import Outcome
from tests.monitor.lessons import record, seconds, session

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.name == "nt", reason="PLATFORM: Windows has other limits and no modes"),
]

Call = Callable[..., Outcome]

LONG = f"{'x' * 5000}.mp4"


@pytest.fixture(autouse=True)
def _student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    record(add_student("Ada"), session(20), seconds(("happy", 20)))


NAMES = [LONG, f"folder/{LONG}", "loop.mp4", "loop.mp4/x.mp4"]
COMMANDS = [
    ["analyze", "{}"],
    ["run", "--output", "none", "--source", "{}"],
    ["run", "--output", "none", "--source", "webcam:{}"],
    ["run", "--source", "demo", "--seconds", "1", "--output", "{}"],
    ["export", "--student", "Ada", "{}"],
    ["report", "--student", "Ada", "--out", "{}"],
    ["calibrate", "--student", "Ada", "{}", "--emotion", "happy"],
    ["calibrate", "--student", "Ada", "--from", "{}"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_it_is_one_line(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMOTION_OVERLAY_CONSENT", str(CONSENT_VERSION))
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    for name in NAMES:
        outcome = call(*(word.format(name) for word in command))
        assert outcome.code == 2
        assert "unexpected" not in outcome.err
        assert len(outcome.err.strip().splitlines()) == 1, outcome.err
