"""Which face is which throughout a run, and whose labels are taken off."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from overlay.scene import Scene


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face in view, with its place as shares of the picture's width and height.

    Attributes:
        number: Its number in this run.
        x, y: Its upper left corner.
        width, height: Its size.
        hidden: Whether its labels are taken off.
    """

    number: int
    x: float
    y: float
    width: float
    height: float
    hidden: bool


class FaceNumbers:
    """Numbers the faces of a run, so that no two ever have the same number.

    Perception that is opened anew, because the one before it hung, begins again at 1.
    """

    def __init__(self) -> None:
        self._known: set[int] = set()

    @property
    def last(self) -> int:
        """The highest number so far; perception that is opened now counts from there."""
        return max(self._known, default=0)

    def newcomers(self, scene: Scene) -> frozenset[int]:
        """The numbers of the faces in a scene that were in none before."""
        new = frozenset(face.id for face in scene) - self._known
        self._known |= new
        return new


def counted_from(scene: Scene, number: int) -> Scene:
    """The scene with so much added to the number of each face."""
    if number == 0:
        return scene
    return replace(scene, faces=tuple(replace(face, id=face.id + number) for face in scene))


def hidden_now(hidden: frozenset[int], scene: Scene, newcomers: Set[int]) -> frozenset[int]:
    """The numbers of the faces that get no labels once a scene has been seen.

    While a hidden face is out of view, whoever comes into view may be the same person under
    another number, and is hidden as well until the user shows them.

    Args:
        hidden: Those that were hidden before.
        scene: The scene.
        newcomers: The numbers that are in a scene for the first time.
    """
    return hidden if hidden <= {face.id for face in scene} else hidden | newcomers


def seen_faces(scene: Scene, hidden: Set[int]) -> Iterator[SeenFace]:
    """The faces of a scene, from the left of the picture to the right."""
    for face in sorted(scene, key=lambda face: face.box.center):
        box = face.box
        yield SeenFace(
            face.id,
            box.x / scene.width,
            box.y / scene.height,
            box.width / scene.width,
            box.height / scene.height,
            face.id in hidden,
        )
