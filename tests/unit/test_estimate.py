import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t
from stemlens.similarity.contrast import contrast
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.seeds import estimate_over_seeds
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate, weighted_sum

MANY = 10**9
"""Songs enough for percentiles to be taken where they stand."""


@pytest.mark.parametrize("seeds", [[0.5], [0.2, 0.4, 0.9]])
def test_an_estimate_speaks_of_its_songs_and_of_its_seeds_if_it_has_several(seeds):
    by_seed, replicates = np.array(seeds), np.linspace(0, 1, 101)
    seed_std = by_seed.std(ddof=1) if len(seeds) > 1 else np.nan
    of_songs = norm.isf(0.05) * replicates.std()
    of_seeds = t.isf(0.05, 2) * seed_std / np.sqrt(3) if len(seeds) > 1 else 0
    width = np.hypot(of_songs, of_seeds)
    expected = {"macro_f1": 0.5, "ci_low": 0.5 - width, "ci_high": 0.5 + width}
    columns = Estimate(by_seed, replicates, MANY).columns("macro_f1", 0.9)
    others = {"seed_std": seed_std, "n_seeds": len(seeds), "n_songs": MANY}
    assert columns == pytest.approx({**expected, **others}, nan_ok=True)


def test_an_interval_ends_where_its_measure_does():
    found = Estimate(np.array([0.1, 0.9]), np.linspace(0, 1, 101), MANY)
    low, high = found.interval(0.95)
    assert low < 0
    assert high > 1
    columns = found.columns("accuracy", 0.95, lowest=0, highest=1)
    assert (columns["ci_low"], columns["ci_high"]) == (0, 1)
    undefined = Estimate(np.array([np.nan]), np.full(9, np.nan), MANY)
    columns = undefined.columns("accuracy", 0.95, lowest=0, highest=1)
    assert np.isnan([columns["ci_low"], columns["ci_high"]]).all()


def test_many_estimates_at_once_are_what_each_is_alone():
    rng = np.random.default_rng(0)
    many = Estimate(rng.normal(size=(3, 4)), rng.normal(size=(99, 4)), np.array([4, 5, 9, 47]))
    low, high = many.interval(0.95)
    for row in range(4):
        one = many[row]
        np.testing.assert_array_equal(one.interval(0.95), (low[row], high[row]))
        assert one.n_songs == many.n_songs[row]
    assert np.isnan(low).tolist() == [True, False, False, False]


def test_a_sum_is_that_of_the_same_songs_and_the_least_of_them():
    rng = np.random.default_rng(0)
    a, b = (Estimate(rng.normal(size=2), rng.normal(size=9), n) for n in (13, 12))
    total = weighted_sum(0.5, [(2, a), (-1, b)])
    np.testing.assert_allclose(total.by_seed, 0.5 + 2 * a.by_seed - b.by_seed)
    np.testing.assert_allclose(total.replicates, 0.5 + 2 * a.replicates - b.replicates)
    assert total.n_songs == 12


def test_a_sum_of_many_rests_row_by_row_on_the_least_number_of_songs():
    a, b = (
        Estimate(np.zeros((2, 3)), np.zeros((9, 3)), np.array(n)) for n in ([5, 9, 7], [6, 8, 7])
    )
    assert weighted_sum(0, [(1, a), (1, b)]).n_songs.tolist() == [5, 8, 7]


def test_of_one_training_each_of_many_estimates_has_no_spread():
    found = Estimate(np.zeros((1, 3)), np.zeros((9, 3)), 12).seed_std
    assert np.isnan(found).tolist() == [True, True, True]
    assert np.isnan(Estimate(np.zeros(1), np.zeros(9), 12).seed_std)


def test_a_network_of_one_training_is_the_same_in_each_pair_of_a_difference():
    rng = np.random.default_rng(0)
    published, twins = (Estimate(rng.normal(size=n), rng.normal(size=9), 13) for n in (1, 3))
    difference = weighted_sum(0, [(1, published), (-1, twins)])
    np.testing.assert_allclose(difference.by_seed, published.by_seed[0] - twins.by_seed)
    assert difference.seed_std == pytest.approx(twins.seed_std)
    with pytest.raises(ValueError, match="different numbers of trainings"):
        weighted_sum(0, [(1, twins), (1, Estimate(np.zeros(2), np.zeros(9), 13))])


