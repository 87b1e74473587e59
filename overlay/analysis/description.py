"""One scene as the JSON object of `analyze --json`."""

from __future__ import annotations

from typing import Any

from overlay.scene import EMOTIONS, Face, Scene


def describe(scene: Scene, *, file: str | None = None) -> dict[str, Any]:
    """One scene as the JSON object of `analyze --json`; lengths in pixels of the input.

    Args:
        scene: What was read.
        file: Name of the picture it was read in; None for a video.
    """
    described: dict[str, Any] = {"frame": scene.frame_index, "time_s": round(scene.time_s, 4)}
    if file is not None:
        described["file"] = file
    faces = [_describe_face(face) for face in scene]
    return described | {"width": scene.width, "height": scene.height, "faces": faces}


def _describe_face(face: Face) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": face.id,
        "box": [round(value, 2) for value in face.box],
        "score": round(face.score, 4),
        "keypoints": {
            name: [round(value, 2) for value in point]
            for name, point in face.keypoints._asdict().items()
        },
    }
    if face.emotion is not None:
        probabilities = zip(EMOTIONS, face.emotion.probabilities, strict=True)
        described["emotion"] = face.emotion.label
        if face.emotion.reason is not None:
            described["reason"] = face.emotion.reason
        described["probability"] = round(face.emotion.probability, 4)
        described["probabilities"] = {name: round(value, 4) for name, value in probabilities}
    return described
