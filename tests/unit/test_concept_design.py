from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency
from sklearn.metrics import mutual_info_score
from stemlens.corpora.concept_design import (
    BLOCK,
    CONCEPTS,
    DIFFERENCES,
    SONGS_PER_BLOCK,
    balanced_labels,
    orthogonal_array,
)
from stemlens.errors import InputError


@pytest.fixture(scope="module")
def labels() -> pd.DataFrame:
    return balanced_labels(10 * SONGS_PER_BLOCK, seed=0)


def test_each_block_has_every_label_of_a_concept_equally_often(labels: pd.DataFrame) -> None:
    assert list(labels.columns) == [BLOCK, *CONCEPTS]
    assert labels[BLOCK].tolist() == np.repeat(np.arange(1, 11), 48).tolist()
    for _, block in labels.groupby(BLOCK):
        for concept, levels in CONCEPTS.items():
            counts = block[concept].value_counts()
            assert set(counts.index) == set(levels)
            assert set(counts) == {48 // len(levels)}


def test_any_two_concepts_are_exactly_independent_in_each_block(labels: pd.DataFrame) -> None:
    for _, block in labels.groupby(BLOCK):
        for one, other in combinations(CONCEPTS, 2):
            table = pd.crosstab(block[one], block[other]).to_numpy()
            expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / 48
            assert np.array_equal(table, expected)
            assert chi2_contingency(table, correction=False).statistic == 0
            assert mutual_info_score(block[one], block[other]) == pytest.approx(0, abs=1e-12)


def test_two_concepts_do_not_tell_a_third_one_in_another_block(labels: pd.DataFrame) -> None:
    known, asked = labels[labels[BLOCK] <= 8], labels[labels[BLOCK] > 8]
    gains = []
    for concept, levels in CONCEPTS.items():
        for pair in combinations([name for name in CONCEPTS if name != concept], 2):
            most_often = known.groupby(list(pair))[concept].agg(lambda of: of.mode().iloc[0])
            told = asked.join(most_often.rename("told"), on=list(pair))
            gains.append((told["told"] == told[concept]).mean() - 1 / len(levels))
    assert np.mean(gains) == pytest.approx(0, abs=0.02)
    assert np.max(gains) < 0.2


def test_differences_of_any_two_columns_are_equally_frequent() -> None:
    for one, other in combinations(DIFFERENCES.T, 2):
        assert np.bincount(one ^ other, minlength=4).tolist() == [3, 3, 3, 3]


def test_the_array_has_all_pairs_of_levels_of_any_two_columns_equally_often() -> None:
    array = orthogonal_array()
    assert array.shape == (48, 7)
    assert array.max(axis=0).tolist() == [11, 3, 3, 3, 3, 3, 3]
    for one, other in combinations(array.T, 2):
        counts = pd.crosstab(one, other).to_numpy()
        assert counts.size == (one.max() + 1) * (other.max() + 1)
        assert len(np.unique(counts)) == 1


def test_the_first_songs_of_more_are_those_of_fewer_and_other_seeds_give_others(
    labels: pd.DataFrame,
) -> None:
    pd.testing.assert_frame_equal(balanced_labels(96, seed=0), labels[:96])
    assert not balanced_labels(96, seed=1).equals(labels[:96])


@pytest.mark.parametrize(("n_songs", "instead"), [(0, 96), (48, 96), (100, 96), (143, 144)])
def test_other_numbers_of_songs_are_refused(n_songs: int, instead: int) -> None:
    message = rf"n_songs: {n_songs}; expected a multiple of 48 from 96 on.* write {instead}$"
    with pytest.raises(InputError, match=message):
        balanced_labels(n_songs, seed=0)
