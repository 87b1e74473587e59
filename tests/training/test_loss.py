from __future__ import annotations

import pytest
import torch

from training.data import NEUTRAL
from training.loss import label_loss, shown_loss, soften, teacher_loss


def random_logits() -> list[torch.Tensor]:
    torch.manual_seed(0)
    return [torch.randn(12, 7), torch.randn(12, 8)]


def test_right_answers_cost_nothing_without_smoothing() -> None:
    targets = [torch.eye(7), torch.eye(8)[:7], torch.ones(7)]
    logits = [50 * target for target in targets[:2]]
    assert label_loss(logits, targets, 0.0, 1.0) == pytest.approx(0, abs=1e-6)
    assert label_loss(logits, targets, 0.1, 1.0) > 1


def test_faces_without_votes_do_not_count_for_ferplus() -> None:
    logits = random_logits()
    targets = [torch.eye(7)[[0] * 12], torch.eye(8)[[0] * 12], torch.zeros(12)]
    assert label_loss(logits, targets, 0.0, 5.0) == label_loss(logits, targets, 0.0, 0.0)


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_a_student_that_agrees_with_its_teacher_has_nothing_to_learn(temperature: float) -> None:
    logits = [logit.requires_grad_() for logit in random_logits()]
    soft = [logit.detach().softmax(dim=1) for logit in logits]
    teacher_loss(logits, soft, temperature, 1.0).backward()
    for logit in logits:
        assert logit.grad is not None
        assert logit.grad.abs().max() < 1e-5


def test_softening_is_a_temperature() -> None:
    logits = random_logits()[0]
    softened = soften(logits.softmax(dim=1), 2.5)
    torch.testing.assert_close(softened, (logits / 2.5).softmax(dim=1), atol=1e-5, rtol=1e-4)


def test_flat_logits_mean_the_priors_to_the_shown_head() -> None:
    """So that without the priors, every class counts the same."""
    priors = torch.tensor([0.1, 0.02, 0.08, 0.3, 0.1, 0.1, 0.3])
    targets = [priors[None], torch.ones(1), torch.zeros(1)]
    logits = torch.zeros(1, 7, requires_grad=True)
    shown_loss(logits, targets, priors, margin=0.5).backward()
    assert logits.grad is not None
    assert logits.grad.abs().max() < 1e-6


def test_neutral_has_to_win_by_the_margin_on_calm_faces() -> None:
    priors = torch.full((7,), 1 / 7)
    calm = [torch.eye(7)[[NEUTRAL]], torch.ones(1), torch.ones(1)]
    logits = 2 * torch.eye(7)[[NEUTRAL]]
    assert shown_loss(logits, calm, priors, 1.0) > shown_loss(logits, calm, priors, 0.0)
    expression = [torch.eye(7)[[0]], torch.ones(1), -torch.ones(1)]
    logits = 2 * torch.eye(7)[[0]]
    assert shown_loss(logits, expression, priors, 1.0) > shown_loss(logits, expression, priors, 0.0)


def test_a_face_that_counts_nothing_teaches_nothing() -> None:
    priors = torch.full((7,), 1 / 7)
    targets = [torch.eye(7)[:2], torch.tensor([1.0, 0.0]), torch.zeros(2)]
    logits = torch.randn(2, 7, requires_grad=True)
    shown_loss(logits, targets, priors, 0.5).backward()
    assert logits.grad is not None
    assert logits.grad[1].abs().max() == 0
