"""Probabilities and losses of any input, held against sklearn and closed forms."""

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss
from stemlens.model.cnn import probabilities
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL
from stemlens.training.objective import loss


def one_class_each(n_per_class):
    classes = np.repeat(np.arange(len(n_per_class)), n_per_class)
    return classes, torch.eye(len(n_per_class))[classes]


@pytest.mark.parametrize("target_type", [MULTI_LABEL, SINGLE_LABEL])
@pytest.mark.parametrize("size", [0, 1e-30, 1e-3, 1, 1e3, 1e30])
def test_probabilities_of_any_finite_logits_are_probabilities(target_type, size):
    logits = size * torch.randn(200, 4, generator=torch.Generator().manual_seed(0))
    found = probabilities(logits, target_type)
    assert ((found >= 0) & (found <= 1)).all()
    if target_type == SINGLE_LABEL:
        torch.testing.assert_close(found.sum(dim=1), torch.ones(200))
    assert torch.isfinite(loss(logits, (found > 0.5).float(), target_type))


@pytest.mark.parametrize("target_type", [MULTI_LABEL, SINGLE_LABEL])
def test_a_logit_that_is_nan_makes_the_loss_and_the_probability_nan(target_type):
    """It never passes for a number, so that whoever checks these notices."""
    _, targets = one_class_each([2, 2])
    for example in range(4):
        logits = torch.zeros(4, 2)
        logits[example, 1] = torch.nan
        assert torch.isnan(loss(logits, targets, target_type))
        assert torch.isnan(probabilities(logits, target_type)[example, 1])


def test_weighted_cross_entropy_equals_that_of_scikit_learn():
    classes, targets = one_class_each([9, 2, 4])
    logits = torch.randn(15, 3, generator=torch.Generator().manual_seed(1))
    weights = 15 / 3 / torch.tensor([9.0, 2, 4])
    expected = log_loss(
        classes,
        logits.double().softmax(dim=1).numpy(),
        sample_weight=weights.numpy()[classes],
        labels=[0, 1, 2],
    )
    assert loss(logits, targets, SINGLE_LABEL, weights).item() == pytest.approx(expected, rel=1e-5)
