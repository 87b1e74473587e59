"""The training loss: cross-entropy of both heads against labels, votes and a teacher."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from training.data import FER2013, NEUTRAL


def label_loss(
    logits: Sequence[Tensor], targets: Sequence[Tensor], smoothing: float, ferplus_weight: float
) -> Tensor:
    """Cross-entropy with the FER2013 labels and with the FER+ votes.

    Args:
        logits: [N, 7] and [N, 8].
        targets: label distributions [N, 7], vote distributions [N, 8], and how much the votes of
            each face say [N].
        smoothing: share of the FER2013 label that is spread over all classes.
        ferplus_weight: weight of the FER+ head.
    """
    fer2013, ferplus = logits[:2]
    labels, votes, weight = targets
    labels = labels * (1 - smoothing) + smoothing / len(FER2013)
    vote_loss = -(votes * functional.log_softmax(ferplus, dim=1)).sum(dim=1)
    loss = functional.cross_entropy(fer2013, labels)
    return loss + ferplus_weight * (weight * vote_loss).mean()


def shown_loss(logits: Tensor, targets: Sequence[Tensor], priors: Tensor, margin: float) -> Tensor:
    """Cross-entropy of the head that is shown, see `training.shown`.

    The logarithms of the class priors are added to its logits (logit adjustment, Menon et al.,
    ICLR 2021), so that without them every class counts the same. Neutral has to win by `margin`
    where both label sets call a face calm, and to lose by it where both name another emotion.

    Args:
        logits: [N, 7].
        targets: distributions [N, 7], weights [N] and signs of the margin [N].
        priors: [7], how often each class is the target.
        margin: of the logits.
    """
    distribution, weight, sign = targets
    adjusted = logits + priors.log()
    adjusted = adjusted - margin * sign[:, None] * torch.eye(len(FER2013))[NEUTRAL].to(logits)
    losses = -(distribution * functional.log_softmax(adjusted, dim=1)).sum(dim=1)
    return (weight * losses).sum() / weight.sum().clamp(min=1)


def teacher_loss(
    logits: Sequence[Tensor], soft: Sequence[Tensor], temperature: float, ferplus_weight: float
) -> Tensor:
    """Cross-entropy with a teacher's probabilities (Hinton et al., 2015).

    Both sides are softened by `temperature`; the factor of its square keeps the gradients' size.
    """
    fer2013, ferplus = (
        functional.cross_entropy(student / temperature, soften(teacher, temperature))
        for student, teacher in zip(logits[:2], soft, strict=True)
    )
    return (fer2013 + ferplus_weight * ferplus) * temperature**2


def soften(probabilities: Tensor, temperature: float) -> Tensor:
    """The probabilities that the same logits give at another temperature."""
    return torch.softmax(probabilities.clamp(min=1e-6).log() / temperature, dim=1)
