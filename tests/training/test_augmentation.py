from __future__ import annotations

import pytest
import torch

from training.augmentation import Augmentation, augment, mix

NOTHING = dict.fromkeys(Augmentation.model_fields, 0.0) | {"mixup_alpha": 0.2}


@pytest.fixture
def faces() -> torch.Tensor:
    torch.manual_seed(5)
    small = torch.rand(64, 1, 6, 6)
    return torch.nn.functional.interpolate(small, size=48, mode="bicubic").clamp(0, 1)


def test_everything_off_leaves_at_most_a_flip(faces: torch.Tensor) -> None:
    result = augment(faces, Augmentation(**NOTHING))
    plain = (result - faces).abs().amax(dim=(1, 2, 3)) < 1e-3
    flipped = (result - faces.flip(3)).abs().amax(dim=(1, 2, 3)) < 1e-3
    assert (plain | flipped).all()
    assert plain.any()
    assert flipped.any()


@pytest.mark.parametrize(
    "step",
    [
        "scale",
        "zoom",
        "elastic",
        "shift",
        "roll",
        "backdrop",
        "gamma",
        "contrast",
        "shade",
        "sharpen",
        "blur",
        "low_resolution",
        "noise",
        "jpeg",
        "erase",
    ],
)
def test_each_step_changes_faces_within_range(faces: torch.Tensor, step: str) -> None:
    strength = {"roll": 10.0, "elastic": 0.02}.get(step, 0.5)
    how = Augmentation(**{**NOTHING, step: strength})
    result = augment(faces, how)
    assert result.shape == faces.shape
    assert result.isfinite().all()
    assert result.min() >= 0
    assert result.max() <= 1
    nearest = torch.minimum((result - faces).abs(), (result - faces.flip(3)).abs())
    assert (nearest.amax(dim=(1, 2, 3)) > 0.01).float().mean() > 0.2


def test_the_same_seed_gives_the_same_faces(faces: torch.Tensor) -> None:
    torch.manual_seed(1)
    first = augment(faces, Augmentation())
    torch.manual_seed(1)
    assert torch.equal(first, augment(faces, Augmentation()))


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_mixing_blends_faces_and_labels_alike(kind: str) -> None:
    torch.manual_seed(2)
    level = torch.rand(200)
    faces = level.view(-1, 1, 1, 1).expand(-1, 1, 48, 48).clone()
    how = Augmentation(**{**NOTHING, kind: 1.0})
    mixed, (labels, weight) = mix(faces, [torch.stack([level, 1 - level], 1), level], how)
    assert not torch.equal(mixed, faces)
    torch.testing.assert_close(mixed.mean(dim=(1, 2, 3)), labels[:, 0], atol=1e-4, rtol=0)
    torch.testing.assert_close(labels.sum(dim=1), torch.ones(200))
    torch.testing.assert_close(weight, labels[:, 0])


def test_no_mixing_returns_the_same_objects(faces: torch.Tensor) -> None:
    mixed, _ = mix(faces, [], Augmentation(**NOTHING))
    assert mixed is faces
