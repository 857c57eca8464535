"""The paper's findings on synthetic curves: true, violated in one place, drowned in noise."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.hypotheses.quantities import Quantities
from stemlens.hypotheses.verdict import judge
from stemlens.statistics.estimate import Estimate

CATALOGUE = {h.id: h for h in read_hypotheses(Path(__file__).parents[2] / "hypotheses.yaml")}
ABOUT_LAYERS = [name for name in CATALOGUE if not name.startswith("A")]
LAYERS = ("input", "conv1", "conv2", "conv3", "conv4", "dense1", "dense2", "output")
CLASSES = ("drums", "bass", "vocals", "rest")
CURVES = {
    "instrument pearson drums": (0.30, 0.25, 0.40, 0.55, 0.56, 0.80, 0.85, 0.97),
    "instrument pearson bass": (0.60, 0.55, 0.65, 0.75, 0.76, 0.85, 0.87, 0.98),
    "instrument pearson vocals": (0.35, 0.30, 0.45, 0.60, 0.61, 0.80, 0.85, 0.97),
    "instrument pearson rest": (0.25, 0.20, 0.30, 0.45, 0.46, 0.60, 0.65, 0.70),
    "instrument cosine drums": (0.60, 0.35, 0.50, 0.65, 0.66, 0.85, 0.90, 0.97),
    "instrument cosine bass": (0.80, 0.60, 0.70, 0.80, 0.81, 0.90, 0.92, 0.98),
    "instrument cosine vocals": (0.65, 0.40, 0.55, 0.70, 0.71, 0.85, 0.90, 0.97),
    "instrument cosine rest": (0.55, 0.30, 0.40, 0.55, 0.56, 0.70, 0.75, 0.80),
    **{
        f"instrument mse {name}": (0.30, 0.50, 0.55, 0.60, 0.62, 0.10, 0.05, 0.02)
        for name in CLASSES
    },
    "mood pearson drums": (0.30, 0.50, 0.50, 0.50, 0.50, 0.50, 0.50, 0.40),
    "mood pearson bass": (0.60, 0.70, 0.70, 0.70, 0.70, 0.70, 0.70, 0.90),
    "mood pearson vocals": (0.30, 0.50, 0.50, 0.50, 0.50, 0.50, 0.50, 0.40),
    "mood pearson rest": (0.40, 0.30, 0.30, 0.30, 0.30, 0.30, 0.30, 0.20),
    "mood cosine drums": (0.60, 0.70, 0.71, 0.70, 0.72, 0.70, 0.71, 0.60),
    "mood cosine bass": (0.80, 0.85, 0.85, 0.84, 0.85, 0.86, 0.85, 0.95),
    "mood cosine vocals": (0.60, 0.70, 0.71, 0.70, 0.72, 0.70, 0.71, 0.60),
    "mood cosine rest": (0.55, 0.50, 0.51, 0.50, 0.52, 0.50, 0.51, 0.40),
    **{f"mood mse {name}": (0.30, 0.20, 0.20, 0.20, 0.20, 0.20, 0.20, 0.40) for name in CLASSES},
}
TRUE = {
    f"{curve} {layer}": value
    for curve, values in CURVES.items()
    for layer, value in zip(LAYERS, values, strict=True)
}
ENTROPIES = {"drums": 1.5, "bass": 0.5, "vocals": 1.6, "rest": 1.9}
TRUE |= {f"mood mood_entropy {name} output": bits for name, bits in ENTROPIES.items()}
SLOPING = [0.70, 0.76, 0.82, 0.88, 0.94, 1.00]
MORE_NOISE = {"H12": 0.08}


def similarities(values, *, noise=0.001):
    """Quantities with these means, by 'task measure class layer'; mse is called mse_peak."""
    rng = np.random.default_rng(0)
    quantities = Quantities("mse_peak")
    for task in ("instrument", "mood"):
        rows = []
        for name, measure, layer in itertools.product(
            CLASSES, ("pearson", "cosine", "mse"), LAYERS
        ):
            stored = "mse_peak" if measure == "mse" else measure
            rows.append((layer, name, name, stored, values[f"{task} {measure} {name} {layer}"], 20))
            # Neither other class pairs nor other errors are asked for.
            rows.append((layer, name, "other", stored, 0, 20))
            rows.append((layer, name, name, "mse", 0, 20))
        if task == "mood":
            for name in CLASSES:
                bits = values[f"mood mood_entropy {name} output"]
                rows.append(("output", name, name, "mood_entropy", bits, 20))
        columns = ["layer", "class_a", "class_b", "measure", "mean", "n_songs"]
        table = pd.DataFrame(rows, columns=columns)
        deviations = rng.normal(0, noise, (400, len(table)))
        quantities.add_summaries(task, [(table, table["mean"].to_numpy() + deviations)])
    return quantities


def judged(name, quantities):
    return judge(CATALOGUE[name], quantities, confidence=0.95)


@pytest.fixture(scope="module")
def all_true():
    return similarities(TRUE)


@pytest.mark.parametrize("name", ABOUT_LAYERS)
def test_a_finding_that_is_true_is_supported(name, all_true):
    assert judged(name, all_true).verdict == "supported"


@pytest.mark.parametrize("name", ABOUT_LAYERS)
def test_a_finding_under_wide_noise_is_undecided(name):
    noisy = similarities(TRUE, noise=MORE_NOISE.get(name, 0.5))
    assert judged(name, noisy).verdict == "undecided"


@pytest.mark.parametrize(
    ("name", "changed", "claim"),
    [
        ("H1", {"instrument pearson drums conv2": 0.20}, "pearson, drums: conv1 < conv2"),
        ("H1", {"instrument cosine rest conv3": 0.35}, "cosine, rest: conv2 < conv3"),
        ("H2", {"instrument pearson bass input": 0.50}, "pearson, bass: conv1 < input"),
        (
            "H2",
            {"instrument cosine rest input": 0.33},
            "rest: pearson.input - pearson.conv1 < cosine.input - cosine.conv1",
        ),
        ("H3", {"instrument pearson bass input": 0.33}, "pearson, vocals: input < bass.input"),
        ("H3", {"instrument cosine rest input": 0.85}, "cosine, rest: input < bass.input"),
        (
            "H4",
            {"instrument pearson bass conv4": 0.85},
            "pearson, bass: abs(conv4 - conv3) < 0.25 * abs(conv3 - conv1)",
        ),
        (
            "H4",
            {"instrument cosine drums conv4": 0.55},
            "cosine, drums: abs(conv4 - conv3) < 0.25 * abs(conv3 - conv1)",
        ),
        ("H5", {"instrument pearson rest dense1": 0.40}, "pearson, rest: conv4 < dense1"),
        ("H5", {"instrument cosine bass dense1": 0.75}, "cosine, bass: conv4 < dense1"),
        ("H6", {"instrument pearson drums dense1": 0.5}, "pearson, drums: rest.dense1 < dense1"),
        ("H6", {"instrument cosine bass dense2": 0.7}, "cosine, bass: rest.dense2 < dense2"),
        ("H6", {"instrument cosine vocals output": 0.7}, "cosine, vocals: rest.output < output"),
        ("H7", {"instrument pearson bass output": 0.94}, "pearson, bass: 0.95 < output"),
        ("H7", {"instrument cosine drums output": 0.94}, "cosine, drums: 0.95 < output"),
        ("H8", {"instrument pearson rest dense2": 0.58}, "pearson, rest: 0 < dense2 - dense1"),
        (
            "H8",
            {"instrument cosine bass dense2": 1.00},
            "cosine, bass: dense2 - dense1 < dense1 - conv4",
        ),
        ("H9", {"instrument mse rest output": 0.4}, "mse, rest: output < input"),
        (
            "H10",
            {"instrument mse bass input": 0.7},
            "mse, bass: input < max(conv1, conv2, conv3, conv4)",
        ),
        (
            "H11",
            {"instrument mse drums dense1": 0.52},
            "mse, drums: dense1 < min(conv1, conv2, conv3, conv4)",
        ),
        (
            "H11",
            {"instrument mse vocals dense2": 0.52},
            "mse, vocals: dense2 < min(conv1, conv2, conv3, conv4)",
        ),
        (
            "H12",
            {"instrument mse rest conv2": 0.9},
            "normalised_mse, rest: max(conv1, conv2, conv3, conv4)"
            " - min(conv1, conv2, conv3, conv4) < 0.25",
        ),
        ("H13", {"instrument cosine bass conv3": 0.58}, "cosine, bass: conv1 < conv3"),
        ("H13", {"instrument mse rest conv3": 0.48}, "mse, rest: conv1 < conv3"),
        ("M1", {"mood cosine bass conv1": 0.78}, "cosine, bass: input < conv1"),
        (
            "M2",
            {"instrument cosine rest conv1": 0.60},
            "cosine, rest: instrument.conv1 - instrument.input < conv1 - input",
        ),
        (
            "M3",
            {f"mood cosine rest {n}": v for n, v in zip(LAYERS[1:7], SLOPING, strict=True)},
            "cosine, rest: abs(slope(conv1, conv2, conv3, conv4, dense1, dense2)) < 0.05",
        ),
        (
            "M3",
            {f"mood cosine bass {n}": v for n, v in zip(LAYERS[1:7], SLOPING[::-1], strict=True)},
            "cosine, bass: abs(slope(conv1, conv2, conv3, conv4, dense1, dense2)) < 0.05",
        ),
        ("M4", {"mood pearson rest output": 0.35}, "pearson, rest: output < dense2"),
        ("M4", {"mood cosine drums output": 0.75}, "cosine, drums: output < dense2"),
        ("M4", {"mood mse vocals output": 0.15}, "vocals: mse.dense2 < mse.output"),
        ("M5", {"mood pearson rest output": 0.95}, "pearson, rest: output < bass.output"),
        ("M5", {"mood cosine drums output": 0.99}, "cosine, drums: output < bass.output"),
        (
            "M5",
            {"mood mood_entropy bass output": 1.55},
            "drums: mood_entropy.bass.output < mood_entropy.output",
        ),
        *[
            (
                "M6",
                {f"mood {measure} {name} {layer}": 0.1},
                f"{measure}, {name}: rest.{layer} < {layer}",
            )
            for layer, measure, name in zip(
                LAYERS[1:],
                ("pearson", "cosine") * 4,
                ("drums", "bass", "vocals") * 3,
                strict=False,
            )
        ],
    ],
)
def test_one_violation_contradicts_and_is_named(name, changed, claim):
    assert set(changed) <= set(TRUE)
    result = judged(name, similarities({**TRUE, **changed}))
    assert result.verdict == "contradicted"
    assert f"claims: {claim};" in result.note


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("H1", {"instrument pearson bass conv3": 0.2, "instrument cosine bass conv2": 0.2}),
        ("H2", {"instrument pearson rest conv2": 0.9, "instrument mse rest conv1": 0.1}),
        ("H3", {"instrument pearson bass conv1": 0.1, "mood cosine bass input": 0.1}),
        ("H6", {"instrument pearson drums conv4": 0.1, "instrument cosine rest input": 0.99}),
        ("H7", {"instrument pearson rest output": 0.1, "instrument cosine rest output": 0.1}),
        ("H9", {f"instrument mse bass {layer}": 0.9 for layer in LAYERS[1:7]}),
        ("H10", {"instrument mse drums conv1": 0.1, "instrument mse drums conv4": 0.1}),
        ("M1", {"mood cosine rest conv1": 0.1, "mood pearson drums conv1": 0.1}),
        ("M3", {"mood cosine bass output": 0.1, "mood cosine bass input": 0.1}),
        ("M4", {"mood pearson bass output": 0.9, "mood mse bass output": 0.1}),
        ("M6", {"mood pearson rest input": 0.9, "mood cosine rest input": 0.9}),
    ],
)
def test_what_a_finding_does_not_claim_does_not_matter(name, changed):
    assert set(changed) <= set(TRUE)
    assert judged(name, similarities({**TRUE, **changed})).verdict == "supported"


def scores(*, noise=0.001, n_seeds=2, **values):
    rng = np.random.default_rng(0)
    quantities = Quantities("mse")
    estimates = {
        network: Estimate(np.full(n_seeds, value), value + rng.normal(0, noise, 400), 20)
        for network, value in values.items()
    }
    quantities.add_macro_f1("instrument", estimates)
    return quantities


@pytest.mark.parametrize(
    ("gain", "noise", "verdict"),
    [
        (0.05, 0.001, "supported"),
        (0, 0.001, "supported"),
        (-0.005, 0.001, "supported"),
        (-0.015, 0.001, "contradicted"),
        (-0.2, 0.001, "contradicted"),
        (0.05, 0.1, "undecided"),
        (-0.005, 0.01, "undecided"),
    ],
)
@pytest.mark.parametrize(
    ("name", "network"), [("A1", "no_conv4"), ("A1", "no_conv4_keep_pool"), ("A2", "no_dense2")]
)
def test_a_smaller_network_may_lose_less_than_one_hundredth(name, network, gain, noise, verdict):
    values = {"paper": 0.8, "no_conv4": 0.85, "no_conv4_keep_pool": 0.85, "no_dense2": 0.85}
    quantities = scores(**{**values, network: 0.8 + gain}, noise=noise)
    assert judged(name, quantities).verdict == verdict


@pytest.mark.parametrize("missing", ["paper", "no_conv4_keep_pool", "no_dense2"])
def test_a_network_that_was_not_trained_leaves_the_question_undecided(missing):
    values = {"paper": 0.8, "no_conv4": 0.8, "no_conv4_keep_pool": 0.8, "no_dense2": 0.8}
    del values[missing]
    for name in ("A1", "A2"):
        result = judged(name, scores(**values))
        needed = {n for link in CATALOGUE[name].inequalities for (n,) in link.names()}
        assert (result.verdict == "undecided") == (missing in needed)
        assert (f"{missing} is missing" in result.note) == (missing in needed)


def test_one_seed_leaves_questions_about_networks_undecided():
    values = {"paper": 0.8, "no_conv4": 0.9, "no_conv4_keep_pool": 0.9, "no_dense2": 0.9}
    result = judged("A2", scores(**values, n_seeds=1))
    assert result.verdict == "undecided"
    assert result.deciding.effect == pytest.approx(0.11)
    assert np.isnan(result.deciding.ci_low)
    assert result.note.endswith("one seed does not tell how much training varies")
    assert "holds in" not in judged("A2", scores(**values)).note


def test_a_range_of_errors_without_normalisation_says_nothing():
    quantities = similarities(TRUE)
    quantities.mse_measure = "mse"
    result = judged("H12", quantities)
    assert result.verdict == "undecided"
    assert result.note == "normalised_mse is missing: similarity.mse_measure is mse"
