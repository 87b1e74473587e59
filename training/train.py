"""Train the network: ``python -m training.train --config training/configs/student.toml``.

A run lives in one folder: ``config.json`` (what was asked for), ``checkpoint.pt`` (written
whole after every epoch) and ``log.jsonl`` (one line an epoch). The state after an epoch depends
only on the state before it and on (seed, epoch), so an interrupted run that resumes ends exactly
where an uninterrupted one does. The last weights count, averaged over the steps (EMA); no epoch is
picked by its validation score.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from rich.console import Console
from rich.progress import track
from torch import Tensor
from torch.nn import functional

from training.augmentation import augment, mix
from training.config import Config, data_folder, read_config
from training.data import FER2013, NEUTRAL, Tiles, fer2013_targets, ferplus_targets, read_sheet
from training.errors import CheckpointError, TrainingError, one_line_errors
from training.metrics import accuracy, ferplus_majority, operating_point
from training.network import EmotionNet
from training.optimizer import make_optimizers

CHECKPOINT = "checkpoint.pt"
LOG = "log.jsonl"
console = Console(stderr=True)


class Run:
    """One training run: its network, optimisers, averaged weights and epoch count."""

    def __init__(self, config: Config, tiles: Tiles) -> None:
        if len(tiles) < config.batch:
            raise TrainingError(f"{len(tiles)} tiles do not fill one batch of {config.batch}")
        if tiles.votes is None:
            raise TrainingError("training needs FER+ votes; folders of images have none")
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        self.net = EmotionNet(config.architecture)
        self.net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizers = make_optimizers(
            self.net,
            config.optimizer,
            config.lr,
            config.kernel_lr,
            config.momentum,
            config.weight_decay,
        )
        self.average = {key: value.clone() for key, value in self.net.state_dict().items()}
        self.epoch = 0
        self._images = torch.from_numpy(tiles.images).unsqueeze(1)
        votes, weight = ferplus_targets(tiles.votes)
        self._targets = [
            torch.from_numpy(fer2013_targets(tiles)),
            torch.from_numpy(votes),
            torch.from_numpy(weight),
        ]

    @property
    def steps_per_epoch(self) -> int:
        """Full batches only: the odd rest is left out, another one in each epoch."""
        return len(self._images) // self.config.batch

    def train_epoch(self) -> float:
        """Train one epoch and return its mean loss."""
        torch.manual_seed(self.config.seed * 100_003 + self.epoch + 1)
        self.net.train()
        total = 0.0
        for step, batch in enumerate(self._batches()):
            self._set_rate(self.epoch * self.steps_per_epoch + step)
            total += self._step(*batch)
        self.epoch += 1
        return total / self.steps_per_epoch

    def _batches(self) -> Iterator[tuple[Tensor, list[Tensor]]]:
        """Augmented batches; the last `plain_epochs` go without blending of pairs."""
        config = self.config
        blend = self.epoch < config.epochs - config.plain_epochs
        order = torch.randperm(len(self._images))
        for start in range(0, self.steps_per_epoch * config.batch, config.batch):
            index = order[start : start + config.batch]
            faces = augment(self._images[index].float() / 255, config.augmentation)
            targets = [target[index] for target in self._targets]
            yield mix(faces, targets, config.augmentation) if blend else (faces, targets)

    def _step(self, faces: Tensor, targets: list[Tensor]) -> float:
        with torch.autocast("cpu", torch.bfloat16):
            fer2013, ferplus = self.net(faces.contiguous(memory_format=torch.channels_last))
        labels, votes, weight = targets
        smoothing = self.config.label_smoothing
        labels = labels * (1 - smoothing) + smoothing / len(FER2013)
        loss = functional.cross_entropy(fer2013.float(), labels)
        vote_loss = -(votes * functional.log_softmax(ferplus.float(), dim=1)).sum(dim=1)
        loss = loss + self.config.ferplus_weight * (weight * vote_loss).mean()
        self.net.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for optimizer in self.optimizers:
            optimizer.step()
        self._update_average()
        return float(loss.detach())

    def _set_rate(self, step: int) -> None:
        """Linear warm-up, then a cosine to zero."""
        total = self.config.epochs * self.steps_per_epoch
        warm = max(self.config.warmup_epochs * self.steps_per_epoch, 1)
        done = max(step - warm, 0) / max(total - warm, 1)
        factor = min((step + 1) / warm, 1) * 0.5 * (1 + math.cos(math.pi * min(done, 1)))
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group.setdefault("full_lr", group["lr"])
                group["lr"] = group["full_lr"] * factor

    @torch.no_grad()
    def _update_average(self) -> None:
        """Exponential moving average of weights and of the normalisation statistics."""
        steps = self.epoch * self.steps_per_epoch
        decay = min(self.config.ema_decay, (1 + steps) / (10 + steps))
        for key, value in self.net.state_dict().items():
            if value.is_floating_point():
                self.average[key].lerp_(value, 1 - decay)
            else:
                self.average[key].copy_(value)

    def averaged_net(self) -> EmotionNet:
        """A copy of the network with the averaged weights, for evaluation."""
        net = EmotionNet(self.config.architecture)
        net.load_state_dict(self.average)
        return net.eval()

    def save(self, folder: Path) -> None:
        """Write the checkpoint whole, or not at all."""
        state = {
            "config": self.config.model_dump(mode="json"),
            "epoch": self.epoch,
            "net": self.net.state_dict(),
            "average": self.average,
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }
        partial = folder / (CHECKPOINT + ".part")
        torch.save(state, partial)
        os.replace(partial, folder / CHECKPOINT)

    def load(self, folder: Path) -> None:
        """Go on from the checkpoint in `folder`, which must come from the same configuration."""
        state = read_checkpoint(folder / CHECKPOINT)
        if state["config"] != self.config.model_dump(mode="json"):
            raise CheckpointError(f"{folder}: another configuration's run; choose another --out")
        self.epoch = state["epoch"]
        self.net.load_state_dict(state["net"])
        self.average = state["average"]
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint file."""
    if not path.is_file():
        raise CheckpointError(f"{path}: no such checkpoint; train first")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load fails in many ways on a damaged file
        raise CheckpointError(f"{path}: damaged checkpoint ({type(error).__name__})") from None
    if not {"config", "epoch", "net", "average", "optimizers"} <= state.keys():
        raise CheckpointError(f"{path}: not a checkpoint of this program")
    return state


