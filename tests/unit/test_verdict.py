"""A verdict follows from the intervals of what is compared."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from verdicts import MANY, estimate, hypothesis, judged, quantities


@pytest.mark.parametrize(
    ("input_", "conv2", "verdict", "weakest"),
    [
        (0.1, 0.1, "supported", "0 < input"),
        (0.2, 0.1, "supported", "0 < conv2"),
        (0.1, 0.005, "undecided", "0 < conv2"),
        (-0.005, 0.1, "undecided", "0 < input"),
        (-0.1, 0.1, "contradicted", "0 < input"),
        (-0.1, -0.2, "contradicted", "0 < conv2"),
        (0.005, -0.1, "contradicted", "0 < conv2"),
    ],
)
def test_every_claim_must_hold_and_one_that_fails_decides(input_, conv2, verdict, weakest):
    given = quantities(input=input_, conv2=conv2)
    result = judged(hypothesis("0 < input", "0 < conv2"), given)
    assert result.verdict == verdict
    assert [claim.effect for claim in result.claims] == [input_, conv2]
    assert result.deciding.claim == weakest
    role = "decided by one" if verdict == "contradicted" else "weakest"
    assert result.note.startswith(f"{role} of 2 claims: cosine, bass: {weakest}; holds in ")


def test_numbers_of_a_claim_draw_songs_and_seeds():
    """Half widths over songs and over three seeds, by hand, add up in squares."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(0.3, 0.02, (2, 500))
    seeds = np.array([0.1, 0.5, 0.3])
    given = quantities(
        conv1=Estimate(seeds, a, MANY + 1), conv2=Estimate(seeds[::-1] + 0.2, b, MANY)
    )
    (claim,) = judged(hypothesis("conv1 < conv2"), given).claims
    differences = b - a
    by_seed = seeds[::-1] + 0.2 - seeds
    of_seeds = t.isf(0.025, 2) * np.std(by_seed, ddof=1) / np.sqrt(3)
    normal = norm.isf(0.025) * differences.std()
    low, high = np.quantile(differences, [0.025, 0.975])
    below, above = max(0.2 - low, normal), max(high - 0.2, normal)
    assert claim.effect == pytest.approx(0.2)
    assert claim.ci_low == pytest.approx(0.2 - np.hypot(below, of_seeds))
    assert claim.ci_high == pytest.approx(0.2 + np.hypot(above, of_seeds))
    assert claim.widened_high == claim.ci_high
    assert claim.strength == pytest.approx(0.2 / np.hypot(below, of_seeds))
    assert (claim.n_songs, claim.n_seeds_agreeing, claim.n_seeds) == (MANY, 2, 3)


def test_seeds_that_disagree_leave_it_undecided():
    """Songs alone would say +0.02 with certainty."""
    given = quantities(conv1=estimate(1, seeds=[0.10, 0.12, -0.15], noise=0.001))
    result = judged(hypothesis("0 < conv1"), given)
    assert result.verdict == "undecided"
    assert result.note.endswith("holds in 2 of 3 seeds")


def test_a_contradiction_allows_for_the_number_of_claims():
    # 97.5 % of the replicates lie below zero, but not the 99.375 % that one of four claims needs.
    replicates = -1 + 0.45 * norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    low = Estimate(np.array([-1]), replicates, MANY)
    alone = judged(hypothesis("0 < conv1"), quantities(conv1=low))
    given = quantities(conv1=low, conv2=1, conv3=1, conv4=1)
    among_four = judged(hypothesis(*[f"0 < conv{n}" for n in range(1, 5)]), given)

    assert (alone.verdict, among_four.verdict) == ("contradicted", "undecided")
    assert among_four.deciding.ci_high == alone.deciding.ci_high < 0
    assert among_four.deciding.widened_high == pytest.approx(0.45 * norm.ppf(0.99375) - 1, abs=0.01)
    assert among_four.note == (
        "weakest of 4 claims: cosine, bass: 0 < conv1; holds in 0 of 1 seeds; "
        "below zero, yet not enough for the most extreme of 4 claims"
    )


