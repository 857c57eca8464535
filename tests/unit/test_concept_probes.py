"""What probes read from layers of which it is known what they hold."""

import numpy as np
import pandas as pd
import pytest
from collect_concepts import main as collect_concepts
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold
from stemlens.corpora.concept_design import BLOCK, CONCEPTS, balanced_labels
from stemlens.keeps.comparison import ComparedSet
from stemlens.keeps.concept_table import concept_table
from stemlens.keeps.concepts import ALL_ALIKE, predict_labels, probe_concepts
from stemlens.notes import NOT_FINITE
from stemlens.similarity.cross_gram import cross_gram
from stemlens.statistics.bootstrap import draw_weights
from stemlens.tables import read_table, write_table

N_SONGS = 144
LABELS = balanced_labels(N_SONGS, seed=0)
LABELS.insert(0, "song", [f"concept-{number:04d}" for number in range(N_SONGS)])


def one_hot(concepts: list[str]) -> np.ndarray:
    return pd.get_dummies(LABELS[concepts]).to_numpy(np.float64)


def compared(**layers: np.ndarray) -> ComparedSet:
    grams = {name: cross_gram([features], N_SONGS) for name, features in layers.items()}
    return ComparedSet(LABELS, N_SONGS, {"kept": grams})


def scores(c: float = 10.0, n_replicates: int = 200, **layers: np.ndarray) -> pd.DataFrame:
    probes = probe_concepts(compared(**layers), list(CONCEPTS), n_folds=5, c=c)
    weights = draw_weights(N_SONGS, n_replicates=n_replicates, seed=0)
    return concept_table([probes], weights, confidence=0.95)


@pytest.mark.parametrize("concept", ["mode", "chord"])
def test_predictions_equal_those_of_a_fit_on_the_features_themselves(concept):
    rng = np.random.default_rng(0)
    levels = one_hot([concept])
    directions = 0.3 * rng.normal(size=(levels.shape[1], 40))
    features = 3 + rng.normal(size=(N_SONGS, 40)) + levels @ directions
    centred = features - features.mean(axis=0)
    places = centred / np.sqrt((centred**2).sum(axis=1).mean())
    labels, expected = LABELS[concept].to_numpy(), np.empty(N_SONGS, object)
    for train, test in GroupKFold(3).split(places, groups=LABELS[BLOCK]):
        classifier = LogisticRegression(C=5, class_weight="balanced", tol=1e-9, max_iter=10_000)
        expected[test] = classifier.fit(places[train], labels[train]).predict(places[test])
    found = probe_concepts(compared(layer=features), [concept], n_folds=5, c=5)
    assert found["predicted_label"].tolist() == expected.tolist()
    assert 0.4 < (expected == labels).mean() < 1


def test_a_concept_that_a_layer_holds_is_read_perfectly_and_the_others_are_at_chance():
    noise = 0.05 * np.random.default_rng(0).normal(size=(N_SONGS, 8))
    table = scores(layer=np.hstack([one_hot(["instrument"]), noise])).set_index("concept")
    assert table.loc["instrument", "balanced_accuracy"] == 1
    others = table.drop("instrument")
    assert (others["balanced_accuracy"] - others["chance"]).abs().max() < 0.15
    assert table["chance"].to_dict() == {name: 1 / len(of) for name, of in CONCEPTS.items()}


def test_a_layer_that_holds_all_other_concepts_is_not_below_chance():
    for concept in CONCEPTS:
        others = one_hot([name for name in CONCEPTS if name != concept])
        noise = 0.3 * np.random.default_rng(1).normal(size=(N_SONGS, 20))
        row = scores(layer=np.hstack([others, noise])).set_index("concept").loc[concept]
        assert abs(row["balanced_accuracy"] - row["chance"]) < 0.15


def test_random_folds_in_place_of_blocks_would_be_below_chance():
    features = one_hot([name for name in CONCEPTS if name != "tempo"])
    labels, blocks = LABELS["tempo"].to_numpy(), np.arange(N_SONGS)
    blocks = np.random.default_rng(0).permutation(blocks)
    predicted = predict_labels(features, labels, blocks, n_folds=5, c=10)
    assert (predicted == labels).mean() < 0.15  # chance is 0.25


