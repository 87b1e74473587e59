"""Who is in front of the camera when, from clips of faces through perception to the timeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from overlay.monitor.recorder import Recorder
from overlay.monitor.statistics import Summary, summarize
from overlay.monitor.store import Store
from overlay.perception import Perception
from tests.clips import CLIPS, FPS, read_clip
from tests.monitor.fast_clock import FastClock
from tests.monitor.lessons import BEGAN

#: The first face counts as the student's once it has been there for a second.
SETTLING_S = 1.0

Record = Callable[[str], Summary]


@pytest.fixture
def record(clip_path: Callable[[str], Path], tmp_path: Path) -> Record:
    """Records a session of a clip."""

    def record(name: str) -> Summary:
        path, clock = tmp_path / "sessions.sqlite", FastClock()
        recorder = Recorder(Store.open(path, recording=True), name="Ada", title="", clock=clock)
        with Perception() as perception:
            for frame in read_clip(clip_path(name)):
                clock.now = frame.time_s
                recorder.observe(perception.perceive(frame))
        clock.now = CLIPS[name].seconds
        recorder.stop()
        with Store.open(path) as store:
            (session,) = store.sessions()
            return summarize(session, store.seconds(session.id))

    return record


def test_leaving_and_returning_are_told_to_the_second(record: Record) -> None:
    clip = CLIPS["leaving"]
    away = [index / FPS for index in range(len(clip)) if not clip.shown(index)]
    gaps = record("leaving").gaps
    assert [gap.state for gap in gaps] == ["unidentified", "absent", "unidentified"]
    gap = gaps[1]  # before and after it, the face has to stay for a second
    assert abs(gap.start - BEGAN - away[0]) <= 1
    assert abs(gap.end - BEGAN - away[-1]) <= 1


@pytest.mark.parametrize(
    ("clip", "label"),
    [
        ("smiling", "happy"),
        ("tilting", "happy"),
        ("calm", "neutral"),
        ("turning", "neutral"),
        ("coming-closer", "neutral"),
        ("dim", "neutral"),
        ("three", "neutral"),  # the student is the largest
    ],
)
def test_who_stays_is_told_as_what_the_face_shows(record: Record, clip: str, label: str) -> None:
    settling, *rest = record(clip).timeline
    assert settling.seconds <= SETTLING_S
    assert [stretch.state for stretch in rest] == [label]
    assert rest[0].end - BEGAN == pytest.approx(CLIPS[clip].seconds, abs=0.1)
