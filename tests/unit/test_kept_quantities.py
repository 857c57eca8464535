"""What hypotheses know of transformed stimuli, and their verdicts on it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from stemlens.audio.transformations import TRANSFORMATIONS
from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import HYPOTHESIS_MEASURES, read_hypotheses
from stemlens.hypotheses.inequality import parse
from stemlens.hypotheses.kept import kept_quantities
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.hypotheses.verdict import judge
from stemlens.keeps.comparison import KEPT
from stemlens.keeps.invariance import invariance_estimates
from stemlens.keeps.names import AUDIO_MATCHING, INVARIANCES, MIX, RETRIEVALS
from stemlens.keeps.retrieval import retrieval_estimates
from stemlens.similarity.gram import gram
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from transformed_sets import class_items, compared_set, item_table

N_SONGS = 8
SONGS = [f"song{number:03}" for number in range(N_SONGS)]
CONDITIONS = [("pitch_shift", -2.0), ("pitch_shift", 2.0), ("noise", 10.0)]
CLASSES = ["drums", "bass"]
CATALOGUE = {h.id: h for h in read_hypotheses(Path(__file__).parents[2] / "hypotheses.yaml")}


def a_run(seed: int):
    """Sets of two classes and the mix, and the Gram matrix of the stimuli."""
    rng = np.random.default_rng(seed)
    sets, stimuli = [], []
    for name in (*CLASSES, MIX):
        items = item_table(SONGS, CONDITIONS, class_name=name)
        number = items["song"].str[4:].astype(int).to_numpy()
        base = rng.normal(size=(N_SONGS, 30)) + 2 * rng.normal(size=30)
        level = items["transformation"].map({"pitch_shift": 0.3, "noise": 1.0}).fillna(0)
        vectors = base[number] + level.to_numpy()[:, None] * rng.normal(size=(len(items), 30))
        sets.append(compared_set(items, vectors))
        stimuli.append(base)
    table = pd.DataFrame({"class": np.repeat(CLASSES, N_SONGS), "song": SONGS * len(CLASSES)})
    return sets, ({"conv1": gram([np.concatenate(stimuli[:2])])}, table)


@pytest.fixture
def kept():
    runs = [a_run(seed) for seed in (0, 1)]
    sets, grams = zip(*runs, strict=True)
    return sets, list(kept_quantities(sets, grams, n_replicates=200, seed=0))


def test_hypotheses_may_name_the_invariance_to_every_transformation_and_every_job():
    # The left channel is another reading of the stems, no function of a signal.
    names = {*TRANSFORMATIONS, "left_channel"}
    assert set(INVARIANCES) == names
    assert {f"{name}_invariance" for name in names} <= {*HYPOTHESIS_MEASURES}
    assert {*RETRIEVALS.values()} <= {*HYPOTHESIS_MEASURES}


def test_of_one_training_the_mean_reciprocal_rank_is_taken():
    items = item_table(SONGS, CONDITIONS, class_name="drums")
    noise = np.random.default_rng(0).normal(size=(len(items), 30))
    one = compared_set(items, noise)
    found = list(kept_quantities([[one]], [a_run(0)[1]], n_replicates=20, seed=0))
    (matched,) = (each for each in found if each.measure == RETRIEVALS[AUDIO_MATCHING])
    table, _ = retrieval_estimates(
        [class_items(one)], "conv1", KEPT, "pearson", np.ones((1, N_SONGS)), job=AUDIO_MATCHING
    )
    overall = table[table["transformation"] == ""].set_index("score")["value"]
    assert matched.estimate.mean == pytest.approx(overall["mean_reciprocal_rank"])
    assert overall["hit_rate_at_1"] < overall["mean_reciprocal_rank"] < 1


def test_each_class_has_every_quantity_once_and_the_mix_has_none(kept):
    _, found = kept
    expected = {
        (measure, name)
        for name in CLASSES
        for measure in (
            *("pitch_shift_invariance", "noise_invariance"),
            *("audio_matching", "music_similarity", "instrument_retrieval"),
        )
    }
    assert {(each.measure, each.class_name) for each in found} == expected
    assert len(found) == len(expected)
    assert all(each.estimate.n_seeds == 2 for each in found)


def test_an_invariance_is_the_mean_over_the_strengths_of_a_transformation(kept):
    sets, found = kept
    drawn = draw_weights(N_SONGS, n_replicates=200, seed=0)
    of_class = [class_items(of_seed[0]) for of_seed in sets]
    table, estimate = invariance_estimates(of_class, "conv1", "kept", "pearson", drawn)
    strengths = np.flatnonzero(
        (table["transformation"] == "pitch_shift") & table["strength"].notna()
    )
    (own,) = (
        each
        for each in found
        if (each.measure, each.class_name) == ("pitch_shift_invariance", "drums")
    )
    assert own.estimate.mean == pytest.approx(estimate.mean[strengths].mean())
    np.testing.assert_allclose(
        own.estimate.replicates, estimate.replicates[:, strengths].mean(axis=1)
    )


def test_songs_without_another_segment_leave_music_similarity_without_a_value(kept):
    _, found = kept
    similarity = [each for each in found if each.measure == "music_similarity"]
    assert all(np.isnan(each.estimate.mean) and each.note for each in similarity)


def test_an_inequality_of_invariances_is_evaluated(kept):
    _, found = kept
    quantities = Quantities("mse")
    quantities.add_kept("instrument", "trained", found)
    (inequality,) = parse("noise_invariance.conv1 < pitch_shift_invariance.conv1")
    scope = Key("instrument", "trained", "pearson", "bass", "")
    means = {each.measure: float(each.estimate.mean) for each in found if each.class_name == "bass"}
    for name, measure in zip(inequality.names(), ("noise", "pitch_shift"), strict=True):
        key = quantities.find(scope, name)
        assert quantities.of[key].mean == means[f"{measure}_invariance"]
    assert means["noise_invariance"] < means["pitch_shift_invariance"]


def test_a_quantity_of_a_task_that_was_not_asked_is_missing_by_name(kept):
    _, found = kept
    quantities = Quantities("mse")
    quantities.add_kept("instrument", "trained", found)
    scope = Key("mood", "trained", "noise_invariance", "bass", "")
    quantities.add(Key("mood", "trained", "pearson", "bass", "conv1"), found[0].estimate)
    with pytest.raises(InputError, match="noise_invariance of the task mood is missing"):
        quantities.find(scope, ("conv1",))


TRUE = {
    ("crepe", "trained"): {"audio_matching": (0.9, 0.5), "instrument_retrieval": (0.3, 0.8)},
    ("crepe", "untrained"): {"audio_matching": (0.9, 0.8), "instrument_retrieval": (0.3, 0.4)},
    ("paper", "trained"): {},
    ("paper", "untrained"): {},
}
PITCH = {
    ("crepe", "trained"): (0.1, 0.4),
    ("crepe", "untrained"): (0.1, 0.3),
    ("paper", "trained"): (0.2, 0.9),
    ("paper", "untrained"): (0.2, 0.5),
}


def synthetic(pitch=PITCH, retrieved=TRUE):
    """A network of two layers beside the instrument network; 20 songs and hardly any noise."""
    rng = np.random.default_rng(0)
    quantities = Quantities("mse")
    for (network, training), values in retrieved.items():
        task = "instrument" if network == "paper" else "other"
        measured = values | {"pitch_shift_invariance": pitch[network, training]}
        for measure, of_layers in measured.items():
            for layer, mean in zip(("input", "output"), of_layers, strict=True):
                drawn = mean + 0.001 * rng.normal(size=200)
                key = Key(task, training, measure, "bass", layer)
                quantities.add(key, Estimate(np.array([mean]), drawn, 20))
    return quantities


def verdict(name, quantities):
    hypothesis = CATALOGUE[name].of_task("other")
    return judge(hypothesis, quantities, training="trained", confidence=0.95).verdict


@pytest.mark.parametrize("name", ["K1", "K2", "K3", "K4"])
def test_hypotheses_about_what_layers_keep_are_supported_where_they_are_true(name):
    assert verdict(name, synthetic()) == "supported"


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("K2", {("crepe", "trained"): (0.5, 0.4)}),
        ("K2", {("crepe", "untrained"): (0.1, 0.5)}),
        ("K3", {("crepe", "trained"): (0.1, 0.8)}),
        ("K3", {("paper", "untrained"): (0.2, 0.85)}),
    ],
)
def test_hypotheses_about_invariance_are_contradicted_where_one_inequality_is_wrong(name, changed):
    assert verdict(name, synthetic(pitch=PITCH | changed)) == "contradicted"


@pytest.mark.parametrize(
    ("name", "measure", "values"),
    [
        ("K1", "audio_matching", (0.4, 0.5)),
        ("K4", "instrument_retrieval", (0.9, 0.8)),
        ("K4", "instrument_retrieval", (0.3, 0.35)),
    ],
)
def test_hypotheses_about_retrieval_are_contradicted_where_one_inequality_is_wrong(
    name, measure, values
):
    of_trained = TRUE["crepe", "trained"] | {measure: values}
    assert verdict(name, synthetic(retrieved=TRUE | {("crepe", "trained"): of_trained})) == (
        "contradicted"
    )