def test_similarity_is_averaged_over_seeds_and_only_same_class_pairs_count():
    columns = ["layer", "class_a", "class_b", "measure", "mean", "n_songs", "note"]
    rows = [("conv1", "bass", "bass", "mse"), ("conv1", "bass", "rest", "mse")]
    rows += [("conv1", "rest", "rest", "mse"), ("conv1", "bass", "bass", "cosine")]
    rng = np.random.default_rng(0)
    means, replicates = rng.normal(size=(2, 4)), rng.normal(size=(2, 30, 4)).astype(np.float32)
    summaries = [
        (
            pd.DataFrame(
                [(*row, m, n, "") for row, m in zip(rows, mean, strict=True)], columns=columns
            ),
            r,
        )
        for mean, n, r in zip(means, (7, 6), replicates, strict=True)
    ]
    given = Quantities("mse")
    given.add_summaries("instrument", "trained", summaries)
    assert list(given.of) == [
        Key("instrument", "trained", measure, name, "conv1")
        for measure, name in (("mse", "bass"), ("mse", "rest"), ("cosine", "bass"))
    ]
    for row, found in zip((0, 2, 3), given.of.values(), strict=True):
        np.testing.assert_array_equal(found.by_seed, means[:, row])
        expected = (replicates[0, :, row] + replicates[1, :, row]) / 2
        np.testing.assert_allclose(found.replicates, expected, rtol=1e-6)
        assert found.n_songs == 6
    assert given.classes() == ["bass", "rest"]


@pytest.mark.parametrize("n_songs", [1, 2, 4])
@pytest.mark.parametrize("value", [0.3, -0.3])
def test_fewer_than_five_songs_leave_it_undecided_and_five_are_enough(n_songs, value):
    given = quantities(conv1=0, conv2=estimate(value, n_songs=n_songs))
    result = judged(hypothesis("conv1 < conv2"), given)
    assert result.verdict == "undecided"
    assert result.deciding.effect == pytest.approx(value)
    assert math.isnan(result.deciding.ci_low)
    assert math.isnan(result.deciding.ci_high)
    assert result.note.endswith(f"{n_songs} songs: no interval from fewer than 5")
    enough = quantities(conv1=0, conv2=estimate(value, n_songs=5, turn=3))
    expected = "supported" if value > 0 else "contradicted"
    assert judged(hypothesis("conv1 < conv2"), enough).verdict == expected


UNDEFINED = Estimate(np.array([math.nan]), np.full(201, math.nan), 0)


@pytest.mark.parametrize("test", ["0 < conv1", "conv1 < 1", "0 < conv2 - conv1", "0 < abs(conv1)"])
def test_an_undefined_similarity_is_not_applicable_and_says_why(test):
    given = quantities(conv1=UNDEFINED, conv2=0.5)
    given.undefined[Key("instrument", "trained", "cosine", "bass", "conv1")] = "it is zero"
    result = judged(hypothesis(test, "0 < conv2"), given)
    assert result.verdict == "not applicable"
    assert math.isnan(result.claims[0].effect)
    assert result.deciding == result.claims[1]
    assert result.note == (
        "cosine, bass, conv1: undefined (it is zero); weakest of 1 claims: cosine, bass: 0 < conv2;"
        " holds in 1 of 1 seeds"
    )


def test_nothing_but_undefined_similarities_gives_no_number():
    result = judged(hypothesis("0 < conv1"), quantities(conv1=UNDEFINED))
    assert result.verdict == "not applicable"
    assert result.note == "cosine, bass, conv1: undefined (no value)"
    assert all(math.isnan(getattr(result.deciding, n)) for n in ("effect", "ci_low", "ci_high"))


