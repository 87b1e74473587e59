"""Look at the data: ``python -m training.explore --out runs/data.html``.

One self-contained page with the balance of the classes, the disagreement of the two label sets,
exact duplicates, the mean face of each class, and faces on which annotators agreed or disagreed.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer
from matplotlib.figure import Figure

from training.data import FER2013, FERPLUS, Tiles
from training.errors import TrainingError, one_line_errors
from training.export import duplicates_of, write_whole
from training.metrics import confusion_matrix, ferplus_majority
from training.pictures import bars, matrix, new_figure, png, tiles
from training.train import read_both_sheets

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>FER2013 and FER+: the data</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1d2733 }
h1 { font-size: 1.7rem } h2 { font-size: 1.2rem; margin-top: 2.5rem }
img { max-width: 100%; display: block; margin: 1rem 0 } p { max-width: 44rem }
</style></head><body><h1>FER2013 and FER+: the data</h1>
"""


@dataclass(frozen=True)
class Duplicates:
    """Images that occur more than once, pixel for pixel.

    Attributes:
        groups: indices of the tiles of each such image.
        conflicting: the groups whose tiles carry different FER2013 labels.
    """

    groups: list[npt.NDArray[np.int64]]
    conflicting: list[npt.NDArray[np.int64]]


def find_duplicates(data: Tiles) -> Duplicates:
    """The exact duplicates among the tiles."""
    places: dict[bytes, list[int]] = defaultdict(list)
    for index, image in enumerate(data.images):
        places[image.tobytes()].append(index)
    groups = [np.array(group) for group in places.values() if len(group) > 1]
    conflicting = [group for group in groups if len(set(data.labels[group])) > 1]
    return Duplicates(groups, conflicting)


def majority_of(data: Tiles) -> npt.NDArray[np.int64]:
    """The FER+ majority of each tile; -1 if there is none."""
    if data.votes is None:
        raise TrainingError("the sheet has no votes")
    return ferplus_majority(data.votes)


def balance(train: Tiles, test: Tiles) -> Figure:
    """The share of each class in percent, by both label sets."""
    figure, (left, right) = new_figure(9, 3, columns=2)
    for axes, names, title in ((left, FER2013, "FER2013 label"), (right, FERPLUS, "FER+ majority")):
        shares = {}
        for name, data in (("train", train), ("PublicTest", test)):
            labels = data.labels if axes is left else majority_of(data)
            counts = np.bincount(labels[labels >= 0], minlength=len(names))
            shares[name] = (100 * counts / counts.sum()).tolist()
        bars(axes, names, shares)
        axes.set(title=title, xlabel="% of the images")
    right.legend()
    return figure


def disagreement(train: Tiles) -> Figure:
    """Which FER+ majority the images of each FER2013 label have."""
    majority = majority_of(train)
    table = np.zeros((len(FER2013), len(FERPLUS) + 1), np.int64)
    np.add.at(table, (train.labels, majority), 1)  # -1, no majority, is the last column
    figure, axes = new_figure(7, 3.8)
    matrix(axes, table, FER2013, (*FERPLUS, "no majority"))
    axes.set(title="of each FER2013 label, % by FER+ majority", ylabel="FER2013 label")
    return figure


def agreement(train: Tiles) -> float:
    """Of the images with a FER+ majority, the share whose FER2013 label is the same."""
    majority = majority_of(train)
    kept = majority >= 0
    table = confusion_matrix(majority[kept], train.labels[kept], len(FERPLUS))
    return float(np.trace(table) / table.sum())


def mean_faces(train: Tiles) -> Figure:
    """The mean tile of each class, by FER2013 label above and by FER+ majority below."""
    figure, (upper, lower) = new_figure(9, 3.2, rows=2)
    for axes, labels, names in (
        (upper, train.labels, FER2013),
        (lower, majority_of(train), FERPLUS),
    ):
        present = [label for label in range(len(names)) if (labels == label).any()]
        means = [stretch(train.images[labels == label].mean(axis=0)) for label in present]
        tiles(axes, np.stack(means), len(FERPLUS))
        kind = "FER2013 label" if axes is upper else "FER+ majority"
        axes.set_title(f"{kind}: {', '.join(names[p] for p in present)}", loc="left")
    return figure


