"""Made-up masks and hands."""

from __future__ import annotations

import torch

from training.occlusion import cover_mouths


def test_the_mouth_is_covered_and_the_eyes_are_not() -> None:
    torch.manual_seed(0)
    faces = torch.rand(64, 1, 48, 48)
    changed = (cover_mouths(faces) != faces).float().mean(dim=(0, 1))
    assert changed[37, 24] > 0.95  # the mouth
    assert changed[:16].mean() < 0.02  # forehead and eyes


def test_covers_stay_in_range_and_differ() -> None:
    torch.manual_seed(0)
    faces = torch.full((32, 1, 48, 48), 0.5)
    covered = cover_mouths(faces)
    assert covered.min() >= 0
    assert covered.max() <= 1
    assert covered[:, 0, 37, 24].std() > 0.1
