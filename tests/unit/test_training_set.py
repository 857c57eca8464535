from dataclasses import replace

import numpy as np
import pytest
from small_training import CPU, MIXES, RECORDINGS
from stemlens.training.training_set import TrainingSet


@pytest.mark.parametrize("n_per_class", [[1, 1, 1], [5, 1, 3], [1, 2, 100_000]])
def test_balanced_classes_count_the_same_in_sum_and_an_example_counts_1_on_average(n_per_class):
    classes = np.repeat(np.arange(3), n_per_class)
    targets = np.eye(3, dtype=np.uint8)[np.random.default_rng(0).permutation(classes)]
    recordings = replace(RECORDINGS, targets=targets)
    weights = TrainingSet.on(CPU, recordings, balance_classes=True).class_weights.numpy()
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights * n_per_class, len(classes) / 3, rtol=1e-6)


def test_unless_classes_are_balanced_they_have_no_weights():
    assert TrainingSet.on(CPU, MIXES, balance_classes=False).class_weights is None
