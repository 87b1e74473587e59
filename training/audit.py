"""Measure groups of unseen people: ``python -m training.audit --run runs/adapted``.

The shipped network was trained on the London set, so its own figures for these people say little.
Each network of `training.left_out` gets the shipped operating point and judges the people it has
not seen, as whole pictures through the application. All verdicts together make one report, like
that of ``training.evaluate --photos``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from overlay.models_store import read_json
from training.config import data_folder
from training.decision import Rule
from training.errors import TrainingError, one_line_errors
from training.export import write_whole
from training.graph import build
from training.left_out import LeftOut, read_left_out
from training.photos import find_photos, look_at, print_photos, read_groups, summarise


def write_model(other: LeftOut, shipped: Path, content: bytes) -> Path:
    """Write a model into the network's folder, described as the shipped one is."""
    model = other.folder / "emotion.onnx"
    sha256 = hashlib.sha256(content).hexdigest()
    description = {**read_json(shipped), "bytes": len(content), "sha256": sha256}
    write_whole(model, content)
    write_whole(model.with_suffix(".json"), (json.dumps(description) + "\n").encode())
    return model


@one_line_errors
def main(
    run: Annotated[Path, typer.Option(help="Run of `training.adapt`.")],
    models: Annotated[Path, typer.Option(help="Folder of the model it was exported as.")] = Path(
        "models"
    ),
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the report here instead.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Judge the people of the London set by networks that have not seen them."""
    left_out = read_left_out(run)
    if not left_out:
        raise TrainingError(f"{run}: no network here has left people out; see training.adapt")
    sheets = data or data_folder()
    shipped = models / "emotion.json"
    numbers: dict[str, Any] = read_json(shipped)["decision_rule"]
    rule = Rule(**{**numbers, "priors": tuple(numbers["priors"])})
    london = sheets.parent / "london"
    photos = find_photos(london)
    verdicts = []
    for other in left_out:
        model = write_model(other, shipped, build(other.net, rule).SerializeToString())
        verdicts += look_at([photo for photo in photos if photo.person in other.people], model)
    result = summarise(verdicts, read_groups(london / "people.csv"))
    if json_path is None:
        print_photos(result)
    else:
        write_whole(json_path, (json.dumps(result, indent=1) + "\n").encode())


if __name__ == "__main__":
    typer.run(main)
