"""Augmentation of a whole batch at once, in plain tensor operations.

Every tile gets one affine warp (flip, scale, shift, roll); parts of the batch get tone, blur,
low resolution, noise, JPEG and erasing, as webcams and calls produce them; pairs are blended by
mixup (Zhang et al., 2018) or CutMix (Yun et al., 2019). All randomness comes from the global
generator, so that seeding an epoch fixes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor
from torch.nn import functional


class Augmentation(BaseModel):
    """Strengths; a probability or an amplitude of 0 switches a step off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scale: float = 0.18
    shift: float = 0.08
    roll: float = 15.0
    gamma: float = 0.4
    blur: float = 0.12
    low_resolution: float = 0.12
    noise: float = 0.15
    jpeg: float = 0.10
    erase: float = 0.30
    mixup: float = 0.4
    mixup_alpha: float = 0.2
    cutmix: float = 0.2
    zoom: float = 0.0
    elastic: float = 0.0
    shade: float = 0.0
    contrast: float = 0.0
    sharpen: float = 0.0
    cover: float = 0.0
    backdrop: float = 0.0


def augment(images: Tensor, how: Augmentation) -> Tensor:
    """Augment gray tiles.

    Args:
        images: float32 [N, 1, H, W] in 0..1.
        how: strengths.

    Returns:
        A new tensor of the same shape in 0..1.
    """
    images = _on_part(images, how.backdrop, _backdrop)
    images = _warp(images, how)
    images = _tone(images, how.gamma)
    images = _on_part(images, how.contrast, _contrast)
    images = _on_part(images, how.shade, _shade)
    images = _on_part(images, how.sharpen, _sharpen)
    images = _on_part(images, how.blur, _blur)
    images = _on_part(images, how.low_resolution, _low_resolution)
    images = _on_part(images, how.noise, _noise)
    images = _on_part(images, how.jpeg, _jpeg)
    images = _on_part(images, how.erase, _erase)
    return images.clamp(0, 1)


def mix(images: Tensor, targets: list[Tensor], how: Augmentation) -> tuple[Tensor, list[Tensor]]:
    """Blend the batch with a shuffled copy of itself by mixup, CutMix, or not at all.

    Args:
        images: [N, 1, H, W].
        targets: tensors [N, ...] that blend in the same proportion.
        how: the probability of each kind and the Beta parameter of mixup.
    """
    draw = torch.rand(()).item()
    if draw >= how.mixup + how.cutmix:
        return images, targets
    order = torch.randperm(len(images))
    if draw < how.mixup:
        share = torch._sample_dirichlet(torch.full((len(images), 2), how.mixup_alpha))[:, 0]
        share = torch.maximum(share, 1 - share)
        weight = share.view(-1, 1, 1, 1)
        mixed = weight * images + (1 - weight) * images[order]
    else:
        inside = _boxes(images, 0.05, 0.4)
        mixed = torch.where(inside, images[order], images)
        share = 1 - inside.float().mean(dim=(1, 2, 3))
    blended = []
    for target in targets:
        part = share.view(-1, *[1] * (target.dim() - 1))
        blended.append(part * target + (1 - part) * target[order])
    return mixed, blended


def _uniform(count: int, low: float, high: float) -> Tensor:
    return torch.rand(count) * (high - low) + low


def _on_part(images: Tensor, probability: float, step: Callable[[Tensor], Tensor]) -> Tensor:
    chosen = (torch.rand(len(images)) < probability).nonzero().squeeze(1)
    if len(chosen) == 0:
        return images
    return images.index_copy(0, chosen, step(images[chosen]))


def _warp(images: Tensor, how: Augmentation) -> Tensor:
    count = len(images)
    roll = _uniform(count, -how.roll, how.roll) * (math.pi / 180)
    scale = torch.exp(_uniform(count, -how.scale - how.zoom, how.scale))
    aspect = torch.exp(_uniform(count, -how.scale, how.scale) / 3)
    flip = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    theta = torch.empty(count, 2, 3)
    theta[:, 0, 0] = flip * torch.cos(roll) * scale * aspect
    theta[:, 0, 1] = -flip * torch.sin(roll) * scale
    theta[:, 1, 0] = torch.sin(roll) * scale * aspect
    theta[:, 1, 1] = torch.cos(roll) * scale
    theta[:, :, 2] = (torch.rand(count, 2) * 2 - 1) * (2 * how.shift)
    grid = functional.affine_grid(theta, list(images.shape), align_corners=False)
    if how.elastic:
        grid = grid + _swelling(count, list(images.shape[2:]), how.elastic)
    return functional.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _backdrop(images: Tensor) -> Tensor:
    """A studio's even wall behind the head."""
    count, _, height, width = images.shape
    ranges = ((0.46, 0.56), (0.47, 0.53), (0.55, 0.68), (0.40, 0.52))
    top, left, tall, wide = (_uniform(count, *each).view(-1, 1, 1, 1) for each in ranges)
    y = torch.linspace(0, 1, height).view(1, 1, -1, 1) - top
    x = torch.linspace(0, 1, width).view(1, 1, 1, -1) - left
    outside = torch.sigmoid(12 * (((x / wide) ** 2 + (y / tall) ** 2).sqrt() - 1))
    return torch.lerp(images, torch.rand(count, 1, 1, 1), outside)


