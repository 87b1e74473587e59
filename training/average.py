"""Average the weights of two networks: ``python -m training.average --first A --second B``.

Fine-tuning for other cameras and people costs some accuracy on the network's own data. Halfway
between the weights before and after, most of both is kept (Wortsman et al., "Robust fine-tuning of
zero-shot models", CVPR 2022). Normalisation statistics are computed again from plain tiles. The
heads that only fine-tuning trains are taken from the second network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
import typer
from torch import nn

from overlay.host.atomic_file import atomic_write
from training.config import Config
from training.errors import TrainingError, one_line_errors
from training.networks import Network, make_network
from training.networks.base import standardise
from training.restore import restore
from training.run import CHECKPOINT, load_net, read_checkpoint
from training.train import read_both_sheets

#: Heads that only the second network has learnt.
OWN_HEADS = ("emotion", "covered")
#: So many tiles give the statistics of normalisation, in batches of `BATCH`.
TILES, BATCH = 3072, 512


@torch.no_grad()
def averaged(
    first: Network, second: Network, config: Config, share: float, images: npt.NDArray[np.uint8]
) -> Network:
    """The network between two of the same architecture.

    Args:
        first: the network before fine-tuning.
        second: the network after it.
        config: whose architecture both have.
        share: of the second network, 0 to 1.
        images: uint8 [N, 48, 48], plain tiles.
    """
    net = make_network(config.architecture)
    ours, theirs = second.state_dict(), first.state_dict()
    net.load_state_dict(
        {
            name: value
            if name.startswith(OWN_HEADS) or not value.is_floating_point()
            else torch.lerp(theirs[name], value, share)
            for name, value in ours.items()
        }
    )
    norms = [layer for layer in net.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
    net.eval()
    for norm in norms:
        norm.train()
    for start in range(0, len(images), BATCH):
        faces = torch.from_numpy(images[start : start + BATCH, None]).float() / 255
        net.features(standardise(faces))
    return net.eval()


@one_line_errors
def main(
    first: Annotated[Path, typer.Option(help="Run, or ONNX model, before fine-tuning.")],
    second: Annotated[Path, typer.Option(help="Run after fine-tuning.")],
    out: Annotated[Path, typer.Option(help="Folder of the averaged network.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="Share of the second network.")] = 0.5,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Average the weights of a network before and after fine-tuning."""
    if (out / CHECKPOINT).exists():
        raise TrainingError(f"{out}: holds a run already; choose another --out")
    images = read_both_sheets(data)[0].images[:TILES]
    after, config, _ = load_net(second)
    if first.suffix == ".onnx":
        before = make_network(config.architecture)
        restore(first, before, images)
    else:
        before = load_net(first)[0]
    weights = averaged(before, after, config, share, images).state_dict()
    out.mkdir(parents=True, exist_ok=True)
    with atomic_write(out / CHECKPOINT) as file:
        state = read_checkpoint(second / CHECKPOINT)
        torch.save({**state, "net": weights, "average": weights}, file)
    typer.echo(f"{out / CHECKPOINT}: {share:.0%} of {second}, the rest of {first}")


if __name__ == "__main__":
    typer.run(main)
