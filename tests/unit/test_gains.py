"""From which level on layers hear a class, by networks whose layers are known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from stemlens.audio.mixes import mix_targets
from stemlens.keeps.comparison import ComparedSet
from stemlens.keeps.gain_tables import UNDEFINED, crossing, gain_tables
from stemlens.keeps.gained_mixes import gained_mixes
from stemlens.keeps.gains import measure_gains, probe_items
from stemlens.keeps.item_sets import item_sets
from stemlens.keeps.names import ALWAYS, NEVER, OPEN_INTERVAL
from stemlens.notes import FEW_SONGS
from stemlens.similarity.cross_gram import cross_gram
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.interval import censored_interval

CLASSES = ["drums", "bass", "rest"]
GAINS_DB = [-40.0, -20.0, -10.0, 0.0, 10.0]
N_FEATURES = 12


def one_song_set(n_songs: int) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Items of songs, references first, the amplitudes of each, and the number of references."""
    listed, amplitudes = gained_mixes(CLASSES, mix_targets(3), GAINS_DB)
    tables = [listed.assign(song=f"song {n}", row=range(len(listed))) for n in range(n_songs)]
    items = pd.concat(tables, ignore_index=True)
    ((_, one),) = item_sets("gains", items, dict.fromkeys(items["song"], 1), 1)
    return one.items, amplitudes[one.items["row"]], one.n_references


def compared(layers, items, n_references):
    grams = {
        name: cross_gram([features], n_references) if len(features) else None
        for name, features in layers.items()
    }
    return ComparedSet(items, n_references, {"kept": grams, "averaged": grams})


def linear_layer(amplitudes, rng, noise=0.05):
    """A layer that holds the amplitude of each class along an axis of its own."""
    axes = rng.normal(size=(amplitudes.shape[1], N_FEATURES))
    return amplitudes @ axes + noise * rng.normal(size=(len(amplitudes), N_FEATURES))


def test_similarities_are_those_with_the_same_songs_class_and_mix_without_it():
    items, amplitudes, n_references = one_song_set(3)
    features = linear_layer(amplitudes, np.random.default_rng(0), noise=1)
    found = measure_gains(
        compared({"layer": features}, items, n_references), CLASSES, n_folds=3, c=1
    )
    by_mix = {
        (song, mix): vector
        for song, mix, name, vector in zip(
            items["song"], items["mix"], items["class"], features, strict=True
        )
        if name == ""
    }
    gained = {
        (song, name, gain): vector
        for song, name, gain, vector in zip(
            items["song"], items["class"], items["gain_db"], features, strict=True
        )
    }
    assert len(found) == 3 * len(CLASSES) * len(GAINS_DB)
    for row in found.to_dict("records"):
        vector = gained[row["song"], row["class"], row["gain_db"]]
        others = "+".join(name for name in CLASSES if name != row["class"])
        for compared_with, mix in (("alone", row["class"]), ("without", others)):
            other = by_mix[row["song"], mix]
            expected = np.corrcoef(vector, other)[0, 1]
            assert row[f"pearson_{compared_with}"] == pytest.approx(expected, abs=1e-12)
            cosine = vector @ other / np.linalg.norm(vector) / np.linalg.norm(other)
            assert row[f"cosine_{compared_with}"] == pytest.approx(cosine, abs=1e-12)


def test_probes_predict_what_sklearn_predicts_from_the_features_themselves():
    items, amplitudes, n_references = one_song_set(6)
    features = linear_layer(amplitudes, np.random.default_rng(1), noise=0.7)
    found = probe_items(cross_gram([features], n_references), items, CLASSES, n_folds=3, c=1.0)

    references = features[:n_references]
    scale = np.sqrt(((references - references.mean(axis=0)) ** 2).sum(axis=1).mean())
    places = (features - references.mean(axis=0)) / scale
    plays = np.array([[name in mix.split("+") for name in CLASSES] for mix in items["mix"]])
    fitted = (items["class"] == "").to_numpy() & (plays.sum(axis=1) >= 2)
    for train, test in GroupKFold(3).split(places, groups=items["song"]):
        for column in range(len(CLASSES)):
            classifier = LogisticRegression(class_weight="balanced", tol=1e-8, max_iter=10_000)
            rows = train[fitted[train]]
            classifier.fit(places[rows], plays[rows, column])
            np.testing.assert_array_equal(found[test, column], classifier.predict(places[test]))