def stretch(face: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """The same face with its contrast stretched from black to white."""
    low, high = float(face.min()), float(face.max())
    return np.asarray(255 * (face - low) / max(high - low, 1e-9))


def agreed_and_disputed(train: Tiles, count: int = 12) -> Figure:
    """Faces of each FER2013 label with unanimous votes, and those with the most scattered ones."""
    assert train.votes is not None
    shares = train.votes / np.maximum(train.votes.sum(axis=1, keepdims=True), 1)
    entropy = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)
    figure, grid = new_figure(9, 5.2, rows=len(FER2013), columns=2)
    for label, (left, right) in enumerate(grid):
        members = np.flatnonzero(train.labels == label)
        same = members[shares[members, label].argsort(kind="stable")[::-1][:count]]
        scattered = members[entropy[members].argsort(kind="stable")[::-1][:count]]
        tiles(left, train.images[same], count)
        tiles(right, train.images[scattered], count)
        left.set_title(f"{FER2013[label]}: annotators agree", loc="left", fontsize=8)
        right.set_title(f"{FER2013[label]}: votes most scattered", loc="left", fontsize=8)
    return figure


def repeated(train: Tiles, found: Duplicates, count: int = 18) -> Figure:
    """Images whose copies have different labels, then those with the most copies."""
    shown = sorted(found.groups, key=lambda group: (-len(set(train.labels[group])), -len(group)))
    figure, grid = new_figure(9, 2.9, rows=2, columns=count // 2)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, group in zip(grid.flat, shown, strict=False):
        tiles(axes, train.images[group[:1]], 1)
        names = sorted({FER2013[label] for label in train.labels[group]})
        axes.set_title(f"{len(group)} x {', '.join(names)}", fontsize=8)
    return figure


def doubtful(train: Tiles, count: int = 32) -> Figure:
    """Tiles that many annotators called unknown or not a face, and tiles with little contrast."""
    assert train.votes is not None
    no_emotion = train.votes[:, len(FERPLUS) :].sum(axis=1)
    contrast = train.images.reshape(len(train), -1).std(axis=1)
    figure, (upper, lower) = new_figure(9, 3.2, rows=2)
    tiles(upper, train.images[no_emotion.argsort(kind="stable")[::-1][:count]], count // 2)
    upper.set_title("most votes for 'unknown' or 'not a face'", loc="left")
    tiles(lower, train.images[contrast.argsort(kind="stable")[:count]], count // 2)
    lower.set_title("least contrast", loc="left")
    return figure


def page(train: Tiles, test: Tiles) -> str:
    """The whole report as HTML."""
    found = find_duplicates(train)
    known = int(duplicates_of(test, train).sum())
    extra = sum(len(group) - 1 for group in found.groups)
    majority = majority_of(train)
    sections = [
        (
            "Balance",
            f"{len(train):,} training images and {len(test):,} of PublicTest. By FER2013 labels "
            f"disgust is {np.mean(train.labels == 1):.1%} of the training images; by FER+ majority "
            f"neutral and happy are {np.isin(majority[majority >= 0], (3, 6)).mean():.0%}.",
            balance(train, test),
        ),
        (
            "Two label sets, two tasks",
            f"{np.mean(majority < 0):.1%} of the training images have no FER+ majority. Of the "
            f"others {agreement(train):.1%} carry the same FER2013 label.",
            disagreement(train),
        ),
        (
            "Exact duplicates",
            f"{len(found.groups)} images occur more than once in train ({extra} surplus tiles), "
            f"{len(found.conflicting)} of them with different FER2013 labels. {known} images of "
            "PublicTest are pixel copies of training images, so a model's figures are also given "
            "without them.",
            repeated(train, found),
        ),
        (
            "Mean faces",
            "The faces are aligned well enough for their means to be faces, mouths above all.",
            mean_faces(train),
        ),
        (
            "Agreed and disputed",
            "Left: faces whose ten annotators chose the FER2013 label most often. Right: faces of "
            "the same label with the most scattered votes.",
            agreed_and_disputed(train),
        ),
        (
            "Doubtful tiles",
            "Drawings, text, crops next to a face, and empty tiles remain in the data.",
            doubtful(train),
        ),
    ]
    return "".join([_PAGE, *(section(*content) for content in sections), "</body></html>\n"])


def section(title: str, text: str, figure: Figure) -> str:
    """A heading, a paragraph and a picture."""
    data = base64.b64encode(png(figure)).decode()
    image = f'<img alt="{escape(title)}" src="data:image/png;base64,{data}">'
    return f"<h2>{escape(title)}</h2>\n<p>{escape(text)}</p>\n{image}\n"


@one_line_errors
def main(
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("runs/data.html"),
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Write a report with pictures about the training data."""
    train, test = read_both_sheets(data)
    write_whole(out, page(train, test).encode())
    typer.echo(f"{out}: open it in a browser")


if __name__ == "__main__":
    typer.run(main)
