"""A training run and its checkpoints.

The state after an epoch depends only on the state before it and on (seed, epoch), so an
interrupted run that resumes ends exactly where an uninterrupted one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from overlay.host.atomic_file import atomic_write
from training.augmentation import augment, mix
from training.config import Config
from training.data import Tiles, fer2013_targets, ferplus_targets
from training.errors import CheckpointError, TrainingError
from training.loss import label_loss, shown_loss, teacher_loss
from training.networks import Network, make_network
from training.occlusion import cover_mouths
from training.optimizer import make_optimizers
from training.parallel import Workers
from training.schedule import Schedule
from training.shown import shown_targets
from training.widen import widened

CHECKPOINT = "checkpoint.pt"
TeacherFunction = Callable[[Tensor], list[Tensor]]


class Run:
    """One training run: its network, optimisers, averaged weights and epoch count.

    Args:
        config: all that determines the run.
        tiles: what it learns from, with FER+ votes.
        workers: the processes that share the work.
        teacher: probabilities [N, 7] and [N, 8] of augmented faces [N, 1, 48, 48] in 0..1.
        soft_labels: a teacher's probabilities for the plain tiles, instead of `teacher`.
    """

    def __init__(
        self,
        config: Config,
        tiles: Tiles,
        workers: Workers | None = None,
        teacher: TeacherFunction | None = None,
        soft_labels: list[npt.NDArray[np.float32]] | None = None,
    ) -> None:
        self.workers = workers or Workers()
        _check(config, tiles, self.workers)
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        device = self.workers.device
        self.net = make_network(config.architecture).to(device)
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
        self._images = torch.from_numpy(tiles.images).unsqueeze(1).to(device)
        assert tiles.votes is not None
        shown = shown_targets(tiles)
        targets = [fer2013_targets(tiles), *ferplus_targets(tiles.votes), *shown]
        targets += soft_labels or []
        self._targets = [torch.from_numpy(target).to(device) for target in targets]
        often = (shown.distribution * shown.weight[:, None]).sum(axis=0)
        self._priors = torch.from_numpy(often / often.sum()).to(device)
        self._teacher = teacher
        self.schedule = Schedule(config, self.steps_per_epoch)

    @property
    def steps_per_epoch(self) -> int:
        """Full batches only: the odd rest is left out, another one in each epoch."""
        return len(self._images) // self.config.batch

    @property
    def finished(self) -> bool:
        """Whether every epoch is trained, or early stopping ends the run before."""
        return self.epoch >= self.config.epochs or self.schedule.stalled

    def start_from(self, weights: dict[str, Tensor]) -> None:
        """Begin with the weights of a trained network, of the same architecture or narrower."""
        self.net.load_state_dict(widened(weights, self.net.state_dict()))
        self.average = {key: value.clone() for key, value in self.net.state_dict().items()}

    def train_epoch(self) -> float:
        """Train one epoch and return its mean loss."""
        self.net.train()
        total = 0.0
        with self.workers.device:
            for step, batch in enumerate(self._batches()):
                self._set_rate(self.epoch * self.steps_per_epoch + step)
                total += self._step(*batch)
        self.epoch += 1
        statistics = [value for value in self.average.values() if value.is_floating_point()]
        statistics += [value for value in self.net.buffers() if value.is_floating_point()]
        self.workers.average(statistics)
        return total / self.steps_per_epoch

    def _batches(self) -> Iterator[tuple[Tensor, list[Tensor]]]:
        """Augmented batches; the last `plain_epochs` go without blending of pairs."""
        config, workers = self.config, self.workers
        blend = self.epoch < config.epochs - config.plain_epochs
        seed = config.seed * 100_003 + self.epoch + 1
        torch.manual_seed(seed)
        order = torch.randperm(len(self._images))
        if workers.rank:
            torch.manual_seed(seed + 1_000_000_007 * workers.rank)
        for start in range(0, self.steps_per_epoch * config.batch, config.batch):
            index = order[start : start + config.batch][workers.rank :: workers.count]
            faces = self._images[index].float() / 255
            targets = [target[index] for target in self._targets]
            covered = torch.rand(len(faces)) < config.augmentation.cover
            faces[covered] = cover_mouths(faces[covered])
            targets = [*self._unsure(targets, covered), covered.float()]
            faces = augment(faces, config.augmentation)
            yield mix(faces, targets, config.augmentation) if blend else (faces, targets)

    def _unsure(self, targets: list[Tensor], covered: Tensor) -> list[Tensor]:
        """Where the mouth is covered, the heads are to find every emotion equally likely."""
        says_nothing = [1 / 7, 1 / 8, 1.0, self._priors, 1.0, 0.0, 1 / 7, 1 / 8]
        result = []
        for target, nothing in zip(targets, says_nothing, strict=False):
            changed = target.clone()
            changed[covered] = torch.as_tensor(nothing, dtype=target.dtype)
            result.append(changed)
        return result

    def _step(self, faces: Tensor, targets: list[Tensor]) -> float:
        self.net.zero_grad(set_to_none=True)
        loss = self._loss(faces, targets)
        loss.backward()  # type: ignore[no-untyped-call]
        gradients = [p.grad for p in self.net.parameters() if p.grad is not None]
        self.workers.average(gradients)
        for optimizer in self.optimizers:
            optimizer.step()
        self._update_average()
        return float(loss.detach())

    def _loss(self, faces: Tensor, targets: list[Tensor]) -> Tensor:
        config = self.config
        with torch.autocast(self.workers.device.type, torch.bfloat16):
            heads = self.net(faces.contiguous(memory_format=torch.channels_last))
        logits = [head.float() for head in heads]
        loss = label_loss(logits, targets[:3], config.label_smoothing, config.ferplus_weight)
        how = config.distillation
        if how is not None:
            soft = self._teacher(faces) if self._teacher else targets[6:8]
            taught = teacher_loss(logits, soft, how.temperature, config.ferplus_weight)
            loss = (1 - how.weight) * loss + how.weight * taught
        shown = shown_loss(logits[2], targets[3:6], self._priors, config.shown_margin)
        covered = functional.binary_cross_entropy_with_logits(logits[3][:, 0], targets[-1])
        return loss + config.shown_weight * shown + config.covered_weight * covered

    def _set_rate(self, step: int) -> None:
        factor = self.schedule.factor(step)
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

    def averaged_net(self) -> Network:
        """A copy of the network with the averaged weights, for evaluation."""
        net = make_network(self.config.architecture).to(self.workers.device)
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
            "schedule": self.schedule.state(),
        }
        with atomic_write(folder / CHECKPOINT) as file:
            torch.save(state, file)

    def load(self, folder: Path) -> None:
        """Go on from the checkpoint in `folder`, which must come from the same configuration."""
        state = read_checkpoint(folder / CHECKPOINT)
        if Config.model_validate(state["config"]) != self.config:
            raise CheckpointError(f"{folder}: another configuration's run; choose another --out")
        self.epoch = state["epoch"]
        self.net.load_state_dict(state["net"])
        device = self.workers.device
        self.average = {key: value.to(device) for key, value in state["average"].items()}
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        if "schedule" in state:
            self.schedule.load(state["schedule"])


def _check(config: Config, tiles: Tiles, workers: Workers) -> None:
    if len(tiles) < config.batch:
        raise TrainingError(f"{len(tiles)} tiles do not fill one batch of {config.batch}")
    if tiles.votes is None:
        raise TrainingError("training needs FER+ votes; folders of images have none")
    if config.batch % workers.count:
        raise TrainingError(f"a batch of {config.batch} does not divide by {workers.count} workers")


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


def load_net(folder: Path) -> tuple[Network, Config, int]:
    """The network with the averaged weights of a run, its configuration and its epoch."""
    state = read_checkpoint(folder / CHECKPOINT)
    config = Config.model_validate(state["config"])
    net = make_network(config.architecture)
    net.load_state_dict(state["average"])
    return net.eval(), config, int(state["epoch"])


@torch.no_grad()
def predict(
    net: Network, images: npt.NDArray[np.uint8], batch: int = 512
) -> list[npt.NDArray[np.float32]]:
    """Logits of all heads in fp32 for uint8 tiles [N, 48, 48]."""
    faces = torch.from_numpy(images).unsqueeze(1).to(next(net.parameters()).device)
    parts = [net(faces[i : i + batch].float() / 255) for i in range(0, len(faces), batch)]
    return [torch.cat(head).cpu().numpy() for head in zip(*parts, strict=True)]
