"""Which of several forms, layers or seeds a verdict rests on, and what is too small to count."""

import numpy as np
import pytest
from stemlens.hypotheses.effect import effect_of
from stemlens.hypotheses.inequality import parse
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.statistics.estimate import Estimate
from verdicts import MANY, estimate, hypothesis, judged, quantities


@pytest.mark.parametrize(
    ("test", "values", "verdict"),
    [
        ("0 < max(conv1, conv2)", (-0.5, 0.5), "supported"),
        ("0 < max(conv1, conv2)", (-0.5, -0.4), "contradicted"),
        ("0 < max(conv1, conv2)", (-0.5, 0.001), "undecided"),
        ("0 < min(conv1, conv2)", (0.5, 0.4), "supported"),
        ("0 < min(conv1, conv2)", (-0.5, 0.4), "contradicted"),
        ("0 < min(conv1, conv2)", (0.001, 0.4), "undecided"),
        ("0.2 < abs(conv1 - conv2)", (0.5, 0.1), "supported"),
        ("0.2 < abs(conv1 - conv2)", (0.1, 0.5), "supported"),
        ("0.2 < abs(conv1 - conv2)", (0.5, 0.4), "contradicted"),
        ("abs(conv1 - conv2) < 0.2", (0.4, 0.5), "supported"),
        ("abs(conv1 - conv2) < 0.2", (0.1, 0.5), "contradicted"),
    ],
)
def test_an_extreme_holds_through_one_alternative_or_through_all(test, values, verdict):
    given = quantities(conv1=values[0], conv2=values[1])
    assert judged(hypothesis(test), given).verdict == verdict


def test_a_form_without_an_interval_supports_nothing_however_large_it_is():
    few = estimate(9, n_songs=4, turn=3)
    result = judged(hypothesis("0 < min(conv1, conv2)"), quantities(conv1=few, conv2=0.5))
    assert result.verdict == "undecided"
    assert result.note.endswith("4 songs: no interval from fewer than 5")


def test_a_seed_agrees_if_all_that_has_to_hold_does():
    given = quantities(input=0.5, conv2=estimate(0.5, seeds=[1, 1, -0.2], turn=1))
    given.of = {
        key: Estimate(e.by_seed * np.ones(3), e.replicates, MANY) for key, e in given.of.items()
    }
    (claim,) = judged(hypothesis("0 < min(input, conv2)"), given).claims
    assert (claim.n_seeds_agreeing, claim.n_seeds) == (2, 3)
    (claim,) = judged(hypothesis("0 < max(input, conv2)"), given).claims
    assert (claim.n_seeds_agreeing, claim.n_seeds) == (3, 3)


def test_of_several_layers_each_has_to_be_clear_enough_to_be_one_of_them():
    """0.0125 is above 1.13, and below 1.38 times the noise, the ends at 95 % and at 98.3 %."""
    given = quantities(input=-0.1, conv1=-0.2, conv2=0.0125)
    result = judged(hypothesis("0 < any"), given)
    assert result.verdict == "undecided"
    assert result.deciding.from_layer == ""
    assert judged(hypothesis("0 < conv2"), given).verdict == "supported"


def test_the_larger_of_two_has_to_hold_from_a_layer_on():
    given = quantities(input=0.5, conv1=-0.5, conv2=0.5)
    result = judged(hypothesis("0.1 < abs(last)"), given)
    assert (result.verdict, result.deciding.from_layer) == ("supported", "input")


def test_what_has_no_interval_is_not_clearer_than_what_is_supported():
    sure = Estimate(np.array([5.0]), np.full(201, 5.0), MANY)
    result = judged(hypothesis("0 < any"), quantities(input=sure, conv2=0.03))
    assert (result.verdict, result.deciding.clearest_layer) == ("supported", "conv2")


def test_five_songs_have_intervals_and_nothing_to_note():
    (claim,) = judged(hypothesis("0 < conv2"), quantities(conv2=estimate(0.5, n_songs=5))).claims
    assert claim.note == ""
    assert claim.ci_low > 0


def test_a_number_may_be_the_larger_of_two():
    ((form,),) = effect_of(parse("conv2 < max(0.5, 2) * conv1")[0], [])
    assert form.coefficients == {("conv1",): 2, ("conv2",): -1}


def errors(measure="mse_peak", **values):
    given = Quantities(measure)
    for layer, value in values.items():
        key = Key("instrument", "trained", measure, "bass", layer)
        given.add(key, estimate(value, noise=1e-9))
    return given


@pytest.mark.parametrize(("difference", "effect"), [(5e-7, 0), (5e-6, 5e-6)])
def test_effects_below_a_millionth_are_none(difference, effect):
    given = quantities(input=0.5, conv2=0.5 + difference)
    found = judged(hypothesis("input < conv2"), given).deciding.effect
    assert found == pytest.approx(effect, rel=1e-6, abs=0)


@pytest.mark.parametrize(("difference", "effect"), [(5e-7, 0), (5e-6, 5e-6)])
def test_of_errors_it_is_a_millionth_of_the_largest(difference, effect):
    given = errors(input=1 + difference, conv2=1e-3)
    tested = hypothesis("1000 * conv2 < input", measures=["mse"])
    assert judged(tested, given).deciding.effect == pytest.approx(effect, rel=1e-6, abs=0)


def test_a_normalised_error_is_missing_only_where_the_error_is_not_normalised():
    tested = hypothesis("0 < conv2", measures=["normalised_mse"])
    assert judged(tested, errors(conv2=0.5)).verdict == "supported"
    plain = judged(tested, errors("mse", conv2=0.5))
    assert plain.verdict == "not applicable"
    assert "normalised_mse is missing" in plain.note


def test_a_score_of_networks_is_of_no_class():
    given = quantities(conv2=0.5)
    given.add_macro_f1("instrument", "trained", {"paper": estimate(0.5)})
    assert given.classes() == ["bass"]


def test_the_number_of_comparisons_is_that_of_claims_times_forms_or_of_alternatives():
    given = quantities(input=0.5, conv1=0.5, conv2=0.5)
    (claim,) = judged(hypothesis("0 < any"), given).claims
    assert (claim.n_comparisons, claim.n_songs) == (3, MANY)
    first, _ = judged(hypothesis("0 < max(input, min(conv1, conv2))", "0 < input"), given).claims
    assert first.n_comparisons == 4
