"""Writes what the package makes of clips, for the page to be compared with.

    python -m tests.web.reference FOLDER

For each clip a folder of its frames, as PNG, and one `reference.json` with the scenes that
`Perception` sees, and crops and gradients of single faces. In `inputs`, files for the page to
read. The clips are two of `tests/clips.py`, and the real ones of the shared folder `media`, if it
is there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from overlay import Perception
from overlay.perception.crop import crop, tile_of
from overlay.perception.face_check import features
from overlay.scene import Face, Image, Scene
from tests.clips import CLIPS
from tests.web.inputs import write_inputs

_SIDE = 48
_MADE = ("two", "turning")
_REPOSITORY = Path(__file__).resolve().parents[2]


def write_reference(folder: Path) -> None:
    """Read each clip twice, as a video and as single pictures (every tenth frame)."""
    write_inputs(folder / "inputs")
    made = [CLIPS[name].write(folder / f"{name}.mp4") for name in _MADE]
    entries = [_clip(folder / clip.stem, clip) for clip in (*made, *_real_clips())]
    (folder / "reference.json").write_text(json.dumps(entries))


def _real_clips() -> list[Path]:
    shared = Path(os.environ.get("EMOTION_OVERLAY_SHARED", _REPOSITORY.parent / "shared"))
    clips = sorted((shared / "media").glob("*.mp4"))
    if not clips:
        print(f"DATA MISSING: no clips in {shared / 'media'}; only made ones are compared")
    return clips


def _clip(folder: Path, clip: Path) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    followed, alone, crops = [], [], []
    with Perception() as video, Perception(smooth=False) as single:
        for index, (time_s, image) in enumerate(_frames(clip)):
            cv2.imwrite(str(folder / f"{index}.png"), image)
            scene = video.perceive(image, time_s)
            followed.append({"time_s": time_s, "faces": _faces(scene)})
            if index % 10 == 0:
                alone.append({"frame": index, "faces": _faces(single.perceive(image, 0.0))})
                crops += [_crop(image, face) | {"frame": index} for face in scene]
    return {"clip": clip.stem, "followed": followed, "alone": alone, "crops": crops}


def _frames(clip: Path) -> list[tuple[float, Image]]:
    with av.open(str(clip)) as container:
        return [
            (float(frame.time or 0), np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
            for frame in container.decode(video=0)
        ]


def _faces(scene: Scene) -> list[dict[str, Any]]:
    return [
        {
            "id": face.id,
            "box": face.box,
            "score": face.score,
            "label": face.emotion.label,
            "reason": face.emotion.reason,
            "probabilities": face.emotion.probabilities,
        }
        for face in scene
        if face.emotion is not None
    ]


def _crop(image: Image, face: Face) -> dict[str, Any]:
    """A crop, cut from the smoothed box so that page and package cut the same."""
    gray = crop(image, tile_of(face.box, face.keypoints), _SIDE)
    return {
        "box": face.box,
        "keypoints": face.keypoints,
        "gray": gray.ravel().tolist(),
        "features": features(gray, 0.7, 0.9).tolist(),
    }


if __name__ == "__main__":
    write_reference(Path(sys.argv[1]))