@torch.no_grad()
def predict(net: EmotionNet, images: np.ndarray, batch: int = 512) -> list[np.ndarray]:
    """Logits of both heads in fp32 for uint8 tiles [N, 48, 48]."""
    faces = torch.from_numpy(images).unsqueeze(1)
    parts = [net(faces[i : i + batch].float() / 255) for i in range(0, len(faces), batch)]
    return [torch.cat(head).numpy() for head in zip(*parts, strict=True)]


def score(net: EmotionNet, tiles: Tiles) -> dict[str, float]:
    """The three figures to watch while training, in percent."""
    fer2013, ferplus = predict(net, tiles.images)
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    kept = majority >= 0
    odds = np.exp(ferplus[:, :7] - ferplus.max(axis=1, keepdims=True))
    point = operating_point(odds, majority, NEUTRAL)
    return {
        "fer2013": 100 * accuracy(fer2013.argmax(axis=1), tiles.labels),
        "ferplus": 100 * accuracy(ferplus.argmax(axis=1)[kept], majority[kept]),
        "six": 100 * point.mean_recall,
    }


def prepare(config: Config, out: Path, resume: bool, tiles: Tiles) -> Run:
    """A fresh run in an empty folder, or the interrupted one that is there."""
    run = Run(config, tiles)
    if resume:
        run.load(out)
        return run
    if (out / CHECKPOINT).exists():
        raise TrainingError(f"{out}: holds a run already; add --resume or choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.json").write_text(config.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return run


@one_line_errors
def main(
    config: Annotated[Path, typer.Option(help="TOML file of the run.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")] = Path("runs/student"),
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Train the expression network."""
    settings = read_config(config)
    folder = data or data_folder()
    tiles = read_sheet(folder / "train.png", folder / "train.csv")
    validation = read_sheet(folder / "public_test.png", folder / "public_test.csv")
    run = prepare(settings, out, resume, tiles)
    epochs = range(run.epoch, settings.epochs)
    for epoch in track(epochs, "epochs", console=console, disable=not console.is_terminal):
        start = time.monotonic()
        loss = run.train_epoch()
        run.save(out)
        line = {"epoch": epoch + 1, "loss": loss, **score(run.averaged_net(), validation)}
        line["seconds"] = time.monotonic() - start
        with (out / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps({k: round(v, 4) for k, v in line.items()}) + "\n")
        console.print(
            f"epoch {epoch + 1}/{settings.epochs} loss {loss:.4f} fer2013 {line['fer2013']:.2f} "
            f"ferplus {line['ferplus']:.2f} six {line['six']:.2f} {line['seconds']:.1f} s"
        )


if __name__ == "__main__":
    typer.run(main)
