"""Reads expressions from face crops with the ONNX network of `models/emotion.onnx`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeGuard

import numpy as np
import numpy.typing as npt

from overlay.errors import ModelError
from overlay.host import resources
from overlay.host.telemetry import refuse_telemetry
from overlay.language import LazyText
from overlay.models_store import check_file, read_json
from overlay.scene import EMOTIONS
from overlay.shipped import EMOTION_SHA256

Floats = npt.NDArray[np.float32]

Sensitivity = Literal["calm", "balanced", "sensitive"]
"""How readily a face is called something other than neutral: of calm faces, 98, 95 or 90 % stay
neutral."""

_FIX = LazyText("install the application again, or train and export the model again")
# Odds of a thousand million to one; a description cannot mean more.
_MOST_LOG_ODDS = 21.0
# The network's outputs: name and width; None is any width.
_OUTPUTS = {
    "fer2013": 7,
    "ferplus": 8,
    "emotion": len(EMOTIONS),
    "covered": 1,
    "quality": 4,
    "embedding": None,
}
_NEUTRAL = EMOTIONS.index("neutral")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The network's outputs for N faces.

    Attributes:
        emotion: float32 [N, 7], calibrated probabilities of `overlay.scene.EMOTIONS`: what the
            application shows.
        fer2013: float32 [N, 7], probabilities in the order of FER2013.
        ferplus: float32 [N, 8], the same emotions plus contempt, trained on the votes of FER+.
        covered: float32 [N, 1], score of a covered mouth, 0 to 1; not calibrated.
        quality: float32 [N, 4], luminance and contrast of the face, 0 to 1; how far it is from
            its mirror image, and its sharpness, both of the standardised face.
        embedding: float32 [N, D], the features that the heads take as input.
    """

    emotion: Floats
    fer2013: Floats
    ferplus: Floats
    covered: Floats
    quality: Floats
    embedding: Floats


class Classifier:
    """The expression network in ONNX Runtime, on one thread that never spins.

    Args:
        model: The `.onnx` file, with its description, which has its checksum, beside it as
            `.json`. By default the model that comes with the application, whose checksum is in
            the program.
        sensitivity: How readily a face gets a label other than neutral.

    Attributes:
        size: Side of the crops in pixels.
        unsure_below: If the most probable emotion is less probable than this, the network is
            unsure.
        resting: float64 [7], the logarithm of each emotion's odds to neutral on a calm face, or
            None if that is not known.

    Raises:
        ModelError: The model is missing, altered, or does not meet the contract.
    """

    size: int
    unsure_below: float
    resting: npt.NDArray[np.float64] | None

    def __init__(self, model: Path | None = None, sensitivity: Sensitivity = "balanced") -> None:
        path = model or resources.models_dir() / "emotion.onnx"
        description = read_json(path.with_suffix(".json"))
        sha256 = str(description.get("sha256")) if model else EMOTION_SHA256
        check_file(path, sha256, fix=_FIX)
        self.unsure_below = _threshold(description, path)
        self._neutral_shift = _shift(description, sensitivity, path)
        self.resting = _resting(description, path)
        self._session: Any = _open(path)
        self.size = _check_contract(self._session, path)

    def classify(self, crops: npt.NDArray[np.uint8]) -> Reading:
        """Read the expressions of faces.

        Args:
            crops: uint8 [N, 1, size, size], grayscale, as `crop.crop_faces` cuts them.
        """
        outputs = self._session.run(list(_OUTPUTS), {"faces": crops})
        reading = dict(zip(_OUTPUTS, outputs, strict=True))
        if self._neutral_shift:
            odds = reading["emotion"].copy()
            odds[:, _NEUTRAL] *= math.exp(self._neutral_shift)
            reading["emotion"] = odds / odds.sum(axis=1, keepdims=True)
        return Reading(**reading)


def _threshold(description: dict[str, Any], path: Path) -> float:
    value = description.get("unsure")
    if not _is_number(value, 0, 1):
        raise ModelError(
            LazyText(
                "{path} has no `unsure` between 0 and 1; {fix}",
                path=path.with_suffix(".json"),
                fix=_FIX,
            )
        )
    return float(value)


def _shift(description: dict[str, Any], sensitivity: Sensitivity, path: Path) -> float:
    """What a sensitivity adds to the neutral logit."""
    shifts = description.get("sensitivities", {})
    if sensitivity == "balanced" and not shifts:
        return 0.0
    value = shifts.get(sensitivity) if isinstance(shifts, dict) else None
    if not _is_number(value, -_MOST_LOG_ODDS, _MOST_LOG_ODDS):
        raise ModelError(
            LazyText(
                "{path} has no number for `{sensitivity}` in `sensitivities`; {fix}",
                path=path.with_suffix(".json"),
                sensitivity=sensitivity,
                fix=_FIX,
            )
        )
    return float(value)


def _resting(description: dict[str, Any], path: Path) -> npt.NDArray[np.float64] | None:
    odds = description.get("resting")
    if odds is None:
        return None
    numbers = isinstance(odds, list) and [
        each for each in odds if _is_number(each, -_MOST_LOG_ODDS, _MOST_LOG_ODDS)
    ]
    if numbers != odds or len(odds) != len(EMOTIONS):
        raise ModelError(
            LazyText(
                "{path} must have 7 numbers in `resting`; {fix}",
                path=path.with_suffix(".json"),
                fix=_FIX,
            )
        )
    return np.asarray(odds, np.float64)


def _is_number(value: Any, least: float, most: float) -> TypeGuard[float]:
    """Whether a value of a description is a number in a range; NaN is in none."""
    return isinstance(value, int | float) and least <= value <= most


def _open(path: Path) -> Any:
    refuse_telemetry()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # More threads gain nothing on crops this small, and spinning ones use a whole core.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime's errors have no common base class
        raise ModelError(
            LazyText("{path} is not a readable ONNX model; {fix}", path=path, fix=_FIX)
        ) from error


def _check_contract(session: Any, path: Path) -> int:
    """Compare inputs and outputs with the contract and return the side of the crops."""
    inputs = session.get_inputs()
    shape = inputs[0].shape
    if [i.name for i in inputs] != ["faces"] or inputs[0].type != "tensor(uint8)":
        raise ModelError(
            LazyText(
                "{path} must have one input, `faces`, of uint8; {fix}",
                path=path,
                fix=_FIX,
            )
        )
    if len(shape) != 4 or shape[1] != 1 or shape[2] != shape[3] or not isinstance(shape[2], int):
        raise ModelError(
            LazyText(
                "{path} must take crops [N, 1, size, size], not {shape}; {fix}",
                path=path,
                shape=shape,
                fix=_FIX,
            )
        )
    outputs = {o.name: o for o in session.get_outputs()}
    for name, width in _OUTPUTS.items():
        output = outputs.get(name)
        fits = (
            output is not None
            and output.type == "tensor(float)"
            and len(output.shape) == 2
            and width in (None, output.shape[1])
        )
        if not fits:
            raise ModelError(
                LazyText(
                    "{path} must give `{name}`, float32 [N, {width}]; {fix}",
                    path=path,
                    name=name,
                    width=width or "D",
                    fix=_FIX,
                )
            )
    return int(shape[2])
