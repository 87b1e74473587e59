"""The network's outputs for other people's faces, with which a person's references are compared.

`models/population.npz` is kept beside the network that produced it. It contains numbers, no
pictures; `python -m training.population` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from overlay.errors import ModelError
from overlay.host import resources
from overlay.language import LazyText
from overlay.perception.personal import Personal, References
from overlay.scene import EMOTIONS

_FIX = LazyText("install the application again, or run `python -m training.population`")


def population_path() -> Path:
    """The file with the outputs."""
    return resources.models_dir() / "population.npz"


def load_population(sha256: str, path: Path | None = None) -> References:
    """The readings of other people's faces, labelled with `EMOTIONS`.

    Args:
        sha256: Checksum of the network in use.
        path: The file; by default the one that comes with the application.

    Raises:
        ModelError: The file is missing, damaged, or belongs to another network.
    """
    path = path or population_path()
    try:
        with np.load(path, allow_pickle=False) as content:
            made_with = str(content["sha256"])
            labels = tuple(EMOTIONS[i] for i in content["labels"])
            embeddings = content["embeddings"].astype(np.float32)
            probabilities = content["probabilities"].astype(np.float32)
        if embeddings.shape[:-1] != (len(labels),) or probabilities.shape != (len(labels), 7):
            raise ValueError("arrays of other shapes")
    except FileNotFoundError:
        raise ModelError(LazyText("{path} is missing; {fix}", path=path, fix=_FIX)) from None
    except Exception as error:  # NumPy and zipfile pass on whatever their readers raise
        raise ModelError(
            LazyText(
                "{path} cannot be read ({name}); {fix}",
                path=path,
                name=type(error).__name__,
                fix=_FIX,
            )
        ) from error
    if made_with != sha256:
        raise ModelError(LazyText("{path} belongs to another network; {fix}", path=path, fix=_FIX))
    return References(labels, embeddings, probabilities)


# How much recall an expression without references may lose on the population.
_MOST_LOST = 0.1


@dataclass(frozen=True, slots=True)
class Recall:
    """How many faces of one expression in the population are read correctly.

    Attributes:
        faces: Number of faces.
        before: How many the network alone reads correctly.
        after: How many it reads correctly with the adaptation.
    """

    faces: int
    before: int
    after: int


def spared_expressions(references: References, population: References) -> tuple[str, ...]:
    """Expressions without references that an adaptation would harm and so must spare.

    They lose more than a tenth of their recall on other people's faces: a reference was mistaken
    for them, and there is no reference of what they look like on this person.

    Args:
        references: The person's references, of `EMOTIONS` only.
        population: From `load_population`.
    """
    recalls = recall_on(population, Personal(references))
    return tuple(
        name
        for name, recall in recalls.items()
        if name not in references.labels
        and recall.before - recall.after > _MOST_LOST * recall.faces
    )


def recall_on(population: References, personal: Personal) -> dict[str, Recall]:
    """How an adaptation to one person changes each expression's recall on other people's faces."""
    truth: npt.NDArray[np.int64] = np.array([EMOTIONS.index(name) for name in population.labels])
    adapted = personal.adapt(population.embeddings, population.probabilities)
    before = population.probabilities.argmax(axis=1) == truth
    after = adapted.argmax(axis=1) == truth
    recalls: dict[str, Recall] = {}
    for number, name in enumerate(EMOTIONS):
        rows = truth == number
        if rows.any():
            recalls[name] = Recall(int(rows.sum()), int(before[rows].sum()), int(after[rows].sum()))
    return recalls
