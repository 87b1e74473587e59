"""Teachers: one or more networks whose mean answer a student learns from.

A teacher is the folder of a run, or any ONNX model that meets the contract of ``emotion.onnx``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor
from torch.nn import functional

from overlay.host.atomic_file import atomic_write
from training.data import TILE
from training.errors import CheckpointError
from training.evaluate import open_model
from training.parallel import CPU
from training.run import load_net

Probabilities = list[Tensor]
_Member = Callable[[Tensor], Probabilities]
SoftLabels = list[npt.NDArray[np.float32]]

# Crops of a tile as (scale, shift x, shift y) in halves of the tile; each is mirrored too.
_CROPS = ((1.0, 0.0, 0.0), *((0.92, x, y) for x in (-0.07, 0.07) for y in (-0.07, 0.07)))
_BATCH = 256
console = Console(stderr=True)


class Teacher:
    """The mean of several networks over each face and its mirror image."""

    def __init__(self, paths: list[Path], device: torch.device = CPU) -> None:
        if not paths:
            raise CheckpointError("no teacher; name at least one run folder or ONNX model")
        self._members = [_member(path, device) for path in paths]

    @torch.no_grad()
    def __call__(self, faces: Tensor) -> Probabilities:
        """Probabilities [N, 7] and [N, 8] of faces [N, 1, 48, 48] in 0..1."""
        views = (faces, faces.flip(3))
        answers = [member(view) for member in self._members for view in views]
        return [torch.stack(head).mean(dim=0) for head in zip(*answers, strict=True)]


def _member(path: Path, device: torch.device) -> _Member:
    return _model(path) if path.suffix == ".onnx" else _network(path, device)


def _network(folder: Path, device: torch.device) -> _Member:
    net = load_net(folder)[0].to(device)
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def ask(faces: Tensor) -> Probabilities:
        with torch.autocast(device.type, torch.bfloat16):
            heads = net(faces.contiguous(memory_format=torch.channels_last))
        return [torch.softmax(head.float(), dim=1) for head in heads[:2]]

    return ask


def _model(path: Path) -> _Member:
    session = open_model(path)

    def ask(faces: Tensor) -> Probabilities:
        pixels = (faces.clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy()
        answers = session.run(["fer2013", "ferplus"], {"faces": pixels})
        return [torch.from_numpy(answer).to(faces.device) for answer in answers]

    return ask


def soft_labels(teacher: Teacher, images: npt.NDArray[np.uint8]) -> SoftLabels:
    """The teacher's mean answer over ten views of each tile: five crops, each mirrored.

    Args:
        teacher: the teacher.
        images: uint8 [N, 48, 48].

    Returns:
        Probabilities [N, 7] and [N, 8], rounded to half precision, as they are cached.
    """
    parts = []
    starts = range(0, len(images), _BATCH)
    quiet = not console.is_terminal
    for start in track(starts, "asking the teacher", console=console, disable=quiet):
        faces = torch.from_numpy(images[start : start + _BATCH, None]).float() / 255
        answers = [teacher(view) for view in _views(faces)]
        parts.append([torch.stack(head).mean(dim=0) for head in zip(*answers, strict=True)])
    heads = [torch.cat(head).half() for head in zip(*parts, strict=True)]
    return [head.float().numpy() for head in heads]


def _views(faces: Tensor) -> Iterator[Tensor]:
    for scale, x, y in _CROPS:
        theta = torch.tensor([[scale, 0.0, x], [0.0, scale, y]]).expand(len(faces), 2, 3)
        grid = functional.affine_grid(theta, list(faces.shape), align_corners=False)
        yield functional.grid_sample(faces, grid, padding_mode="border", align_corners=False)


def cached_soft_labels(paths: list[Path], images: npt.NDArray[np.uint8], cache: Path) -> SoftLabels:
    """`soft_labels` of these teachers for these tiles, kept in `cache` (30 bytes per tile).

    Raises:
        CheckpointError: the cache belongs to other tiles, or is damaged.
    """
    assert images.shape[1:] == (TILE, TILE)
    tiles = hashlib.sha256(images.tobytes()).hexdigest()
    if not cache.is_file():
        fer2013, ferplus = soft_labels(Teacher(paths), images)
        halves = {"fer2013": fer2013.astype(np.float16), "ferplus": ferplus.astype(np.float16)}
        with atomic_write(cache) as file:
            np.savez(file, allow_pickle=False, tiles=np.array(tiles), **halves)
    try:
        with np.load(cache, allow_pickle=False) as kept:
            known, heads = str(kept["tiles"]), [kept["fer2013"], kept["ferplus"]]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise CheckpointError(f"{cache}: damaged ({type(error).__name__}); delete it") from None
    if known != tiles:
        raise CheckpointError(f"{cache}: soft labels of other tiles; delete it")
    return [head.astype(np.float32) for head in heads]
