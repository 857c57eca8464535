"""Retrieval against scikit-learn, chance, explicit resampling and simulations."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, top_k_accuracy_score
from stemlens.keeps.comparison import KEPT
from stemlens.keeps.names import AUDIO_MATCHING, MUSIC_SIMILARITY
from stemlens.keeps.ranking import SCORES, chance_scores
from stemlens.keeps.retrieval import (
    NO_QUERY,
    NO_TARGET,
    instrument_estimates,
    retrieval_estimates,
)
from stemlens.keeps.transformed_items import MEASURE_NAMES
from stemlens.similarity.gram import gram
from stemlens.statistics.bootstrap import draw_weights
from transformed_sets import class_items, compared_set, item_table

CONDITIONS = [("noise", 10.0), ("noise", 20.0), ("gain", -6.0)]
N_SONGS, N_FEATURES = 15, 30
SONGS = [f"song{number:03}" for number in range(N_SONGS)]


def study(rng, level, conditions=CONDITIONS, songs=SONGS, **others):
    """Songs are vectors; their other items have noise."""
    items = item_table(songs, conditions, **others)
    base = dict(zip(songs, 1 + rng.normal(size=(len(songs), N_FEATURES)), strict=True))
    vectors = np.stack([base[song] for song in items["song"]])
    noise = rng.normal(size=vectors.shape)
    noise[items["transformation"] == "original"] = 0
    return items, vectors + level * noise


def retrieved(items, vectors, measure="pearson", job=AUDIO_MATCHING, weights=None):
    of_class = class_items(compared_set(items, vectors))
    weights = np.ones((1, of_class.n_songs)) if weights is None else weights
    return retrieval_estimates([of_class], "conv1", KEPT, measure, weights, job=job)


def rows(table, score, transformation, strength=None):
    chosen = (table["score"] == score) & (table["transformation"] == transformation)
    chosen &= table["strength"].isna() if strength is None else table["strength"] == strength
    return np.flatnonzero(chosen)


def stimuli(n_songs=12, classes=("bass", "drums", "other"), folds=1):
    table = pd.DataFrame(
        [(name, song) for name in classes for song in SONGS[:n_songs]], columns=["class", "song"]
    )
    if folds > 1:
        table["fold"] = table["song"].str[4:].astype(int) % folds
    return table


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_a_copy_is_always_found(measure):
    table, estimate = retrieved(*study(np.random.default_rng(0), 0), measure)
    np.testing.assert_allclose(estimate.mean, 1)
    assert (table["share_tied"] == 0).all()
    assert (table["n_candidates"] == N_SONGS).all()
    chance = dict(zip(SCORES, chance_scores(1, N_SONGS), strict=True))
    np.testing.assert_allclose(table["chance"], table["score"].map(chance))


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_independent_vectors_are_retrieved_at_chance(measure):
    rng = np.random.default_rng(0)
    items = item_table(SONGS, [("swap", 1.0)])
    values = np.array(
        [
            retrieved(items, rng.normal(size=(len(items), N_FEATURES)), measure)[1].mean
            for _ in range(150)
        ]
    )
    table, _ = retrieved(items, rng.normal(size=(len(items), N_FEATURES)), measure)
    error = values.std(axis=0) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0) - table["chance"]) < 4 * error).all()


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_a_layer_without_information_retrieves_at_chance_exactly(measure):
    items, vectors = study(np.random.default_rng(0), 0)
    vectors[:] = vectors[0]
    table, estimate = retrieved(items, vectors.astype(np.float32), measure)
    np.testing.assert_allclose(estimate.mean, table["chance"])
    assert (table["share_tied"] == 1).all()


def test_scores_are_those_of_scikit_learn_and_means_are_over_strengths_then_transformations():
    items, vectors = study(np.random.default_rng(0), 1.5)
    table, estimate = retrieved(items, vectors)
    expected = []
    for transformation, strength in CONDITIONS:
        chosen = (items["transformation"] == transformation) & (items["strength"] == strength)
        similarities = np.corrcoef(vectors[:N_SONGS], vectors[chosen])[N_SONGS:, :N_SONGS]
        expected.append(top_k_accuracy_score(np.arange(N_SONGS), similarities, k=1))
        (row,) = rows(table, "hit_rate_at_1", transformation, strength)
        assert estimate.mean[row] == table["value"][row] == pytest.approx(expected[-1])
    noise = np.mean(expected[:2])
    (of_noise,), (of_all,) = (rows(table, "hit_rate_at_1", name) for name in ("noise", ""))
    assert estimate.mean[of_noise] == pytest.approx(noise)
    assert estimate.mean[of_all] == pytest.approx((noise + expected[2]) / 2)


def test_replicates_are_those_of_explicitly_resampled_queries():
    items, vectors = study(np.random.default_rng(0), 1.5)
    weights = draw_weights(N_SONGS, n_replicates=6, seed=0)
    table, estimate = retrieved(items, vectors, weights=weights)
    (row,) = rows(table, "mean_reciprocal_rank", "gain", -6.0)
    similarities = np.corrcoef(vectors[:N_SONGS], vectors[N_SONGS + 2 :: 3])[N_SONGS:, :N_SONGS]
    ranks = (similarities >= np.diagonal(similarities)[:, None]).sum(axis=1)
    for replicate, drawn in zip(estimate.replicates[:, row], weights, strict=True):
        assert replicate == pytest.approx(np.mean(1 / ranks.repeat(drawn.astype(int))))


def test_in_replicates_a_song_without_a_query_does_not_count():
    items, vectors = study(np.random.default_rng(0), 1.5, other_segments=SONGS[::2])
    weights = draw_weights(N_SONGS, n_replicates=6, seed=0)
    table, estimate = retrieved(items, vectors, "mse", MUSIC_SIMILARITY, weights)
    (row,) = rows(table, "mean_reciprocal_rank", "")
    is_other = items["transformation"] == "other_segment"
    errors = ((vectors[is_other][:, None] - vectors[:N_SONGS]) ** 2).mean(axis=2)
    own = errors[np.arange(len(errors)), np.arange(0, N_SONGS, 2)]
    reciprocal = 1 / (errors <= own[:, None]).sum(axis=1)
    for replicate, drawn in zip(estimate.replicates[:, row], weights[:, ::2], strict=True):
        assert replicate == pytest.approx(np.average(reciprocal, weights=drawn))


def test_another_segment_finds_its_song_and_songs_with_one_segment_are_candidates_alone():
    items, vectors = study(np.random.default_rng(0), 0.1, [], other_segments=SONGS[:9])
    table, estimate = retrieved(items, vectors, job=MUSIC_SIMILARITY)
    # Of one target, average precision is the reciprocal rank.
    assert table["score"].tolist() == list(SCORES[:3])
    np.testing.assert_allclose(estimate.mean, 1)
    assert estimate.n_songs.tolist() == [9] * 3
    assert (table["n_candidates"] == N_SONGS).all()
    assert (table["transformation"] == "").all()


def test_without_another_segment_there_is_no_query():
    table, estimate = retrieved(*study(np.random.default_rng(0), 0), job=MUSIC_SIMILARITY)
    assert np.isnan(estimate.mean).all()
    assert (table["note"] == NO_QUERY).all()


def test_an_undefined_query_is_left_out_and_an_undefined_candidate_comes_last():
    items, vectors = study(np.random.default_rng(0), 0)
    vectors[N_SONGS] = 3.0  # song000 with noise of 10
    vectors[4] = 3.0  # the original of song004
    table, estimate = retrieved(items, vectors)
    (row,) = rows(table, "mean_reciprocal_rank", "noise", 10.0)
    assert estimate.n_songs[row] == N_SONGS - 1
    assert estimate.mean[row] == pytest.approx((N_SONGS - 2 + 1 / N_SONGS) / (N_SONGS - 1))
    reason = "undefined in 1 of 15 queries: an activation is constant"
    assert table["note"][row] == reason
    (other,) = rows(table, "mean_reciprocal_rank", "noise", 20.0)
    assert table["note"][other] == ""
    assert (retrieved(items, vectors, "mse")[0]["n_songs"] == N_SONGS).all()


def test_a_layer_of_two_values_has_no_correlation_to_rank_by():
    items, vectors = study(np.random.default_rng(0), 0)
    table, _ = retrieved(items, vectors[:, :2])
    assert table["value"].isna().all()
    assert table["note"].str.endswith("the layer has fewer than 3 values").all()


def test_in_folds_candidates_are_those_of_the_fold():
    items, vectors = study(np.random.default_rng(0), 0.8)
    fold = items["song"].str[4:].astype(int).to_numpy() % 3
    sets = [
        compared_set(items[fold == k].reset_index(drop=True), vectors[fold == k]) for k in range(3)
    ]
    weights = np.ones((1, N_SONGS))
    of_class = class_items(*sets)
    table, estimate = retrieval_estimates(
        [of_class], "conv1", KEPT, "pearson", weights, job=AUDIO_MATCHING
    )
    assert (table["n_candidates"] == N_SONGS / 3).all()
    single = [retrieved(one.items, vectors[fold == k])[1].mean for k, one in enumerate(sets)]
    np.testing.assert_allclose(estimate.mean, np.mean(single, axis=0))


def by_scikit_learn(table, vectors, class_name):
    similarities = np.corrcoef(vectors)
    folds = table["fold"] if "fold" in table else pd.Series(0, index=table.index)
    values = []
    for query in np.flatnonzero(table["class"] == class_name):
        is_candidate = (table["song"] != table["song"][query]) & (folds == folds[query])
        is_relevant = (table["class"] == class_name)[is_candidate]
        values.append(average_precision_score(is_relevant, similarities[query][is_candidate]))
    return np.mean(values)


@pytest.mark.parametrize("folds", [1, 3])
def test_instrument_retrieval_leaves_out_the_own_song_and_other_folds(folds):
    rng = np.random.default_rng(0)
    table = stimuli(folds=folds)
    of_class = {name: rng.normal(size=N_FEATURES) for name in table["class"].unique()}
    vectors = np.stack([of_class[name] for name in table["class"]])
    vectors += 2 * rng.normal(size=vectors.shape)
    grams = {"conv1": gram([vectors])}
    for name in of_class:
        found, estimate = instrument_estimates(
            [(grams, table)], "conv1", name, "pearson", np.ones((1, 12))
        )
        (row,) = np.flatnonzero(found["score"] == "mean_average_precision")
        assert estimate.mean[row] == pytest.approx(by_scikit_learn(table, vectors, name))
        n_songs = 12 // folds - 1
        assert found["n_candidates"][row] == 3 * n_songs
        assert found["chance"][row] == pytest.approx(chance_scores(n_songs, 3 * n_songs)[3])


def test_classes_that_lie_apart_are_retrieved_perfectly_and_have_no_interval():
    rng = np.random.default_rng(0)
    table = stimuli()
    far = {name: 20 * rng.normal(size=N_FEATURES) for name in table["class"].unique()}
    vectors = np.stack([far[name] for name in table["class"]]) + rng.normal(size=(36, N_FEATURES))
    weights = draw_weights(12, n_replicates=30, seed=0)
    for measure in MEASURE_NAMES:
        _, estimate = instrument_estimates(
            [({"conv1": gram([vectors])}, table)], "conv1", "bass", measure, weights
        )
        np.testing.assert_allclose(estimate.mean, 1)
        assert np.isnan(estimate.interval(0.95)[0]).all()


def test_a_class_that_no_other_song_has_cannot_be_retrieved():
    table = pd.concat([stimuli(), pd.DataFrame({"class": ["voice"], "song": [SONGS[0]]})])
    table = table.reset_index(drop=True)
    vectors = np.random.default_rng(0).normal(size=(len(table), N_FEATURES))
    found, estimate = instrument_estimates(
        [({"conv1": gram([vectors])}, table)], "conv1", "voice", "mse", np.ones((1, 12))
    )
    assert np.isnan(estimate.mean).all()
    assert (found["note"] == f"undefined in 1 of 1 queries: {NO_TARGET}").all()


def test_seeds_are_averaged():
    rng = np.random.default_rng(0)
    of_seeds = [class_items(compared_set(*study(rng, 1.5))) for _ in range(2)]
    weights = draw_weights(N_SONGS, n_replicates=10, seed=0)
    arguments = "conv1", KEPT, "cosine", weights
    single = [retrieval_estimates([one], *arguments, job=AUDIO_MATCHING) for one in of_seeds]
    table, estimate = retrieval_estimates(of_seeds, *arguments, job=AUDIO_MATCHING)
    np.testing.assert_allclose(table["value"], np.mean([t["value"] for t, _ in single], axis=0))
    np.testing.assert_allclose(estimate.by_seed, [one.by_seed[0] for _, one in single])
    replicates = [one.replicates for _, one in single]
    np.testing.assert_allclose(estimate.replicates, np.mean(replicates, axis=0))


@pytest.mark.parametrize("level", [1.8, 4.0])
def test_intervals_cover_the_mean_reciprocal_rank_as_often_as_they_claim(level):
    rng = np.random.default_rng(0)
    weights = draw_weights(N_SONGS, n_replicates=300, seed=0)
    estimates = []
    for _ in range(250):
        table, found = retrieved(*study(rng, level, [("noise", 1.0)]), weights=weights)
        (row,) = rows(table, "mean_reciprocal_rank", "noise", 1.0)
        estimates.append(found[row])
    truth = np.mean([one.mean for one in estimates])
    intervals = np.array([one.interval(0.95) for one in estimates])
    covered = (intervals[:, 0] <= truth) & (truth <= intervals[:, 1])
    assert covered.mean() >= 0.92
