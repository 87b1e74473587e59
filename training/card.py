"""Write the model card: ``python -m training.card``.

Measures the shipped model on PublicTest, draws the pictures into ``card/`` beside the card, and
adds what `training.compare`, `training.robustness`, `training.quantize`, `training.audit` and
`training.clips` left there as ``compare.json``, ``robustness.json``, ``quantize.json``,
``people.json`` and ``clips.json``. ``steps.json`` is written by hand: what each step gained on
unfamiliar faces, and what else was tried.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from training import card_pictures as pictures
from training.card_facts import Facts
from training.card_text import write_card
from training.data import Tiles
from training.errors import ModelError, one_line_errors
from training.evaluate import flipped_mean, open_model, predict, report
from training.export import duplicates_of, write_whole
from training.pictures import png
from training.slices import slices
from training.timing import milliseconds
from training.train import read_both_sheets


def read_json(path: Path) -> Any:
    """The content of a JSON file, or None if there is no such file."""
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ModelError(f"{path}: not readable JSON; write it again") from None


def gather(models: Path, train: Tiles, tiles: Tiles) -> Facts:
    """Measure the model in this folder, and read what other commands have measured."""
    description = read_json(models / "emotion.json")
    if description is None:
        raise ModelError(f"{models / 'emotion.json'}: not there; run python -m training.export")
    session = open_model(models / "emotion.onnx")
    outputs = predict(session, tiles.images)
    fresh = (~duplicates_of(tiles, train)).nonzero()[0]
    card = models / "card"
    return Facts(
        description=description,
        outputs=outputs,
        tiles=tiles,
        figures=report(outputs, tiles),
        flipped=report(flipped_mean(session, tiles.images), tiles),
        fresh=report({head: values[fresh] for head, values in outputs.items()}, tiles.take(fresh)),
        slices=slices(outputs["emotion"], tiles),
        ms=milliseconds(session),
        compare=read_json(card / "compare.json"),
        robustness=read_json(card / "robustness.json"),
        quantize=read_json(card / "quantize.json"),
        people=read_json(card / "people.json"),
        steps=read_json(card / "steps.json"),
        clips=read_json(card / "clips.json"),
    )


def draw(facts: Facts) -> dict[str, bytes]:
    """Every picture of the card as a PNG, by file name."""
    tiles = facts.tiles
    figures = {
        "confusion.png": pictures.confusion(facts.figures),
        "calibration.png": pictures.calibration(facts.outputs, tiles),
        "coverage.png": pictures.coverage(facts.outputs, tiles, facts.description["unsure"]),
        "slices.png": pictures.sliced(facts.slices),
    }
    if facts.robustness is not None:
        figures["robustness.png"] = pictures.robustness(facts.robustness)
    return {name: png(figure) for name, figure in figures.items()}


@one_line_errors
def main(
    models: Annotated[Path, typer.Option(help="Folder of the model.")] = Path("models"),
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Write MODEL_CARD.md and its pictures beside the model."""
    train, tiles = read_both_sheets(data)
    facts = gather(models, train, tiles)
    for name, content in draw(facts).items():
        write_whole(models / "card" / name, content)
    write_whole(models / "MODEL_CARD.md", write_card(facts).encode())
    typer.echo(f"{models / 'MODEL_CARD.md'}: written, with its pictures in {models / 'card'}")


if __name__ == "__main__":
    typer.run(main)
