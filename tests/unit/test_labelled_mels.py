"""What can be learned from, and the shuffled targets of a control."""

from dataclasses import replace

import numpy as np
import pytest
from mel_splits import SMALL
from small_training import CPU, MIXES, RECORDINGS, SETTINGS, run
from stemlens.errors import InputError
from stemlens.model.initialisation import untrained_network

EMPTY = replace(MIXES, mels=MIXES.mels[:0], targets=MIXES.targets[:0])


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (EMPTY, r"found 0 spectrogram\(s\), expected at least 2"),
        (replace(MIXES, mels=MIXES.mels[:1], targets=MIXES.targets[:1]), "found 1 spectrogram"),
        (replace(MIXES, mels=np.full_like(MIXES.mels, np.inf)), "from inf to inf dB"),
        (
            replace(MIXES, mels=np.where(np.arange(28)[:, None, None] == 3, np.nan, MIXES.mels)),
            "from nan to nan dB",
        ),
        (replace(MIXES, mels=np.full_like(MIXES.mels, 20)), "are 20 dB; expected .* mel.floor_db"),
        (
            replace(MIXES, targets=MIXES.targets | np.array([0, 1, 0], np.uint8)),
            "all of its 28 examples are of class bass",
        ),
        (
            replace(MIXES, targets=MIXES.targets & np.array([1, 0, 1], np.uint8)),
            "none of its 28 examples are of class bass",
        ),
        (replace(RECORDINGS, targets=np.eye(3, dtype=np.uint8)[[0] * 21]), "all of its 21"),
    ],
    ids=["none", "one", "infinite", "NaN", "constant", "always", "never", "one mood"],
)
@pytest.mark.parametrize("standardise", [True, False])
def test_what_nothing_can_be_learnt_from_is_refused_with_its_cause(
    tmp_path, examples, message, standardise
):
    settings = replace(SETTINGS, standardise=standardise)
    with pytest.raises(InputError, match=message) as refused:
        run(tmp_path, settings, examples=examples)
    assert "learning_rate" not in str(refused.value)
    with pytest.raises(InputError, match=message):
        untrained_network(SMALL, examples, standardise=standardise, seed=0, device=CPU)


def test_shuffled_targets_are_the_same_rows_in_another_order_beside_the_same_spectrograms():
    shuffled = MIXES.with_shuffled_targets(0)
    assert shuffled.mels is MIXES.mels
    assert not np.array_equal(shuffled.targets, MIXES.targets)
    assert sorted(map(tuple, shuffled.targets)) == sorted(map(tuple, MIXES.targets))
    assert shuffled.targets.dtype == MIXES.targets.dtype


def test_labels_that_shuffling_leaves_as_they_are_are_refused():
    """A control that has the true labels is none; of three examples, one order in six does so."""
    three = replace(MIXES, mels=MIXES.mels[:3], targets=MIXES.targets[:3])
    stay = [np.array_equal(np.random.default_rng(s).permutation(3), range(3)) for s in range(30)]
    assert 1 <= sum(stay) < 15
    for seed in np.flatnonzero(stay):
        with pytest.raises(
            InputError, match=f"with seed {seed} does not change the labels of the 3 "
        ):
            three.with_shuffled_targets(seed)
    for seed in np.flatnonzero(np.logical_not(stay)):
        assert not np.array_equal(three.with_shuffled_targets(seed).targets, three.targets)


def test_the_seed_alone_decides_how_targets_are_shuffled():
    shuffled = MIXES.with_shuffled_targets(0).targets
    assert np.array_equal(MIXES.with_shuffled_targets(0).targets, shuffled)
    assert not np.array_equal(MIXES.with_shuffled_targets(1).targets, shuffled)
