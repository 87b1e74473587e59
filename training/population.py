"""The network's outputs for faces it has not seen: ``python -m training.population``.

Writes ``population.npz`` beside a model: embeddings and probabilities of up to `EACH` PublicTest
images for each emotion with a FER+ majority. The application compares a person's own references
with them (`overlay.perception.population`). The file contains numbers only, no pictures.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from training.config import data_folder
from training.data import FER2013, Tiles, read_sheet
from training.errors import one_line_errors
from training.evaluate import open_model
from training.metrics import ferplus_majority

EACH = 50


def population(model: Path, tiles: Tiles) -> bytes:
    """The content of ``population.npz`` for a model and tiles with votes.

    Raises:
        ModelError: the model does not meet the contract.
    """
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    rng = np.random.default_rng(0)
    chosen = np.concatenate(
        [
            rng.permutation(np.flatnonzero(majority == emotion))[:EACH]
            for emotion in range(len(FER2013))
        ]
    )
    faces = {"faces": tiles.images[chosen][:, None]}
    embeddings, probabilities = open_model(model).run(["embedding", "emotion"], faces)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        sha256=np.array(hashlib.sha256(model.read_bytes()).hexdigest()),
        labels=majority[chosen].astype(np.int8),
        embeddings=embeddings.astype(np.float16),
        probabilities=probabilities.astype(np.float32),
    )
    return buffer.getvalue()


@one_line_errors
def main(
    model: Annotated[Path, typer.Option(help="The model it belongs to.")] = Path(
        "models/emotion.onnx"
    ),
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Write population.npz next to a model."""
    folder = data or data_folder()
    tiles = read_sheet(folder / "public_test.png", folder / "public_test.csv")
    content = population(model, tiles)
    path = model.with_name("population.npz")
    part = path.with_suffix(".partial")
    part.write_bytes(content)
    part.replace(path)
    typer.echo(f"{path}: {len(content)} bytes")


if __name__ == "__main__":
    typer.run(main)
