"""While the output shows a part of the picture, faces outside it are noticed, and said once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from overlay.engine import cut_faces
from overlay.engine.cut_faces import CutFaces
from overlay.engine.problems import Problems
from overlay.perception.detector import Detection
from overlay.perception.live_perception import LivePerception
from overlay.scene import Box, Image, KeyPoints
from overlay.sources import Part
from tests.clips import HOPPER, Shown
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Script
from tests.waiting import until

PORTRAIT = np.zeros((640, 360, 3), np.uint8)
MIDDLE = Part(0, 218, 360, 203)


def face_at(x: float, y: float) -> KeyPoints:
    return KeyPoints(*[(x, y)] * 6)


class Told:
    """What is said, and how often."""

    def __init__(self) -> None:
        self.lines: list[str | None] = []
        self.problems = Problems(self._note)
        self.cut_faces = CutFaces(self.problems)

    def _note(self) -> None:
        self.lines.append(self.problems.lines.get("picture"))

    def look(self, *faces: KeyPoints, shown: Part = MIDDLE, view: str = "one") -> None:
        self.cut_faces.offer(PORTRAIT, shown, view)
        self.cut_faces.look(lambda image: faces, view)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(cut_faces, "LOOK_EVERY_S", 0.0)
    return Told()


def test_a_face_outside_what_is_shown_is_said_once_with_what_to_do(told: Told) -> None:
    for _ in range(5):
        told.look(face_at(180, 130))
    (line,) = told.lines
    assert line is not None
    assert line.startswith("a face is cut off, because the picture is cropped")
    assert "settings set fit letterbox" in line


@pytest.mark.parametrize("faces", [(), (face_at(180, 300),), (face_at(0, 218), face_at(359, 420))])
def test_faces_that_are_shown_are_not_worth_a_word(told: Told, faces: list[KeyPoints]) -> None:
    told.look(*faces)
    assert told.lines == []


def test_an_eye_that_is_cut_off_counts(told: Told) -> None:
    told.look(face_at(180, 300)._replace(left_eye=(180, 217)), face_at(1, 1))
    assert "2 faces are cut off" in str(told.lines[0])


def test_it_ends_once_no_face_was_cut_off_for_some_time(told: Told) -> None:
    told.look(face_at(180, 130))
    told.look()
    told.look(face_at(180, 130))
    told.look()
    told.look()
    assert len(told.lines) == 1
    told.look()
    assert told.lines[1:] == [None]


def test_it_ends_at_once_when_all_is_shown_or_nobody_looks_for_faces(told: Told) -> None:
    told.look(face_at(180, 130))
    told.look(face_at(180, 130), shown=Part(0, 0, 360, 640))
    assert told.lines[1:] == [None]
    told.look(face_at(180, 130))
    told.cut_faces.forget()
    assert told.lines[3:] == [None]


def test_another_view_begins_anew(told: Told) -> None:
    told.look(face_at(180, 130))
    told.look(view="two")
    assert told.lines[1:] == [None]


def test_the_whole_picture_is_searched_now_and_then_only() -> None:
    told, looks = Told(), 0

    def find(image: Image) -> list[KeyPoints]:
        nonlocal looks
        looks += 1
        return []

    for _ in range(100):
        told.cut_faces.offer(PORTRAIT, MIDDLE, "one")
        told.cut_faces.look(find, "one")
    assert looks == 1


def portrait_clip() -> Iterator[Image]:
    """Somebody whose face is in the upper third of a portrait picture."""
    canvas = np.full((640, 360, 3), 150, np.float32)
    Shown(HOPPER, 180, 140, side=130).draw(canvas)
    image = canvas.round().astype(np.uint8)
    while True:
        yield image


def test_a_portrait_picture_is_shown_whole_unless_the_user_crops_it(
    make_engine: MakeEngine,
) -> None:
    engine = make_engine(
        source=lambda: Script(portrait_clip()), perception=LivePerception, width=640, height=360
    )
    with engine:
        until(lambda: engine.status().faces == 1, "the face")
        assert "picture" not in engine.status().problems
        engine.update(fit="crop")
        until(lambda: "cut off" in engine.status().problems.get("picture", ""), "the line")
        engine.update(fit="letterbox")
        until(lambda: "picture" not in engine.status().problems, "its end")
        until(lambda: engine.status().faces == 1, "the face again")


def test_where_nobody_needs_labels_faces_are_not_searched_for(make_engine: MakeEngine) -> None:
    class Searching(OneHappyFace):
        searched = 0

        def find(self, image: Image) -> list[Detection]:
            Searching.searched += 1
            return [Detection(Box(0, 0, 9, 9), 0.9, face_at(1, 1))]

    source = lambda: Script(portrait_clip())  # noqa: E731
    with make_engine(source=source, perception=Searching, mode="off", fit="crop") as engine:
        until(lambda: engine.status().frames_out > 5, "video")
        assert Searching.searched == 0
        engine.update(mode="on-air")
        until(lambda: "picture" in engine.status().problems, "the line")
        engine.update(mode="off")
        until(lambda: "picture" not in engine.status().problems, "its end")