def test_noise_is_at_chance_and_intervals_cover_it():
    rng = np.random.default_rng(0)
    layers = {f"layer{n}": rng.normal(size=(N_SONGS, 30)) for n in range(12)}
    table = scores(**layers)
    assert (table["balanced_accuracy"] - table["chance"]).mean() == pytest.approx(0, abs=0.02)
    covers = table["chance"].between(table["ci_low"], table["ci_high"])
    assert covers.mean() > 0.9


def random_predictions(seed: int, share_right: float) -> pd.DataFrame:
    """Of one layer and concept."""
    rng = np.random.default_rng(seed)
    labels = LABELS["chord"].to_numpy()
    guessed = rng.choice(CONCEPTS["chord"], N_SONGS)
    predicted = np.where(rng.random(N_SONGS) < share_right, labels, guessed)
    columns = {"layer": "conv1", "depth": 1, "time": "kept", "concept": "chord", "note": ""}
    table = LABELS[["song"]].assign(**columns, label=labels, predicted_label=predicted)
    return table.sample(frac=1, random_state=0)


def test_scores_are_those_of_scikit_learn_averaged_over_the_networks_of_folds_and_seeds():
    tables = {(s, f): random_predictions(2 * s + f, 0.3 + 0.2 * f) for s in (0, 1) for f in (0, 1)}
    of_seeds = [pd.concat([tables[s, f].assign(fold=f + 1) for f in (0, 1)]) for s in (0, 1)]
    weights = draw_weights(N_SONGS, n_replicates=400, seed=0)
    (row,) = concept_table(of_seeds, weights, confidence=0.95).to_dict("records")
    expected = {
        key: balanced_accuracy_score(table["label"], table["predicted_label"])
        for key, table in tables.items()
    }
    assert row["balanced_accuracy"] == pytest.approx(np.mean(list(expected.values())))
    by_seed = [(expected[s, 0] + expected[s, 1]) / 2 for s in (0, 1)]
    assert row["seed_std"] == pytest.approx(np.std(by_seed, ddof=1))
    assert (row["n_seeds"], row["n_songs"]) == (2, N_SONGS)
    assert row["ci_low"] < row["balanced_accuracy"] < row["ci_high"]


def test_replicates_weigh_each_song_as_often_as_it_is_drawn():
    table = random_predictions(0, 0.5).sort_values("song")
    drawn = draw_weights(N_SONGS, n_replicates=1, seed=3)
    again = table.loc[table.index.repeat(drawn[0].astype(int))]
    expected = balanced_accuracy_score(again["label"], again["predicted_label"])
    replicates = np.repeat(drawn, 50, axis=0)
    replicates[0] = 1  # so that they do not all agree
    (row,) = concept_table([table], replicates, confidence=0.5).to_dict("records")
    assert min(abs(row["ci_low"] - expected), abs(row["ci_high"] - expected)) < 0.02


def test_notes_say_why_nothing_is_predicted():
    broken = np.random.default_rng(0).normal(size=(N_SONGS, 5))
    broken[3, 2] = np.inf
    table = scores(alike=np.full((N_SONGS, 7), 0.1), broken=broken)
    assert table["balanced_accuracy"].isna().all()
    notes = table.groupby("layer")["note"].unique()
    assert notes["alike"].tolist() == [ALL_ALIKE]
    assert notes["broken"].tolist() == [NOT_FINITE]


def test_the_table_of_all_models_names_each_one(tmp_path):
    probes = probe_concepts(compared(input=one_hot(["key"])), ["key", "tempo"], n_folds=3, c=1.0)
    paths = []
    for network in ("paper", "other"):
        for seed in (0, 1):
            path = tmp_path / "instrument" / network / f"trained-seed{seed}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_table(path, probes)
            paths.append(str(path))
    table = str(tmp_path / "concepts.csv")
    collect_concepts(paths, table, n_replicates=50, seed=0, confidence=0.95)
    found = read_table(table)
    assert found["network"].tolist() == ["paper", "paper", "other", "other"]
    assert found["concept"].tolist() == ["key", "tempo"] * 2
    assert set(found["n_seeds"]) == {2}
    assert found["balanced_accuracy"].iloc[0] == 1