def test_a_layer_that_holds_amplitudes_hears_a_class_from_about_half_its_amplitude_on():
    items, amplitudes, n_references = one_song_set(8)
    features = linear_layer(amplitudes, np.random.default_rng(2), noise=0.01)
    table = measure_gains(
        compared({"layer": features}, items, n_references), CLASSES, n_folds=4, c=1000
    )
    weights = draw_weights(8, n_replicates=300, seed=0)
    gains, thresholds = gain_tables([table], weights, confidence=0.95, accuracy=0.75)
    accuracies = gains[gains["measure"] == "balanced_accuracy"]
    assert (accuracies.loc[accuracies["gain_db"] <= -20, "value"] == 0.5).all()
    assert (accuracies.loc[accuracies["gain_db"] >= 0, "value"] == 1).all()
    # Half the amplitude is −6 dB; the curve jumps between −10 and 0 dB.
    assert thresholds["threshold_db"].between(-10, 0).all()


def test_a_layer_of_noise_does_not_hear_and_one_of_constants_is_undefined():
    items, amplitudes, n_references = one_song_set(8)
    rng = np.random.default_rng(3)
    layers = {"noise": rng.normal(size=(len(items), 5)), "constant": np.ones((len(items), 5))}
    table = measure_gains(compared(layers, items, n_references), CLASSES, n_folds=4, c=1)
    weights = draw_weights(8, n_replicates=300, seed=0)
    gains, thresholds = gain_tables([table], weights, confidence=0.95, accuracy=0.95)
    assert amplitudes.shape == (len(items), 3)
    noise = thresholds[thresholds["layer"] == "noise"]
    assert noise["threshold_db"].isna().all()
    assert (noise["note"].str.contains(NEVER)).all()
    constant = gains[gains["layer"] == "constant"]
    assert constant.loc[constant["measure"] != "cosine", "value"].isna().all()
    assert (constant.loc[constant["measure"] != "cosine", "note"] != "").all()


def test_of_two_classes_no_probe_can_be_fitted_and_the_notes_say_nothing_else():
    """Every mix of two classes or more has both."""
    listed, amplitudes = gained_mixes(CLASSES[:2], mix_targets(2), GAINS_DB)
    songs = [f"song {n}" for n in range(6)]
    items = pd.concat([listed.assign(song=song) for song in songs], ignore_index=True)
    items["row"] = np.tile(range(len(listed)), len(songs))
    ((_, one),) = item_sets("gains", items, dict.fromkeys(songs, 1), 1)
    features = linear_layer(amplitudes[one.items["row"]], np.random.default_rng(0))
    found = measure_gains(
        compared({"layer": features}, one.items, one.n_references), CLASSES[:2], n_folds=3, c=1
    )
    weights = draw_weights(6, n_replicates=100, seed=0)
    gains, thresholds = gain_tables([found], weights, confidence=0.95, accuracy=0.75)
    is_probed = gains["measure"] == "balanced_accuracy"
    assert set(gains.loc[is_probed, "note"]) == set(thresholds["note"]) == {UNDEFINED}
    assert gains.loc[is_probed, "value"].isna().all()
    assert gains.loc[~is_probed, "value"].notna().all()


def test_replicates_equal_the_means_of_songs_drawn_again():
    rng = np.random.default_rng(4)
    n_songs = 6
    table = pd.DataFrame(
        [
            {"layer": "conv1", "depth": 1, "class": "drums", "song": f"s{song}", "gain_db": gain}
            for song in range(n_songs)
            for gain in (0.0, 6.0)
        ]
    )
    for column in ("pearson_alone", "pearson_without", "cosine_alone", "cosine_without"):
        table[column] = rng.uniform(-1, 1, len(table))
    table["heard"] = rng.integers(0, 2, len(table)).astype(float)
    table["heard_without"] = np.repeat(rng.integers(0, 2, n_songs).astype(float), 2)
    weights = draw_weights(n_songs, n_replicates=2000, seed=1)
    gains, _ = gain_tables([table, table], weights, confidence=0.9, accuracy=0.75)
    row = gains[(gains["measure"] == "pearson") & (gains["compared_with"] == "alone")].iloc[1]
    values = table.loc[table["gain_db"] == 6, "pearson_alone"].to_numpy()
    assert row["value"] == pytest.approx(values.mean())
    drawn = np.array([np.repeat(values, w.astype(int)).mean() for w in weights])
    assert row["ci_low"] <= np.quantile(drawn, 0.05)
    assert row["ci_high"] >= np.quantile(drawn, 0.95)
    assert row["n_seeds"] == 2
    right = gains[gains["measure"] == "balanced_accuracy"].iloc[0]
    first = table[table["gain_db"] == 0]
    expected = (first["heard"].mean() + 1 - first["heard_without"].mean()) / 2
    assert right["value"] == pytest.approx(expected)


