"""Networks trained on the London set without some of its people.

`training.adapt` leaves them in folders of its run. What such a network says about the people it has
not seen is what can be expected for anybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from overlay.host.atomic_file import atomic_write
from training.errors import CheckpointError
from training.networks import Network
from training.run import load_net

_NAMES = "left_out.json"


@dataclass(frozen=True)
class LeftOut:
    """A network and the people it has not seen."""

    net: Network
    people: frozenset[str]
    folder: Path


def left_out_folder(run: Path, part: int) -> Path:
    """Where a run keeps the network without one part of the people."""
    return run / f"without-{part}"


def write_people(folder: Path, people: Iterable[str]) -> None:
    """Record whom the network in this folder has not seen."""
    with atomic_write(folder / _NAMES) as file:
        file.write((json.dumps(sorted(people)) + "\n").encode())


def read_left_out(run: Path) -> list[LeftOut]:
    """All such networks of a run; none if it has learnt from no people.

    Raises:
        CheckpointError: the list of people of one cannot be read.
    """
    found = []
    for path in sorted(run.glob(f"without-*/{_NAMES}")):
        try:
            people = frozenset(map(str, json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):
            raise CheckpointError(f"{path}: not a list of people; delete its folder") from None
        found.append(LeftOut(load_net(path.parent)[0], people, path.parent))
    return found
