"""Adapt a network to people in front of cameras: ``python -m training.adapt --run runs/averaged``.

The last stage and the heads learn from renderings of the London set (`training.renderings`), so
that smiles, frowns and calm faces of people in even light are told apart as they are in pictures
from the web. To keep what it knows of FER2013, the network is held on augmented training tiles to
its own mean answer to several views (Li and Hoiem, "Learning without Forgetting", ECCV 2016) and
to the labels. Training with ``--smiles``, which also shows the smiles of some people on others,
differs enough from training without for `training.soup` to make something better of both.

A network cannot be judged on people it was trained on. So the same is done `FOLDS` more times, each
time without some of the people: ``training.export`` fits the operating point, and measures, on
readings by networks that never saw the person.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
import typer
from torch import Tensor
from torch.nn import functional

from overlay.host.atomic_file import atomic_write
from training.augmentation import augment
from training.config import Config, data_folder
from training.data import FER2013, NEUTRAL, Tiles, fer2013_targets, ferplus_targets
from training.decision import Rule
from training.errors import TrainingError, one_line_errors
from training.evaluate import predict
from training.export import Assembled, calm_people
from training.graph import build
from training.left_out import left_out_folder, write_people
from training.loss import label_loss, shown_loss
from training.networks.base import standardise
from training.networks.plain import PlainNet
from training.occlusion import cover_mouths
from training.photos import read_groups
from training.readings import open_content
from training.renderings import KINDS, Renderings, render
from training.run import CHECKPOINT, load_net, read_checkpoint
from training.shown import shown_targets
from training.train import read_both_sheets

#: The people are left out in so many parts.
FOLDS = 5

STEPS = 100
LEARNING_RATE = 2.5e-4
WARMUP = 15
# Of one step: tiles of FER2013, and renderings of each kind.
TILES, RENDERINGS = 128, 48
# Weights of what is to be kept, of the labels, and of the renderings.
KEEP, LABELS, PEOPLE = 1.4, 0.3, 0.5
EMA_DECAY = 0.95
# Groups whose smiles the network before found least often.
MORE_OFTEN = {"male": 1.5, "black": 2.0}
# Training tiles that it is kept on; the last stage that learns; tiles in one pass.
KEPT_TILES, LEARNING_UNITS, BATCH = 12_288, 3, 256


@dataclass(frozen=True)
class Lesson:
    """What is learnt from, as maps [N, C, H, W] in half precision before the last stage.

    Attributes:
        tiles: maps of augmented training tiles.
        answers: of each head, logits for those tiles.
        targets: label distributions, votes, weight of votes, and `training.shown.ShownTargets`.
        covered: bool, which of the tiles have their mouths covered.
        renderings: maps of the renderings.
        people: targets, subjects and kinds of the renderings.
        bias: what the operating point adds to the neutral logit of each rendering.
        often: how often each rendering is drawn.
    """

    tiles: Tensor
    answers: list[Tensor]
    targets: list[Tensor]
    covered: Tensor
    renderings: Tensor
    people: Renderings
    bias: Tensor
    often: npt.NDArray[np.float64]


class Adapted:
    """A network whose last stage learns from maps.

    Args:
        net: where it begins; left as it is.
    """

    def __init__(self, net: PlainNet) -> None:
        self._start = net.state_dict()
        self.net = copy.deepcopy(net).eval()  # normalisation keeps its statistics
        self.net.requires_grad_(False)
        self._learning = [*self.net.units[-LEARNING_UNITS:].parameters(), self.net.pool]
        self._learning += self.net.head_parameters()
        for parameter in self._learning:
            parameter.requires_grad_(True)

    def learn(self, lesson: Lesson, rule: Rule, subjects: set[str], seed: int) -> None:
        """Learn from the renderings of these people.

        Args:
            lesson: what is learnt from.
            rule: turns logits into what is shown.
            subjects: the people.
            seed: draws the batches.
        """
        rng = np.random.default_rng(seed)
        torch.manual_seed(seed)
        known = lesson.people.of(subjects)
        kinds = [np.flatnonzero(known & (lesson.people.kinds == kind)) for kind in KINDS]
        optimizer = torch.optim.AdamW(self._learning, lr=LEARNING_RATE, weight_decay=0.0)
        average = {name: value.clone() for name, value in self._start.items()}
        for step in range(STEPS):
            warm = min(1.0, (step + 1) / WARMUP)
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * warm * (1 + np.cos(np.pi * step / STEPS)) / 2
            rows = np.sort(rng.choice(len(lesson.tiles), min(TILES, len(lesson.tiles)), False))
            people = np.concatenate(
                [
                    rng.choice(kind, min(RENDERINGS, len(kind)), False, _shares(lesson.often[kind]))
                    for kind in kinds
                    if len(kind)
                ]
            )
            loss = self._loss(lesson, rule, torch.from_numpy(rows), torch.from_numpy(people))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            decay = min(EMA_DECAY, (1 + step) / (10 + step))
            for name, value in self.net.state_dict().items():
                if value.is_floating_point():
                    average[name].lerp_(value, 1 - decay)
        self.net.load_state_dict(average)

    def _loss(self, lesson: Lesson, rule: Rule, rows: Tensor, people: Tensor) -> Tensor:
        maps = torch.cat([lesson.tiles[rows], lesson.renderings[people]]).float()
        embedding = functional.dropout(last_stage(self.net, maps), self.net.dropout.p)
        heads = [head(embedding) for head in self.net.heads().values()]
        of_tiles = [head[: len(rows)] for head in heads]
        of_people = [head[len(rows) :] for head in heads]
        keep = sum(
            (
                functional.cross_entropy(head, torch.softmax(answer[rows], 1))
                for head, answer in zip(of_tiles[:3], lesson.answers[:3], strict=True)
            ),
            torch.zeros(()),
        )
        seen = ~lesson.covered[rows]
        targets = [target[rows][seen] for target in lesson.targets]
        uncovered = [head[seen] for head in of_tiles]
        often = (lesson.targets[3] * lesson.targets[4][:, None]).sum(dim=0)
        labels = label_loss(uncovered, targets[:3], 0.0, 1.0)
        labels = labels + shown_loss(uncovered[2], targets[3:6], often / often.sum(), 0.5)
        covered = functional.binary_cross_entropy_with_logits(
            of_tiles[3], torch.sigmoid(lesson.answers[3][rows])
        )
        shown = self._shown_loss(lesson, rule, of_people, people)
        return KEEP * (keep + 0.2 * covered) + LABELS * labels + PEOPLE * shown

    def _shown_loss(
        self, lesson: Lesson, rule: Rule, heads: list[Tensor], people: Tensor
    ) -> Tensor:
        """Cross-entropy of what is shown; only the head for that learns from it.

        Each kind of renderings weighs the same, however many there are of it.
        """
        votes = heads[1][:, : len(FER2013)].detach() / rule.ferplus_temperature
        logits = heads[2] + votes + torch.from_numpy(rule.offset).float()
        logits = logits + lesson.bias[people][:, None] * torch.eye(len(FER2013))[NEUTRAL]
        targets = torch.from_numpy(lesson.people.targets)[people]
        logits = logits / rule.emotion_temperature
        of_kind = [torch.from_numpy(lesson.people.kinds == kind)[people] for kind in KINDS]
        kinds = [kind for kind in of_kind if kind.any()]
        return torch.stack(
            [functional.cross_entropy(logits[kind], targets[kind]) for kind in kinds]
        ).sum()


def last_stage(net: PlainNet, maps: Tensor) -> Tensor:
    """The embedding [N, width] of maps [N, C, H, W] before the units that learn."""
    with torch.autocast("cpu", torch.bfloat16):
        x = maps.contiguous(memory_format=torch.channels_last)
        for unit in net.units[-LEARNING_UNITS:]:
            x = unit(x)
        return (x * net.pool).sum(dim=(2, 3)).float()


@torch.no_grad()
def maps_of(net: PlainNet, faces: Tensor) -> Tensor:
    """The maps [N, C, H, W] of tiles [N, 1, 48, 48] in 0..1, in half precision."""
    with torch.autocast("cpu", torch.bfloat16):
        x = standardise(faces).contiguous(memory_format=torch.channels_last)
        for unit in net.units[:-LEARNING_UNITS]:
            x = unit(x)
    return x.half()


def lesson_of(
    net: PlainNet,
    config: Config,
    tiles: Tiles,
    people: Renderings,
    groups: Mapping[str, Mapping[str, str]],
    rule: Rule,
    seed: int,
) -> Lesson:
    """Augment tiles, ask the network about them, and compute all maps; takes minutes."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    chosen = tiles.take(_rare_ones_too(tiles, rng))
    assert chosen.votes is not None
    images = torch.from_numpy(chosen.images[:, None])
    maps, answers, covered = [], [], []
    for start in range(0, len(images), BATCH):
        faces = images[start : start + BATCH].float() / 255
        cover = torch.rand(len(faces)) < config.augmentation.cover
        faces[cover] = cover_mouths(faces[cover])
        faces = augment(faces, config.augmentation)
        maps.append(maps_of(net, faces))
        covered.append(cover)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            mirrored = net(faces.flip(3))
            both = zip(net(faces), mirrored, strict=True)
            answers.append([(one + other).float() / 2 for one, other in both])
    targets = [fer2013_targets(chosen), *ferplus_targets(chosen.votes), *shown_targets(chosen)]
    draft = open_content(build(net, Rule()).SerializeToString())
    quality = predict(draft, people.images)["quality"]
    faces = torch.from_numpy(people.images[:, None])
    rendered = [
        maps_of(net, faces[start : start + BATCH].float() / 255)
        for start in range(0, len(faces), BATCH)
    ]
    return Lesson(
        torch.cat(maps),
        [torch.cat(head) for head in zip(*answers, strict=True)],
        [torch.from_numpy(target) for target in targets],
        torch.cat(covered),
        torch.cat(rendered),
        people,
        torch.from_numpy(rule.bias(quality)).float(),
        _often(people, groups),
    )


