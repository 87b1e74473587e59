"""What a serialised model says about faces, as the logits of its heads.

The operating point is fitted on logits, whose distances softmax hides. So the heads, which are
linear, are applied to the embedding that the model outputs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import torch

from training.decision import Rule
from training.evaluate import open_model, predict
from training.networks import Network


def open_content(content: bytes) -> ort.InferenceSession:
    """Open a serialised model with the checks of `training.evaluate`, before it is shipped."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "emotion.onnx"
        path.write_bytes(content)
        return open_model(path)


class Read(NamedTuple):
    """Logits [N, 7], [N, 8] and [N, 7] of N faces, and their quality [N, 4]."""

    fer2013: npt.NDArray[np.floating]
    ferplus: npt.NDArray[np.floating]
    emotion: npt.NDArray[np.floating]
    quality: npt.NDArray[np.floating]

    def mixed(self, rule: Rule) -> npt.NDArray[np.floating]:
        """Logits [N, 7] of what is shown, before any bias for neutral."""
        return rule.mixed(self.emotion, self.ferplus)


class Reader:
    """Reads logits off a finished model, whose trunk may be int8.

    Args:
        net: whose heads are applied to the model's embedding.
        content: the model, with any rule.
    """

    def __init__(self, net: Network, content: bytes) -> None:
        self._heads = (net.fer2013, net.ferplus, net.emotion)
        self._session = open_content(content)

    @torch.no_grad()
    def read(self, images: npt.NDArray[np.uint8]) -> Read:
        """The model's output for uint8 tiles [N, 48, 48]."""
        outputs = predict(self._session, images)
        embedding = torch.from_numpy(outputs["embedding"])
        fer2013, ferplus, emotion = (head(embedding).numpy() for head in self._heads)
        return Read(fer2013, ferplus, emotion, outputs["quality"])