def test_an_undefined_seed_leaves_the_mean_and_its_interval_undefined():
    found = Estimate(np.array([0.5, np.nan]), np.linspace(0, 1, 99), 12)
    assert np.isnan([found.mean, *found.interval(0.95)]).all()


N_STUDIES, N_REPLICATES = 2000, 400
SPREADS = [(0.0, 0.3), (0.3, 0.3), (1.0, 0.5), (3.0, 0.0)]
"""Standard deviation over seeds, and of what a song has with one seed alone; over songs it is 1."""


def coverage(n_songs, n_seeds, spreads, *, of_pairs, rng, weights):
    """Share of simulated studies that cover the truth: of one seed, the mean that this seed has."""
    of_seed, of_both = spreads
    song = rng.normal(size=(N_STUDIES, 1, n_songs))
    seed = rng.normal(0, of_seed, size=(N_STUDIES, n_seeds, 1))
    deviations = song + rng.normal(0, of_both, size=(N_STUDIES, n_seeds, n_songs))
    truth = seed[:, 0, 0] if n_seeds == 1 else 0
    if of_pairs:
        # A kernel with a part of its own for every pair: (x_i + x_j) / 2 + x_i · x_j.
        i, j = np.triu_indices(n_songs, k=1)
        a, b = deviations[..., i], deviations[..., j]
        values, drawn = (a + b) / 2 + a * b, weights[:, i] * weights[:, j]
    else:
        values, drawn = deviations, weights
    by_seed = values.mean(axis=2) + seed[..., 0]
    totals = drawn.sum(axis=1)
    with np.errstate(invalid="ignore"):
        # Where all draws are one song, there is no pair.
        replicates = (drawn @ values.mean(axis=1).T) / totals[:, None] + seed.mean(axis=1).T
    low, high = Estimate(by_seed.T, replicates, n_songs).interval(0.95)
    return np.mean((low <= truth) & (truth <= high))


@pytest.mark.parametrize("n_songs", [5, 13, 47])
@pytest.mark.parametrize("n_seeds", [1, 2, 3, 5])
def test_intervals_cover_the_truth_as_often_as_they_claim(n_seeds, n_songs):
    """Songs, seeds and what they have together vary; in one case seeds nearly alone."""
    weights = draw_weights(n_songs, n_replicates=N_REPLICATES, seed=0)
    for number, spreads in enumerate(SPREADS):
        for of_pairs in (False, True):
            rng = np.random.default_rng([n_songs, n_seeds, number, of_pairs])
            studies = {"of_pairs": of_pairs, "rng": rng, "weights": weights}
            assert coverage(n_songs, n_seeds, spreads, **studies) >= 0.93, (spreads, of_pairs)


@pytest.mark.parametrize("n_songs", [47, 13])
def test_intervals_of_similarity_cover_a_known_mean(n_songs):
    """Activations are μ_class + σ_song · noise, so that the expected MSE is known exactly.

    Two stimuli of a class have 2·E[σ²]; those of two classes |μ_a − μ_b|² / p more, which is the
    negative contrast.
    """
    n_studies, n_features, n_classes = 400, 30, 2
    rng = np.random.default_rng(n_songs)
    weights = draw_weights(n_songs, n_replicates=600, seed=0)
    songs = np.array([f"{number:02d}" for number in range(n_songs)])
    stimuli = pd.DataFrame({"class": np.repeat(["a", "b"], n_songs), "song": np.tile(songs, 2)})
    offset = np.where(np.arange(n_features) < 10, 1.5, 0)
    covered = {"mean": [], "contrast": []}
    for _ in range(n_studies):
        spread = rng.uniform(0.5, 1.5, size=n_songs)  # E[σ²] = 1 + 1/12
        noise = rng.normal(size=(n_classes, n_songs, n_features)) * spread[:, None]
        noise[1] += offset
        pairs = compare_pairs({"conv1": gram([noise.reshape(-1, n_features)])}, stimuli)
        summary = summarise(pairs, ["a", "b"], songs, weights)
        truths = {"mean": 2 * (1 + 1 / 12), "contrast": -(offset**2).mean()}
        for statistic, found in (("mean", summary), ("contrast", contrast(*summary))):
            row = int(np.flatnonzero(found[0]["measure"] == "mse")[0])
            low, high = estimate_over_seeds([found], statistic)[row].interval(0.95)
            covered[statistic].append(low <= truths[statistic] <= high)
    for statistic, hits in covered.items():
        assert 0.93 <= np.mean(hits) <= 0.99, statistic