@pytest.mark.parametrize(
    ("n_undefined", "verdict", "said"),
    [
        (0, "supported", "holds in 1 of 1 seeds"),
        (90, "supported", "holds in 1 of 1 seeds"),
        (110, "undecided", "no interval: draws of songs all agree, or most are undefined"),
        (201, "undecided", "no interval: draws of songs all agree, or most are undefined"),
    ],
)
def test_undefined_replicates_are_left_out_unless_they_are_most(n_undefined, verdict, said):
    replicates = np.linspace(0.2, 0.4, 201)
    replicates[:n_undefined] = math.nan
    given = quantities(conv1=Estimate(np.array([0.3]), replicates, MANY))
    result = judged(hypothesis("0 < conv1"), given)
    assert result.verdict == verdict
    assert result.deciding.effect == pytest.approx(0.3)
    assert result.note.endswith(said)
    if verdict == "supported":
        defined = replicates[n_undefined:]
        low, high = np.quantile(defined, [0.025, 0.975])
        width = norm.isf(0.025) * defined.std()
        expected = min(low, 0.3 - width), max(high, 0.3 + width)
        assert (result.deciding.ci_low, result.deciding.ci_high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("tested", "missing"),
    [
        (hypothesis("conv1 < conv9"), "conv9"),
        (hypothesis("conv1 < flute.conv1"), "flute"),
        (hypothesis("mood.conv1 < conv1"), "mood"),
        (hypothesis("untrained.conv1 < conv1"), "untrained"),
        (hypothesis("pearson.conv1 < conv1"), "pearson"),
        (hypothesis("conv1 < mse.conv1"), "mse_peak"),
        (hypothesis("0 < conv1", classes=("flute",)), "flute"),
        (hypothesis("0 < conv1", classes=()), "a class"),
        (hypothesis("0 < conv1", measures=("mse",)), "mse_peak"),
        (hypothesis("0 < conv1", measures=("pearson",)), "pearson"),
    ],
)
def test_what_is_about_something_missing_is_not_applicable_and_names_it(tested, missing):
    result = judged(tested, quantities(conv1=0.5, conv2=0.7))
    assert result.verdict == "not applicable"
    assert result.note == f"{missing} is missing"
    assert math.isnan(result.deciding.effect)


@pytest.mark.parametrize(("conv2", "verdict"), [(0.7, "not applicable"), (0.3, "contradicted")])
def test_what_is_there_is_judged_beside_what_is_missing(conv2, verdict):
    tested = hypothesis("conv1 < conv2", classes=("flute", "bass"))
    result = judged(tested, quantities(conv1=0.5, conv2=conv2))
    assert result.verdict == verdict
    assert result.deciding.effect == pytest.approx(conv2 - 0.5)
    assert result.note.startswith("flute is missing; ")
    assert result.note.endswith(" seeds")


@pytest.mark.parametrize("classes", [None, (), ("bass",)])
def test_nothing_is_known_without_quantities(classes):
    result = judged(hypothesis("conv1 < conv2", classes=classes), Quantities("mse"))
    assert result.verdict == "not applicable"
    assert result.note == "instrument is missing"


@pytest.mark.parametrize("sign", [1, -1])
def test_rounding_noise_between_identical_stimuli_decides_nothing(sign):
    given = quantities(conv1=estimate(1, noise=0), conv2=estimate(1 + sign * 1e-9, noise=0))
    result = judged(hypothesis("conv1 < conv2", "0.9 < conv1"), given)
    assert result.verdict == "undecided"
    first, second = result.claims
    assert (first.effect, first.n_seeds_agreeing) == (0, 0)
    assert second.effect == pytest.approx(0.1)


@pytest.mark.parametrize("value", [0.5, -0.5])
def test_songs_that_are_all_alike_decide_nothing(value):
    """They do not tell how other songs differ, whatever the number of trainings."""
    given = quantities(conv1=estimate(value, noise=0, seeds=[1, 1.01, 0.99]))
    result = judged(hypothesis("0 < conv1"), given)
    assert result.verdict == "undecided"
    assert result.note.endswith("no interval: draws of songs all agree, or most are undefined")


