"""first, last, peak and any: against what the same claims say with the layers' names."""

from pathlib import Path

import numpy as np
import pytest
from stemlens.hypotheses.catalogue import Hypothesis, read_hypotheses
from stemlens.hypotheses.inequality import parse
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.hypotheses.verdict import judge
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate

RNG = np.random.default_rng(0)
LAYERS = ["waveform", "features.0", "features.1.conv", "head-1"]
SPELLED = ["waveform", "features_0", "features_1_conv", "head_1"]
N_STUDIES = 400


def hypothesis(*tests, task="other", measures=("cosine",), classes=("bass",)):
    links = tuple(link for test in tests for link in parse(test))
    return Hypothesis("H1", task, "It is so.", "So they say.", measures, classes, links)


def quantities(values, *, task="other", layers=LAYERS, noise=0.05, n_seeds=1, class_name="bass"):
    """Training → mean of each layer; replicates are spread normally around it."""
    given = Quantities("mse_peak")
    for training, means in values.items():
        for layer, mean in zip(layers, means, strict=True):
            by_seed = np.full(n_seeds, float(mean))
            drawn = mean + noise * RNG.normal(size=2000)
            key = Key(task, training, "cosine", class_name, layer)
            given.add(key, Estimate(by_seed, drawn, 10**9))
    return given


def judged(tests, given, **about):
    tested = hypothesis(*([tests] if isinstance(tests, str) else tests), **about)
    return judge(tested, given, training="trained", confidence=0.95)


NUMBERS = ("effect", "ci_low", "ci_high", "widened_high", "n_comparisons", "strength", "n_songs")


@pytest.mark.parametrize(
    ("in_words", "by_name"),
    [
        ("first < last", "waveform < head_1"),
        ("first + last < 1", "waveform + head_1 < 1"),
        ("0 < peak", "0 < max({})"),
        ("peak < 0.9", "max({}) < 0.9"),
        ("peak - last < 0.1", "max({}) - head_1 < 0.1"),
        ("0 < any", "0 < max({})"),
        ("any < 0.2", "min({}) < 0.2"),
        ("first < any", "waveform < max(features_0, features_1_conv, head_1)"),
        (
            "0.1 < any - untrained.any",
            "0.1 < max(waveform - untrained.waveform, features_0 - untrained.features_0,"
            " features_1_conv - untrained.features_1_conv, head_1 - untrained.head_1)",
        ),
        ("untrained.peak < peak", "max({untrained}) < max({})"),
        (
            "0 < lowest(any - untrained.any)",
            "0 < max(lowest(waveform - untrained.waveform),"
            " lowest(features_0 - untrained.features_0),"
            " lowest(features_1_conv - untrained.features_1_conv),"
            " lowest(head_1 - untrained.head_1))",
        ),
        ("untrained.first < trained.last", "untrained.waveform < trained.head_1"),
    ],
)
def test_a_word_says_what_the_names_of_the_layers_would_say(in_words, by_name):
    untrained = ", ".join(f"untrained.{name}" for name in SPELLED)
    by_name = by_name.replace("{untrained}", untrained).replace("{}", ", ".join(SPELLED))
    given = quantities({"trained": [0.1, 0.3, 0.9, 0.6], "untrained": [0.1, 0.2, 0.25, 0.3]})
    word, name = judged(in_words, given), judged(by_name, given)
    assert word.verdict == name.verdict
    for number in NUMBERS:
        assert getattr(word.deciding, number) == getattr(name.deciding, number), number
    assert word.deciding.claim == in_words


def test_any_is_one_layer_wherever_it_stands():
    """The second layer is above the twin's first, but no layer above the same one of the twin."""
    given = quantities({"trained": [0, 1, 0, 0], "untrained": [0, 2, 1, 1]}, noise=0.01)
    assert judged("untrained.any + 0.1 < any", given).verdict == "contradicted"
    assert judged(["0.5 < any", "any < 0.2"], given).verdict == "supported"


def test_a_layer_that_is_a_class_or_training_away_has_the_same_name():
    given = quantities({"trained": [0.1, 0.3, 0.9, 0.6], "untrained": [0.4, 0.4, 0.4, 0.4]})
    # The twin of another version of the network lacks its last layer.
    del given.of[Key("other", "untrained", "cosine", "bass", "head-1")]
    (claim,) = judged("untrained.any < any", given).claims
    assert claim.effect == pytest.approx(0.5)
    assert claim.clearest_layer == "features.1.conv"
    assert claim.note == "without head-1: head-1 is missing"
    assert judged("untrained.last < last", given).note == "head-1 is missing"


