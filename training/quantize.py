"""Is int8 worth it? ``python -m training.quantize --model models/emotion.onnx``.

Quantises the convolutions statically (QDQ, calibrated on training tiles), measures speed and loss
beside the fp32 model, and says which one to ship: int8 must be at least 1.3 times faster and lose
at most 0.3 points of accuracy on any head, of the mean recall of the six, or of neutral's. This
command ships nothing.
"""

from __future__ import annotations

import json
import logging
import tempfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

from training.config import data_folder
from training.data import FER2013, Tiles, read_sheet
from training.errors import one_line_errors
from training.evaluate import open_model, predict, report
from training.timing import milliseconds

MIN_SPEEDUP = 1.3
MAX_LOSS = 0.3
FIGURES = ("fer2013", "ferplus", "emotion", "six", "neutral")
CALIBRATION_TILES = 512
_BATCH = 64


class _Faces(CalibrationDataReader):  # type: ignore[misc]
    """Batches of tiles for the calibration."""

    def __init__(self, images: npt.NDArray[np.uint8]) -> None:
        starts = range(0, len(images), _BATCH)
        self._batches = iter([{"faces": images[i : i + _BATCH, None]} for i in starts])

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        return next(self._batches, None)


def quantize(model: Path, out: Path, images: npt.NDArray[np.uint8]) -> None:
    """Write the int8 version of a model, calibrated on these tiles."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it recommends its own pre-processing on every call
    try:
        quantize_static(
            model,
            out,
            _Faces(images),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    finally:
        root.setLevel(level)


def measure(path: Path, tiles: Tiles) -> dict[str, float]:
    """Size, speed, accuracy of each head and, as shipped, recall of the six and of neutral."""
    session = open_model(path)
    figures = report(predict(session, tiles.images), tiles)
    shares = {head: 100 * figures[head]["accuracy"] for head in figures}
    recall = figures["emotion"]["recall"]
    shares["neutral"] = 100 * recall["neutral"]
    shares["six"] = 100 * float(np.mean([recall[name] for name in FER2013 if name != "neutral"]))
    rounded = {name: round(share, 2) for name, share in shares.items()}
    return {"bytes": path.stat().st_size, "ms": round(milliseconds(session), 3), **rounded}


def verdict(fp32: dict[str, float], int8: dict[str, float]) -> dict[str, Any]:
    """Speed-up, points lost on the figure that loses most, and which model to ship."""
    speedup = fp32["ms"] / int8["ms"]
    lost = max(fp32[head] - int8[head] for head in FIGURES)
    ship = "int8" if speedup >= MIN_SPEEDUP and lost <= MAX_LOSS else "fp32"
    return {"speedup": round(speedup, 2), "points_lost": round(lost, 2), "ship": ship}


@one_line_errors
def main(
    model: Annotated[Path, typer.Option(help="The fp32 model.")] = Path("models/emotion.onnx"),
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here.")
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the int8 model as this file.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Compare a model with its int8 version."""
    open_model(model)
    folder = data or data_folder()
    train = read_sheet(folder / "train.png", folder / "train.csv")
    tiles = read_sheet(folder / "public_test.png", folder / "public_test.csv")
    chosen = np.random.default_rng(0).permutation(len(train))[:CALIBRATION_TILES]
    with tempfile.TemporaryDirectory() as temporary:
        small = keep or Path(temporary) / "int8.onnx"
        quantize(model, small, train.images[chosen])
        figures = {"fp32": measure(model, tiles), "int8": measure(small, tiles)}
    result: dict[str, Any] = {**figures, **verdict(figures["fp32"], figures["int8"])}
    if json_path is not None:
        json_path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    typer.echo(json.dumps(result, indent=1))
    typer.echo(
        f"int8 is {result['speedup']} times as fast and loses {result['points_lost']} points on "
        f"the figure that loses most: ship {result['ship']}"
    )


if __name__ == "__main__":
    typer.run(main)