def test_claims_are_one_per_inequality_measure_and_class_where_it_leaves_them_open():
    given = Quantities("mse_peak")
    for measure in ("pearson", "cosine", "mse_peak"):
        for name in ("rest", "bass"):
            given.add(Key("instrument", "trained", measure, name, "conv1"), estimate(0.5))
    tests = ("0 < conv1", "0 < cosine.conv1", "mse.conv1 < 1 + 2 * conv1", "bass.mse.conv1 < 1")
    result = judged(hypothesis(*tests, measures=("pearson", "mse"), classes=None), given)
    open_both = [(m, c) for m in ("pearson", "mse") for c in ("rest", "bass")]
    named = [("", "rest"), ("", "bass")]
    assert [(claim.measure, claim.class_name) for claim in result.claims] == [
        *open_both,
        *named,
        *open_both,
        ("", ""),
    ]
    assert result.verdict == "supported"


def test_a_hypothesis_without_classes_is_about_those_that_it_names():
    given = quantities(conv1=0.5, conv2=0.7)
    result = judged(hypothesis("bass.conv1 < bass.conv2", classes=()), given)
    assert result.verdict == "supported"
    assert result.note == "cosine: bass.conv1 < bass.conv2; holds in 1 of 1 seeds"


def verdicts_on_noise(*tests, n_songs, n_replicates, n_effects=12):
    """Of 400 studies in which no layer differs from zero; layers may all have one effect."""
    rng = np.random.default_rng(0)
    weights = draw_weights(n_songs, n_replicates=n_replicates, seed=0) / n_songs
    verdicts = []
    for _ in range(400):
        songs = rng.normal(size=(n_songs, n_effects)) * np.ones(12)
        of_layer = zip(TWELVE, songs.mean(axis=0), (weights @ songs).T, strict=True)
        given = {n: Estimate(np.array([mean]), drawn, n_songs) for n, mean, drawn in of_layer}
        verdicts.append(judged(hypothesis(*tests), quantities(**given)).verdict)
    return verdicts


TWELVE = [f"conv{n}" for n in range(12)]


@pytest.mark.parametrize("n_songs", [5, 8, 13, 47])
@pytest.mark.parametrize("n_effects", [1, 12])
def test_where_all_effects_are_zero_a_verdict_is_rare(n_effects, n_songs):
    tests = [f"0 < {layer}" for layer in TWELVE]
    verdicts = verdicts_on_noise(*tests, n_songs=n_songs, n_replicates=1000, n_effects=n_effects)
    assert verdicts.count("supported") <= 20
    assert verdicts.count("contradicted") <= 20
    assert (verdicts.count("supported") > 0) == (n_effects == 1)


def test_noise_alone_does_not_make_a_maximum_larger():
    """Of twelve zeros, a bootstrapped maximum lies above zero nearly always."""
    verdicts = verdicts_on_noise(f"0 < max({', '.join(TWELVE)})", n_songs=20, n_replicates=500)
    assert verdicts.count("supported") <= 20


def test_a_hyphen_in_the_name_of_a_class_is_written_as_an_underscore():
    given = Quantities("mse_peak")
    for turn, (name, value) in enumerate({"hi-hat": 0.7, "bass": 0.5}.items()):
        key = Key("instrument", "trained", "cosine", name, "conv1")
        given.add(key, estimate(value, turn=turn))
    assert judged(hypothesis("conv1 < hi_hat.conv1"), given).verdict == "supported"
    for spelled in ("hi-hat", "hi_hat"):
        tested = hypothesis("bass.conv1 < conv1", classes=(spelled,))
        assert judged(tested, given).verdict == "supported"


@pytest.mark.parametrize(
    "test", ["trained.conv1 < conv1", "trained.conv1 - conv1 < 0.1", "trained.conv1 + 0.1 < conv1"]
)
def test_a_network_is_not_compared_with_itself(test):
    result = judged(hypothesis(test), quantities(conv1=0.5))
    assert result.verdict == "not applicable"
    assert result.note == "compares the network with itself"


def test_a_control_is_another_training_of_the_same_task():
    given = quantities(conv1=0.5)
    given.add(Key("instrument", "untrained", "cosine", "bass", "conv1"), estimate(0.2, turn=3))
    (claim,) = judged(hypothesis("untrained.conv1 < conv1"), given).claims
    assert claim.effect == pytest.approx(0.3)