def test_a_network_of_another_task_has_its_own_first_and_last_layer():
    given = quantities({"trained": [0.2, 0.5]}, task="instrument", layers=["input", "output"])
    added = quantities({"trained": [0.2, 0.3, 0.4, 0.9]})
    for key, found in added.of.items():
        given.add(key, found)
    (claim,) = judged("instrument.last < last", given).claims
    assert claim.effect == pytest.approx(0.4)
    assert claim.from_layer == "head-1"
    (claim,) = judged("instrument.peak < peak", given).claims
    assert claim.effect == pytest.approx(0.4)


@pytest.mark.parametrize("test", ["untrained.last < last", "untrained.any < any"])
def test_without_a_twin_what_is_said_of_it_is_not_applicable(test):
    result = judged(test, quantities({"trained": [0.1, 0.3, 0.9, 0.6]}))
    assert (result.verdict, result.note) == ("not applicable", "untrained is missing")


@pytest.mark.parametrize("test", ["untrained.last < last", "untrained.any < any"])
def test_the_twin_itself_is_not_compared_with_itself(test):
    given = quantities({"untrained": [0.1, 0.3, 0.9, 0.6]})
    result = judge(hypothesis(test), given, training="untrained", confidence=0.95)
    assert result.verdict == "not applicable"
    assert result.note.endswith("compares the network with itself")


@pytest.mark.parametrize("test", ["first < last", "first < any"])
def test_a_network_of_one_layer_leaves_nothing_to_compare(test):
    result = judged(test, quantities({"trained": [0.5]}, layers=["embedding"]))
    assert result.verdict == "not applicable"
    assert result.note.startswith("cannot be tested")


@pytest.mark.parametrize("word", ["first", "last", "peak", "any"])
def test_without_the_network_a_word_names_what_is_missing(word):
    result = judged(f"0 < {word}", Quantities("mse"))
    assert (result.verdict, result.note) == ("not applicable", "other is missing")


def test_a_layer_without_a_value_is_left_out_of_any_and_told():
    given = quantities({"trained": [0.1, np.nan, 0.9, np.nan]})
    result = judged("first < any", given)
    assert result.verdict == "supported"
    said = "without features.0, head-1: cosine, bass, features.0: undefined (no value)"
    assert result.note.endswith(said)
    assert judged("0 < peak", given).verdict == "not applicable"
    assert judged("first < last", given).verdict == "not applicable"


def test_one_published_training_is_compared_with_each_twin():
    given = quantities({"trained": [0.1, 0.3, 0.9, 0.6]})
    twins = quantities({"untrained": [0.1, 0.2, 0.25, 0.3]}, n_seeds=3)
    for key, found in twins.of.items():
        given.add(key, found)
    (claim,) = judged("untrained.any < any", given).claims
    assert claim.effect == pytest.approx(0.65)
    assert (claim.n_seeds_agreeing, claim.n_seeds) == (3, 3)


def test_a_class_that_is_called_other_goes_before_the_task():
    """One of MUSDB18's stems is."""
    given = quantities({"trained": [0.1, 0.2, 0.3, 0.4]}, class_name="other")
    for key, found in quantities({"trained": [0.5, 0.6, 0.7, 0.8]}).of.items():
        given.add(key, found)
    (claim,) = judged("other.last < last", given).claims
    assert claim.effect == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("values", "test", "from_layer"),
    [
        ([0.1, 0.6, 0.7, 0.8], "first < last", "features.0"),
        ([0.1, 0.1, 0.7, 0.8], "first < last", "features.1.conv"),
        ([0.1, 0.8, 0.1, 0.8], "first < last", "head-1"),
        ([0.1, 0.8, 0.8, 0.1], "first < last", ""),
        ([0.1, 0.8, 0.8, 0.1], "first < any", ""),
        ([0.1, 0.8, 0.1, 0.8], "first < any", "head-1"),
        ([0.1, 0.6, 0.7, 0.8], "first < any", "features.0"),
        ([0.5, 0.6, 0.7, 0.8], "0 < any", "waveform"),
        ([0.5, 0.6, 0.7, 0.8], "0 < peak", ""),
    ],
)
def test_the_layer_from_which_on_a_claim_holds_to_the_end_is_told(values, test, from_layer):
    result = judged(test, quantities({"trained": values}))
    assert result.deciding.from_layer == from_layer
    assert (f"holds from {from_layer} on" in result.note) == bool(from_layer)


CATALOGUE = {h.id: h for h in read_hypotheses(Path(__file__).parents[2] / "hypotheses.yaml")}
CURVES = {
    "similarity": [0.3, 0.2, 0.5, 0.9],
    "contrast": [0.2, 0.4, 0.6, 0.5],
    "untrained contrast": [0.2, 0.1, 0.1, 0.2],
}


