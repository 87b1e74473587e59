"""A fault in a running application leaves a trace that helps, stays short, and names nobody."""

from __future__ import annotations

import re
import shutil
import threading
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from overlay.control import ask
from overlay.drawing import Painter
from overlay.errors import StoreError
from overlay.logs import log_file
from overlay.monitor.consent import give_consent
from overlay.monitor.recorder import Recorder
from overlay.monitor.store import Store
from overlay.monitor.students import Student, add_student
from overlay.outputs.null import NullOutput
from overlay.perception.detector import FaceDetector
from overlay.scene import EMOTIONS
from overlay.sources.demo import PORTRAIT
from tests.e2e.conftest import Outcome
from tests.waiting import until

pytestmark = pytest.mark.e2e

Call = Callable[..., Outcome]

NAME = "Zoë Quillfeather"
TITLE = "Xylophone rehearsal 7"
ON_AIR = ("--source", "demo", "--output", "none", "--mode", "on-air")

_ENTRY = re.compile(r"(?m)^\d{4}-\d\d-\d\dT[\d:]+[+-]\d{4} ([A-Z]+) \d+ ")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_OVERLAY_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))


@pytest.fixture
def zoe() -> Student:
    student = add_student(NAME)
    give_consent(student)
    return student


def entries(about: str) -> Iterator[str]:
    """The entries of the log that have a word in their first line."""
    text = log_file().read_text(encoding="utf-8")
    starts = [match.start() for match in _ENTRY.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if about in text[start:end].splitlines()[0]:
            yield text[start:end]


def failing(detect: Callable[..., Any], times: float) -> Callable[..., Any]:
    """A detector that raises so many times, and then does what it should."""
    left = times

    def fail(*arguments: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise RuntimeError("no inference today")
        return detect(*arguments)

    return fail


def test_a_detector_that_fails_on_every_frame_is_a_traceback_and_a_line(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overlay.engine.perceiving.RETRY_S", 0.05)
    monkeypatch.setattr(FaceDetector, "detect", failing(FaceDetector.detect, float("inf")))
    outcome = call("run", *ON_AIR, "--seconds", "6")
    assert outcome.code == 0
    assert "no inference today" in outcome.out
    begin, end = entries("problem_log")
    assert "perception: a problem began (RuntimeError)" in begin
    assert "Traceback (most recent call last)" in begin
    assert begin.count("RuntimeError: no inference today") == 1
    assert "perception: the problem lasted until the end" in end


def test_one_that_recovers_is_two(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overlay.engine.perceiving.RETRY_S", 0.05)
    monkeypatch.setattr(FaceDetector, "detect", failing(FaceDetector.detect, 20))

    def stop_when_it_has_ended() -> None:
        until(lambda: log_file().exists() and any(entries("the problem ended")), "an end", 100)
        ask("stop")

    threading.Thread(target=stop_when_it_has_ended, daemon=True).start()
    outcome = call("run", *ON_AIR, "--seconds", "120")
    assert outcome.code == 0
    begin, end = entries("problem_log")
    assert begin.count("RuntimeError: no inference today") == 1
    assert "perception: the problem ended after " in end


def test_no_name_no_title_and_no_expression_gets_into_it(
    call: Call, zoe: Student, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything fails at once, and says as much as it can about whom it was about."""
    secrets = f"{NAME}, {TITLE}, {zoe.folder}, {', '.join(EMOTIONS)}"

    def fail(*_: Any, **__: Any) -> None:
        raise KeyError(secrets)

    def fail_to_store(*_: Any, **__: Any) -> None:
        raise StoreError(secrets)

    def fail_sometimes(self: NullOutput, image: Any) -> None:
        if next(turns) % 3 == 0:
            raise RuntimeError(secrets)

    turns = iter(range(10**6))
    picture = tmp_path / NAME / f"{NAME} today.jpg"
    picture.parent.mkdir()
    shutil.copy(PORTRAIT, picture)
    monkeypatch.setattr(NullOutput, "send", fail_sometimes)
    monkeypatch.setattr(Painter, "paint", fail)
    monkeypatch.setattr(Recorder, "panel", fail)
    monkeypatch.setattr(Store, "append", fail_to_store)
    monkeypatch.setattr(FaceDetector, "detect", failing(FaceDetector.detect, 5))
    monkeypatch.setattr("overlay.engine.perceiving.RETRY_S", 0.05)
    common = ("--student", NAME, "--title", TITLE, "--output", "none", "--agree", "--seconds", "5")
    call("monitor", *common, "--source", picture, "--loop", "--verbose")
    call("run", "--source", picture, "--output", "none", "--seconds", "2", "--mode", "on-air")
    call("monitor", *common, "--source", "no such file of " + NAME, "--verbose")
    call("report", "--student", NAME)

    written = log_file().read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in written
    assert "output: a problem began" in written
    assert "[...]" in written
    plain = unicodedata.normalize("NFKD", written.casefold()).encode("ascii", "ignore").decode()
    words = [*NAME.split(), TITLE, "Zoe", "Xylophone", zoe.folder.name, *EMOTIONS]
    found = [word for word in words if re.search(rf"(?<![a-z]){word.casefold()}(?![a-z])", plain)]
    assert not found
