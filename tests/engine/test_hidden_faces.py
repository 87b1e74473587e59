"""Faces whose labels were taken away, and who comes while one of them is out of view."""

from __future__ import annotations

from dataclasses import replace

from overlay.scene import Frame, Scene
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import is_plain, plain_source
from tests.waiting import until


class InView(OneHappyFace):
    """Perception that sees faces of these numbers, side by side."""

    def __init__(self, *numbers: int) -> None:
        super().__init__()
        self.numbers = numbers

    def perceive(self, frame: Frame) -> Scene:
        scene = super().perceive(frame)
        (face,) = scene.faces
        width = scene.width / len(self.numbers)
        faces = tuple(
            replace(face, id=number, box=face.box._replace(x=width * place, width=width / 2))
            for place, number in enumerate(self.numbers)
        )
        return replace(scene, faces=faces)


def test_a_face_loses_its_labels_and_gets_them_again(
    make_engine: MakeEngine, camera: CameraBackend
) -> None:
    with make_engine(source=plain_source) as engine:
        until(lambda: camera.frames and not is_plain(camera.frames[-1], 90), "labels")
        engine.toggle_face_at(0.1, 0.1)  # nobody is there
        assert not engine.desired.hidden_faces
        engine.toggle_face_at(0.5, 0.5)
        assert engine.desired.hidden_faces == {1}
        sent = engine.status().labelled
        until(lambda: engine.status().labelled > sent + 2, "pictures without its label")
        height, width = camera.frames[-1].shape[:2]
        middle = slice(height // 4, height * 3 // 4), slice(width // 4, width * 3 // 4)
        assert is_plain(camera.frames[-1][middle], 90)
        engine.toggle_face_at(0.5, 0.5)
        until(lambda: not is_plain(camera.frames[-1][middle], 90), "its label again")


def test_while_one_is_out_of_view_whoever_comes_gets_no_labels_until_shown(
    make_engine: MakeEngine,
) -> None:
    perception = InView(1, 2)
    with make_engine(source=plain_source, perception=lambda: perception) as engine:
        until(lambda: len(engine.faces()) == 2, "two faces")
        engine.toggle_face(2)
        perception.numbers = (1, 2, 3)
        until(lambda: len(engine.faces()) == 3, "somebody else comes while it is in view")
        assert engine.desired.hidden_faces == {2}
        perception.numbers = (1, 3)
        until(lambda: len(engine.faces()) == 2, "the hidden face leaves")
        perception.numbers = (1, 3, 4)
        until(lambda: len(engine.faces()) == 3, "one comes")
        assert [face.number for face in engine.faces() if face.hidden] == [4]
        engine.toggle_face(4)
        perception.numbers = (1, 3, 4, 5)
        until(lambda: len(engine.faces()) == 4, "another one comes")
        assert [face.number for face in engine.faces() if face.hidden] == [5]
        engine.show_faces()
        assert not any(face.hidden for face in engine.faces())


def test_those_who_come_get_labels_if_nobody_is_hidden(make_engine: MakeEngine) -> None:
    perception = InView(1)
    with make_engine(source=plain_source, perception=lambda: perception) as engine:
        until(lambda: len(engine.faces()) == 1, "a face")
        perception.numbers = (2,)
        until(lambda: [face.number for face in engine.faces()] == [2], "another one")
        assert not engine.desired.hidden_faces