def _swelling(count: int, size: list[int], amplitude: float) -> Tensor:
    """Smooth random displacements [N, H, W, 2]: other faces are wider here and longer there."""
    coarse = torch.randn(count, 2, 4, 4) * (2 * amplitude)
    smooth = functional.interpolate(coarse, size=size, mode="bicubic", align_corners=True)
    return smooth.permute(0, 2, 3, 1)


def _tone(images: Tensor, gamma: float) -> Tensor:
    exponent = torch.exp(_uniform(len(images), -gamma, gamma)).view(-1, 1, 1, 1)
    return images.clamp(1e-4, 1).pow(exponent)


def _contrast(images: Tensor) -> Tensor:
    """Lights and shadows that a camera cuts off, or a curve that flattens them."""
    strength = torch.exp(_uniform(len(images), -0.4, 0.9)).view(-1, 1, 1, 1)
    middle = images.mean(dim=(2, 3), keepdim=True)
    middle = middle + 0.1 * torch.randn(len(images), 1, 1, 1)
    return ((images - middle) * strength + middle).clamp(0, 1)


def _shade(images: Tensor) -> Tensor:
    """Light from one side, above or below, that falls off over the face."""
    count, _, height, width = images.shape
    y = torch.linspace(-1, 1, height).view(1, 1, -1, 1)
    x = torch.linspace(-1, 1, width).view(1, 1, 1, -1)
    slopes = 0.35 * torch.randn(2, count, 1, 1, 1)
    bend = 0.2 * torch.randn(count, 1, 1, 1)
    light = 1 + slopes[0] * x + slopes[1] * y + bend * (x * x - 0.33)
    return (images * light.clamp(0.15, 2)).clamp(0, 1)


def _sharpen(images: Tensor) -> Tensor:
    """A finer camera, or one that sharpens."""
    strength = _uniform(len(images), 0.3, 1.5).view(-1, 1, 1, 1)
    return images + strength * (images - _smoothed(images))


def _smoothed(images: Tensor) -> Tensor:
    kernel = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0])
    kernel = torch.outer(kernel, kernel).view(1, 1, 5, 5) / 256
    padded = functional.pad(images, (2, 2, 2, 2), mode="replicate")
    return functional.conv2d(padded, kernel)


def _blur(images: Tensor) -> Tensor:
    return torch.lerp(images, _smoothed(images), torch.rand(len(images), 1, 1, 1))


def _low_resolution(images: Tensor) -> Tensor:
    side = images.shape[-1]
    small = int(torch.randint(side // 3, side * 3 // 4, ()).item())
    shrunk = functional.interpolate(images, size=small, mode="bilinear", antialias=True)
    return functional.interpolate(shrunk, size=side, mode="bilinear")


def _noise(images: Tensor) -> Tensor:
    return images + torch.randn_like(images) * (0.06 * torch.rand(len(images), 1, 1, 1))


def _dct_matrix() -> Tensor:
    k = torch.arange(8.0)
    matrix = torch.cos(math.pi / 8 * (k[None] + 0.5) * k[:, None]) * 0.5
    matrix[0] *= math.sqrt(0.5)
    return matrix


def _jpeg(images: Tensor) -> Tensor:
    """JPEG's loss: 8x8 DCT, coefficients rounded to steps that grow with frequency."""
    count, _, height, width = images.shape
    dct = _dct_matrix()
    blocks = images.view(count, height // 8, 8, width // 8, 8).transpose(2, 3)
    coefficients = dct @ blocks @ dct.T
    k = torch.arange(8.0)
    strength = _uniform(count, 0.5, 2.0).view(-1, 1, 1, 1, 1)
    steps = strength * (16 + 6 * (k[:, None] + k[None])) / 255
    blocks = dct.T @ ((coefficients / steps).round() * steps) @ dct
    return blocks.transpose(2, 3).reshape(count, 1, height, width)


def _boxes(images: Tensor, low: float, high: float) -> Tensor:
    """Random rectangles [N, 1, H, W] that cover between `low` and `high` of the area."""
    count, _, height, width = images.shape
    area = _uniform(count, low, high)
    ratio = torch.exp(_uniform(count, -0.7, 0.7))
    tall = (area * ratio).sqrt().clamp(max=0.95) * height
    wide = (area / ratio).sqrt().clamp(max=0.95) * width
    top = torch.rand(count) * (height - tall)
    left = torch.rand(count) * (width - wide)
    y = torch.arange(height).view(1, -1, 1)
    x = torch.arange(width).view(1, 1, -1)
    rows = (y >= top.view(-1, 1, 1)) & (y < (top + tall).view(-1, 1, 1))
    columns = (x >= left.view(-1, 1, 1)) & (x < (left + wide).view(-1, 1, 1))
    return (rows & columns).unsqueeze(1)


def _erase(images: Tensor) -> Tensor:
    noise = torch.rand(len(images), 1, 1, 1) + 0.1 * torch.randn_like(images)
    return torch.where(_boxes(images, 0.02, 0.2), noise, images)
