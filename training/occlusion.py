"""Synthetic masks and hands over mouths, for upright tiles of a whole batch at once.

The place of the mouth in a FER2013 tile was measured by `training.fit_crop`: eyes at 0.40 of the
height, the nose at 0.61, the mouth at 0.77, ears at 0.12 and 0.88 of the width.
"""

from __future__ import annotations

import torch
from torch import Tensor


def cover_mouths(images: Tensor) -> Tensor:
    """Cover the mouth of every tile with a mask, or a hand or scarf.

    Args:
        images: float32 [N, 1, H, W] in 0..1, upright faces framed as in FER2013.

    Returns:
        A new tensor of the same shape.
    """
    count, _, height, width = images.shape
    y = ((torch.arange(height) + 0.5) / height).view(1, 1, -1, 1)
    x = ((torch.arange(width) + 0.5) / width).view(1, 1, 1, -1)
    mask = torch.rand(count, 1, 1, 1) < 0.7
    inside = torch.where(mask, _mask(count, x, y), _hand(count, x, y))
    cloth = _cloth(images, x, y)
    # Cloth and skin alike are lit as the face is.
    lit = 0.75 * cloth + 0.25 * _blurred(images)
    return torch.where(inside, lit, images).clamp(0, 1)


def _draw(count: int, low: float, high: float) -> Tensor:
    return torch.rand(count, 1, 1, 1) * (high - low) + low


def _mask(count: int, x: Tensor, y: Tensor) -> Tensor:
    """From the bridge or the tip of the nose to the chin, with straps to the ears."""
    aside = (x - _draw(count, 0.47, 0.55)).abs()
    top = _draw(count, 0.48, 0.64) + _draw(count, 0.0, 0.25) * aside
    bottom = _draw(count, 0.92, 1.1) - _draw(count, 0.0, 0.6) * aside
    cloth = (y > top) & (y < bottom) & (aside < _draw(count, 0.26, 0.42))
    slope = _draw(count, -0.35, 0.1)
    strap = ((y - (top + slope * aside)).abs() < 0.018) & (aside > 0.25)
    return cloth | (strap & (torch.rand(count, 1, 1, 1) < 0.5))


def _hand(count: int, x: Tensor, y: Tensor) -> Tensor:
    """A tilted oval over the mouth."""
    dx, dy = x - _draw(count, 0.42, 0.62), y - _draw(count, 0.72, 0.86)
    tilt = _draw(count, -1.2, 1.2)
    along, across = dx * tilt.cos() + dy * tilt.sin(), dy * tilt.cos() - dx * tilt.sin()
    return (along / _draw(count, 0.24, 0.45)) ** 2 + (across / _draw(count, 0.15, 0.28)) ** 2 < 1


def _cloth(images: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """One gray, or that of the face's skin, with pleats, a fold and noise."""
    count = len(images)
    skin = images.mean(dim=(2, 3), keepdim=True) + _draw(count, -0.1, 0.1)
    gray = torch.where(torch.rand(count, 1, 1, 1) < 0.3, skin, _draw(count, 0.03, 1.0))
    pleats = _draw(count, 0, 0.06) * torch.sin(y * _draw(count, 20, 60) + _draw(count, 0, 6.3))
    shade = _draw(count, -0.3, 0.3) * (x - 0.5) + _draw(count, -0.3, 0.1) * (y - 0.75)
    ridge = _draw(count, 0, 0.12) * torch.exp(-(((x - 0.5) / 0.05) ** 2))
    return gray + pleats + shade + ridge + 0.02 * torch.randn_like(images)


def _blurred(images: Tensor) -> Tensor:
    return torch.nn.functional.avg_pool2d(images, 9, stride=1, padding=4, count_include_pad=False)