def _often(people: Renderings, groups: Mapping[str, Mapping[str, str]]) -> npt.NDArray[np.float64]:
    """How often each rendering is drawn; photographs of groups in `MORE_OFTEN` count more."""
    often = np.ones(len(people.images))
    for group, factor in MORE_OFTEN.items():
        members = [name for name, has in groups.items() if group in has.values()]
        often[np.isin(people.subjects, members) & (people.kinds != "made up")] *= factor
    return often


def _shares(often: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(often / often.sum(), np.float64)


def _rare_ones_too(tiles: Tiles, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Which tiles to keep what is known on; a class is drawn as its root in number."""
    found = shown_targets(tiles).distribution.argmax(axis=1)
    share = np.bincount(found, minlength=len(FER2013))[found] ** -0.5
    count = min(KEPT_TILES, len(tiles))
    return np.asarray(rng.choice(len(tiles), count, replace=False, p=share / share.sum()))


def _parts(subjects: npt.NDArray[np.str_], seed: int) -> list[set[str]]:
    """Whom to leave out: nobody, then each part of the people."""
    people = np.random.default_rng(seed).permutation(np.unique(subjects))
    return [set(), *(set(people[part::FOLDS].tolist()) for part in range(FOLDS))]


def _save(net: PlainNet, config: Config, run: Path, out: Path) -> None:
    """Write a checkpoint as `training.run.Run` does, with all else as before."""
    out.mkdir(parents=True, exist_ok=True)
    weights = net.state_dict()
    state = {
        **read_checkpoint(run / CHECKPOINT),
        "config": config.model_dump(mode="json"),
        "net": weights,
        "average": weights,
    }
    with atomic_write(out / CHECKPOINT) as file:
        torch.save(state, file)


@one_line_errors
def main(
    run: Annotated[Path, typer.Option(help="Run to start from.")],
    out: Annotated[Path, typer.Option(help="Folder of the adapted network.")],
    seed: Annotated[int, typer.Option(help="Draws people, renderings and batches.")] = 0,
    smiles: Annotated[
        bool, typer.Option("--smiles", help="Also learn from smiles on other people's faces.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Adapt a network to people in front of cameras; finished parts are kept."""
    net, config, _ = load_net(run)
    if not isinstance(net, PlainNet):
        raise TrainingError(f"{run}: only `plain` networks can be adapted")
    torch.set_num_threads(config.threads)
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    architecture = config.architecture.model_copy(update={"views": 2})
    config = config.model_copy(update={"architecture": architecture})
    train, tiles = read_both_sheets(data)
    sheets = data or data_folder()
    calm, portraits = calm_people(sheets, tiles)
    if portraits is None:
        raise TrainingError(f"{sheets.parent / 'london'}: not there; nobody to learn from")
    rule = Assembled.of(net, tiles, calm, portraits).rule
    net.views = 2
    london = sheets.parent / "london"
    people = render(london, seed, smiles)
    lesson = lesson_of(net, config, train, people, read_groups(london / "people.csv"), rule, seed)
    everybody = set(people.subjects.tolist())
    for part, left_out in enumerate(_parts(people.subjects, seed)):
        folder = left_out_folder(out, part) if left_out else out
        if (folder / CHECKPOINT).is_file():
            continue
        adapted = Adapted(net)
        adapted.learn(lesson, rule, everybody - left_out, seed)
        _save(adapted.net, config, run, folder)
        if left_out:
            write_people(folder, left_out)
        typer.echo(f"{folder / CHECKPOINT}: learnt from {len(everybody - left_out)} people")


if __name__ == "__main__":
    typer.run(main)
