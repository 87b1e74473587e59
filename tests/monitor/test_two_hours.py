"""Two hours of known content, from clips of faces through the real perception and recorder."""

from collections.abc import Iterator
from itertools import chain, cycle, islice
from typing import NamedTuple

import pytest

from overlay.host.libraries import system_libraries
from overlay.monitor.recorder import Recorder
from overlay.monitor.report import make_report
from overlay.monitor.statistics import summarize
from overlay.monitor.store import Store
from overlay.monitor.students import add_student
from overlay.monitor.wording import clock_time
from overlay.scene import Scene
from tests.clips import read_clip
from tests.monitor.fast_clock import FastClock
from tests.monitor.lessons import BEGAN

HZ = 10
# A face that comes back is taken for the student's after a second, and smoothing takes its time.
EDGE_S = 3


class Block(NamedTuple):
    """What is in front of the camera for a while: a clip, `covered`, or `paused`."""

    content: str
    seconds: int


PLAN = [
    Block("calm", 1500),
    Block("covered", 90),
    Block("smile", 120),
    Block("covered", 30),
    Block("calm", 1800),
    Block("paused", 300),
    Block("calm", 900),
    Block("covered", 600),
    Block("smile", 45),
    Block("covered", 15),
    Block("calm", 1800),
]


def blocks() -> Iterator[tuple[float, float, str]]:
    """Beginning, end and content of each block, in seconds since the session began."""
    at = 0
    for content, seconds in PLAN:
        yield at, at + seconds, content
        at += seconds


def perceive(path, frames: int) -> list[Scene]:
    """The scenes of a clip, once forth and once back, so that it can be looped."""
    with system_libraries():
        from overlay.perception import Perception
    pictures = [frame.image for frame in read_clip(path)[:frames]]
    with Perception() as perception:
        there_and_back = chain(pictures, reversed(pictures))
        return [perception.perceive(p, i / HZ) for i, p in enumerate(there_and_back)]


@pytest.fixture(
    scope="module",
    params=[
        ("smiling", "calm"),
        ("head-pose-face-detection-male", "head-pose-face-detection-female"),
    ],
    ids=["made", "real"],
)
def clips(request, clip_path) -> dict[str, list[Scene]]:
    """Somebody who smiles all the time, somebody who does not, and nobody."""
    smile, calm = (clip_path(name) for name in request.param)
    nobody = Scene(0, 0.0, 480, 270)
    return {
        "smile": perceive(smile, 60),
        "calm": perceive(calm, 60),
        "covered": [nobody],
    }


@pytest.fixture(scope="module")
def recorded(clips, tmp_path_factory):
    """The student after the session."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("data") / "students"
        patch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(folder))
        student = add_student("Ada")
        clock = FastClock()
        store = Store.open(student.store_path, recording=True)
        recorder = Recorder(store, name=student.name, title="Two hours", clock=clock)
        for start, end, content in blocks():
            _play(recorder, clock, start, end, clips.get(content))
        recorder.stop()
        yield student


def _play(recorder, clock, start, end, scenes) -> None:
    if scenes is None:
        recorder.pause()
        clock.now = float(end)
        recorder.resume()
        return
    for index, scene in enumerate(islice(cycle(scenes), int((end - start) * HZ))):
        clock.now = start + (index + 1) / HZ
        recorder.observe(Scene(index, clock.now, scene.width, scene.height, scene.faces))


@pytest.fixture(scope="module")
def summary(recorded):
    with Store.open(recorded.store_path) as store:
        (told,) = store.sessions()
        return summarize(told, store.seconds(told.id))


def time_in(summary, start: float, end: float) -> dict[str, float]:
    """Seconds by state between two times since the session began."""
    found: dict[str, float] = {}
    for s in summary.timeline:
        overlap = min(s.end, BEGAN + end) - max(s.start, BEGAN + start)
        if overlap > 0:
            found[s.state] = found.get(s.state, 0.0) + overlap
    return found


def test_the_session_lasted_two_hours(summary):
    assert (summary.start, summary.end) == (BEGAN, BEGAN + 7200)
    assert summary.session.ended_how == "stopped"


def test_smiles_are_told_when_they_were(summary):
    for start, end, content in blocks():
        if content == "smile":
            found = time_in(summary, start + EDGE_S, end - EDGE_S)
            assert found.get("happy", 0) >= 0.95 * sum(found.values())
    smiles = [m for m in summary.moments if m.state == "happy" and m.seconds >= 30]
    planned = [(start, end - start) for start, end, content in blocks() if content == "smile"]
    assert len(smiles) == len(planned)
    for smile, (start, seconds) in zip(smiles, planned, strict=True):
        assert abs(smile.start - BEGAN - start) <= EDGE_S
        assert abs(smile.seconds - seconds) <= 2 * EDGE_S


def test_who_does_not_smile_is_told_as_neutral_or_unsure(summary):
    for start, end, content in blocks():
        if content == "calm":
            found = time_in(summary, start + EDGE_S, end - EDGE_S)
            quiet = found.get("neutral", 0) + found.get("unsure", 0)
            assert quiet >= 0.9 * sum(found.values())


def test_gaps_are_where_the_face_was_covered_or_the_recording_paused(summary):
    state_of = {"covered": "absent", "paused": "paused"}
    planned = [(state_of[c], s, e) for s, e, c in blocks() if c in state_of]
    told = [gap for gap in summary.gaps if gap.seconds >= EDGE_S]
    assert [gap.state for gap in told] == [state for state, _, _ in planned]
    for gap, (_, start, end) in zip(told, planned, strict=True):
        assert abs(gap.start - BEGAN - start) <= EDGE_S
        assert abs(gap.end - BEGAN - end) <= EDGE_S


def test_the_page_says_so(recorded, summary):
    page = make_report(recorded, ["html"]).texts["html"]
    planned = [(start, content) for start, _, content in blocks() if content != "calm"]
    times = [clock_time(BEGAN + start, 3600) for start, _ in planned]
    assert times == ["14:25", "14:26", "14:28", "14:59", "15:19", "15:29", "15:29"]
    assert all(time in page for time in times)
    told = [m.text for m in summary.moments if m.state in ("happy", "absent")]
    assert len(told) == 4
    assert all(text in page for text in told)


def test_the_database_is_small(recorded):
    """Less than 5 MB an hour."""
    stored = sum(path.stat().st_size for path in recorded.folder.glob("sessions.sqlite*"))
    assert stored < 2 * 5e6
