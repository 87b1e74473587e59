"""Finds the faces of a single picture, also where a face fills it from edge to edge."""

from __future__ import annotations

import cv2
import numpy as np

from overlay.perception.detector import Detection, FaceDetector
from overlay.scene import Box, Image, KeyPoints

# A picture smaller than this, in pixels, is enlarged for the second look.
_SMALL = 192
# One whose longer side is longer than this is made smaller; with an edge it takes 50 MB then.
_LARGE = 2048


def find_faces(detector: FaceDetector, image: Image) -> list[Detection]:
    """The faces of a picture that stands alone.

    The detector wants to see around a face. Where it finds none, it looks again at the picture
    with its own edge repeated around it, as `training.fit_crop` frames tiles.

    Args:
        detector: To look with.
        image: uint8 [height, width, 3], BGR.

    Returns:
        The faces, most confident first, in pixels of the picture.
    """
    faces = detector.detect(image)
    if faces:
        return faces
    height, width = image.shape[:2]
    scale = min(max(1.0, _SMALL / min(height, width)), _LARGE / max(height, width))
    scaled = image
    if scale != 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        scaled = np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)
    edge = max(scaled.shape[:2]) // 2
    framed = cv2.copyMakeBorder(scaled, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    return [_unframed(face, edge, scale) for face in detector.detect(np.asarray(framed, np.uint8))]


def _unframed(face: Detection, edge: int, scale: float) -> Detection:
    x, y, width, height = face.box
    box = Box((x - edge) / scale, (y - edge) / scale, width / scale, height / scale)
    points = KeyPoints(*(((px - edge) / scale, (py - edge) / scale) for px, py in face.keypoints))
    return Detection(box, face.score, points)