def own_network(noise=0.01, **of_bass):
    """A network that learns what its twin does not have; bass may be another."""
    given = Quantities("mse")
    for name in ("bass", "rest"):
        curves = {**CURVES, **(of_bass if name == "bass" else {})}
        for measure in ("pearson", "cosine", "pearson_contrast", "cosine_contrast"):
            kind = "contrast" if measure.endswith("contrast") else "similarity"
            for training in ("trained", "untrained"):
                means = curves.get(f"{training} {kind}", curves[kind])
                for layer, mean in zip(LAYERS, means, strict=True):
                    drawn = mean + noise * RNG.normal(size=2000)
                    key = Key("other", training, measure, name, layer)
                    given.add(key, Estimate(np.array([mean]), drawn, 10**9))
    return given


@pytest.mark.parametrize(
    ("name", "of_bass", "verdict"),
    [
        ("E1", {}, "supported"),
        ("E1", {"similarity": [0.3, 0.8, 0.8, 0.1]}, "contradicted"),
        ("E1", {"similarity": [0.3, 0.8, 0.8, 0.31]}, "undecided"),
        ("E2", {}, "supported"),
        ("E2", {"contrast": [0.2, 0.6, 0.6, 0.1]}, "contradicted"),
        ("E2", {"untrained contrast": [0.2, 0.1, 0.1, 0.7]}, "contradicted"),
        ("E2", {"contrast": [0.2, 0.4, 0.6, 0.21]}, "undecided"),
        ("E3", {}, "supported"),
        ("E3", {"contrast": [0.2, 0.1, 0.4, 0.1]}, "supported"),
        ("E3", {"contrast": [0.4, 0.1, 0.2, 0.3]}, "contradicted"),
        ("E3", {"contrast": [0.4, 0.1, 0.41, 0.3]}, "undecided"),
    ],
)
def test_the_projects_hypotheses_about_every_network_find_what_is_true(name, of_bass, verdict):
    tested = CATALOGUE[name].of_task("other")
    result = judge(tested, own_network(**of_bass), training="trained", confidence=0.95)
    assert result.verdict == verdict
    noisy = judge(tested, own_network(noise=2), training="trained", confidence=0.95)
    assert noisy.verdict == "undecided"


def studies(tests, truth, *, n_songs=13, confidence=0.95):
    """Judge studies of songs: training → true mean of each layer, songs having layers in common."""
    rng = np.random.default_rng(1)
    weights = draw_weights(n_songs, n_replicates=500, seed=0) / n_songs
    results = []
    for _ in range(N_STUDIES):
        given = Quantities("mse_peak")
        song = rng.normal(size=(n_songs, 1))
        for training, means in truth.items():
            values = np.asarray(means) + song + rng.normal(size=(n_songs, len(means)))
            for layer, (mean, drawn) in enumerate(
                zip(values.mean(axis=0), (weights @ values).T, strict=True)
            ):
                key = Key("other", training, "cosine", "bass", f"block.{layer}")
                given.add(key, Estimate(np.array([mean]), drawn, n_songs))
        results.append(judge(hypothesis(tests), given, training="trained", confidence=confidence))
    return results


TWELVE = [0.0] * 12


@pytest.mark.parametrize(
    ("test", "n_layers"),
    [
        *[("first < last", 12), ("first < any", 12), ("untrained.any < any", 12)],
        *[("last < peak", 12), ("untrained.peak < peak", 4)],
    ],
)
def test_where_all_layers_are_alike_selecting_one_supports_nothing(test, n_layers):
    """More than a twentieth of the studies would be more than 95 % allow."""
    results = studies(test, {"trained": [0.0] * n_layers, "untrained": [0.0] * n_layers})
    verdicts = [result.verdict for result in results]
    assert verdicts.count("supported") <= N_STUDIES * 0.05
    assert verdicts.count("contradicted") <= N_STUDIES * 0.05
    assert sum(bool(result.deciding.from_layer) for result in results) <= N_STUDIES * 0.05


def test_a_layer_that_is_above_its_twin_is_found_among_twelve():
    above = {"trained": [0.0] * 7 + [3.0] + [0.0] * 4, "untrained": TWELVE}
    results = studies("untrained.any < any", above)
    verdicts = [result.verdict for result in results]
    assert verdicts.count("supported") > N_STUDIES * 0.9
    layers = {result.deciding.clearest_layer for result in results if result.deciding.ci_low > 0}
    assert layers == {"block.7"}
    assert sum(bool(result.deciding.from_layer) for result in results) <= N_STUDIES * 0.05


def test_the_layer_from_which_on_it_holds_is_rarely_told_too_early():
    """In truth it holds from the sixth on; the one before would be wrong."""
    above = {"trained": [0.0] * 6 + [3.0] * 6, "untrained": TWELVE}
    reached = [result.deciding.from_layer for result in studies("untrained.any < any", above)]
    early = [name for name in reached if name and int(name.removeprefix("block.")) < 6]
    assert len(early) <= N_STUDIES * 0.05
    assert reached.count("block.6") > N_STUDIES * 0.7