def test_few_songs_have_values_without_intervals():
    items, amplitudes, n_references = one_song_set(3)
    features = linear_layer(amplitudes, np.random.default_rng(0))
    table = measure_gains(compared({"a": features}, items, n_references), CLASSES, n_folds=3, c=1)
    weights = draw_weights(3, n_replicates=100, seed=0)
    gains, thresholds = gain_tables([table], weights, confidence=0.95, accuracy=0.75)
    assert gains["value"].notna().all()
    assert gains["ci_low"].isna().all()
    assert (gains["note"] == FEW_SONGS).all()
    assert thresholds["note"].str.contains(FEW_SONGS).all()


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        ([0.5, 0.65, 0.85, 1.0], -5.0),
        ([0.75, 0.8, 0.9, 1.0], -np.inf),
        ([0.5, 0.6, 0.7, 0.74], np.inf),
        ([0.9, 0.6, 0.8, 1.0], -2.5),
        ([0.5, 1.0, 1.0, 0.6], np.inf),
        ([0.5, np.nan, 1.0, 1.0], np.nan),
    ],
)
def test_a_class_is_heard_from_the_last_crossing_on(accuracies, expected):
    gains_db = np.array([-20.0, -10.0, 0.0, 10.0])
    (found,) = crossing(gains_db, np.array([accuracies]), 0.75)
    np.testing.assert_allclose(found, expected)


def test_curves_are_crossed_one_by_one():
    gains_db = np.array([-20.0, 0.0])
    curves = np.array([[0.5, 1.0], [0.8, 0.9], [0.5, 0.6]])
    np.testing.assert_allclose(crossing(gains_db, curves, 0.75), [-10, -np.inf, np.inf])


def threshold_where_heard(heard):
    """Threshold of drums at a single gain, at which they are heard in some of six songs."""
    table = pd.DataFrame(
        {
            "layer": "a",
            "depth": 0,
            "class": "drums",
            "gain_db": 0.0,
            **{f"{m}_{c}": 0.5 for m in ("pearson", "cosine") for c in ("alone", "without")},
            "song": [f"s{n}" for n in range(6)],
            "heard": heard,
            "heard_without": 0.0,
        }
    )
    weights = draw_weights(6, n_replicates=100, seed=0)
    _, thresholds = gain_tables([table], weights, confidence=0.95, accuracy=0.75)
    return thresholds.iloc[0]


def test_a_class_that_is_always_heard_says_so():
    threshold = threshold_where_heard([1.0] * 6)
    assert np.isnan(threshold["threshold_db"])
    assert ALWAYS in threshold["note"]
    assert OPEN_INTERVAL not in threshold["note"]


def test_an_interval_with_both_ends_beyond_the_gains_is_no_missing_one():
    threshold = threshold_where_heard([1.0, 0.0] * 3)
    assert threshold[["ci_low", "ci_high"]].isna().all()
    assert threshold["note"] == f"{ALWAYS}; {OPEN_INTERVAL}"


def test_intervals_of_thresholds_are_open_where_replicates_lie_beyond_all_gains():
    replicates = np.concatenate([np.full(100, -np.inf), np.linspace(-10, 10, 1800)])
    low, high = censored_interval(replicates, confidence=0.95, n_songs=20)
    assert low == -np.inf
    assert 9 < high <= 10


def test_thresholds_are_covered_as_often_as_claimed():
    # Songs differ in the gain from which they are heard; half of them are heard at the true one.
    rng = np.random.default_rng(5)
    gains_db = np.array([-30.0, -20.0, -10.0, 0.0, 10.0, 20.0])
    n_songs, sigma = 20, 8.0
    exact = crossing(gains_db, ((norm.cdf(gains_db / sigma) + 1) / 2)[None], 0.75)[0]
    hits = []
    for study in range(300):
        own = rng.normal(0, sigma, n_songs)
        heard = (own[:, None] <= gains_db).astype(float)
        weights = draw_weights(n_songs, n_replicates=300, seed=study)
        curves = (weights @ heard / n_songs + 1) / 2
        low, high = censored_interval(
            crossing(gains_db, curves, 0.75), confidence=0.95, n_songs=n_songs
        )
        hits.append(low <= exact <= high)
    assert np.mean(hits) >= 0.93
