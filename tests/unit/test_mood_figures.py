"""Figures of the mood experiment."""

import itertools

import numpy as np
import pandas as pd
import pytest
from result_tables import CLASSES, LAYERS
from stemlens.figures.assigned_moods import plot_assigned_moods
from stemlens.figures.both_networks import plot_both_networks
from stemlens.figures.confusion_matrix import plot_confusion

MOODS = ["Q1", "Q2", "Q3", "Q4"]
TRAININGS = ["trained", "untrained"]


def confusion_table():
    rng = np.random.default_rng(0)
    rows = []
    for training, seed in itertools.product(TRAININGS, (0, 1)):
        counts = rng.integers(0, 9, (4, 4)) + np.eye(4, dtype=int)
        for (i, true), (j, predicted) in itertools.product(enumerate(MOODS), enumerate(MOODS)):
            share = counts[i, j] / counts[i].sum()
            rows.append((training, seed, true, predicted, counts[i, j], share))
    return pd.DataFrame(rows, columns=["training", "seed", "class", "predicted", "n", "share"])


def performance_table():
    rows = [
        ("class_prior", np.nan, "accuracy", 0.25, 0.25, 0.25),
        ("paper", "trained", "accuracy", 0.85, 0.75, 0.925),
        ("paper", "trained", "f1", 0.1, 0.05, 0.15),
        ("paper", "untrained", "accuracy", 0.3, np.nan, np.nan),
    ]
    columns = ["network", "training", "metric", "value", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)


def test_confusion_shows_shares_as_colour_and_mean_counts_as_numbers():
    table = confusion_table()
    figure = plot_confusion(table.sample(frac=1, random_state=0), performance_table())
    for axis, training in zip(figure.axes, TRAININGS, strict=False):
        rows = table[table["training"] == training].groupby(["class", "predicted"])
        order = [text.get_text() for text in axis.get_yticklabels()]
        assert order == [text.get_text() for text in axis.get_xticklabels()]
        shares, counts = rows["share"].mean(), rows["n"].mean()
        expected = [[shares[true, name] for name in order] for true in order]
        np.testing.assert_allclose(axis.get_images()[0].get_array(), expected)
        for text in axis.texts:
            column, row = text.get_position()
            assert float(text.get_text()) == pytest.approx(counts[order[row], order[column]])


def test_confusion_states_the_accuracy_beside_the_class_prior():
    figure = plot_confusion(confusion_table(), performance_table())
    titles = [axis.get_title(loc="left") for axis in figure.axes[:2]]
    assert titles == ["trained\naccuracy 0.85 [0.75, 0.93]", "untrained\naccuracy 0.30"]
    assert "class prior 0.25" in figure.get_suptitle()


def test_bars_of_assigned_moods_are_the_shares_and_fill_the_panel():
    rng = np.random.default_rng(0)
    shares = {key: rng.dirichlet(np.ones(4)) for key in itertools.product(TRAININGS, CLASSES)}
    assigned = pd.DataFrame(
        [
            (training, 0, name, mood, share)
            for (training, name), of_class in shares.items()
            for mood, share in zip(MOODS, of_class, strict=True)
        ],
        columns=["training", "seed", "class", "mood", "share"],
    )
    entropy = pd.DataFrame(
        [(training, name, 1.5 + 0.1 * CLASSES.index(name)) for training, name in shares],
        columns=["training", "class", "entropy_bits"],
    )
    figure = plot_assigned_moods(assigned, entropy)
    assert [axis.get_title(loc="left") for axis in figure.axes] == TRAININGS
    for axis, training in zip(figure.axes, TRAININGS, strict=True):
        for bars, mood in zip(axis.containers, MOODS, strict=True):
            assert bars.get_label() == mood
            for bar, name in zip(bars, CLASSES, strict=True):
                expected = shares[training, name]
                assert bar.get_width() == pytest.approx(expected[MOODS.index(mood)])
                assert bar.get_x() == pytest.approx(expected[: MOODS.index(mood)].sum())
        texts = {round(t.get_position()[1]): t.get_text() for t in axis.texts[: len(CLASSES)]}
        for row, name in enumerate(CLASSES):
            assert texts[row] == f"{1.5 + 0.1 * CLASSES.index(name):.2f}"


def test_each_seed_has_a_bar_of_its_own_beside_the_mean_of_the_entropies():
    """Two seeds that assign all stimuli to one mood each: no entropy, though not to the same."""
    assigned = pd.DataFrame(
        [
            ("trained", seed, name, mood, float(mood == MOODS[seed]))
            for seed, name, mood in itertools.product((0, 1), CLASSES, MOODS)
        ],
        columns=["training", "seed", "class", "mood", "share"],
    )
    entropy = pd.DataFrame({"training": "trained", "class": CLASSES, "entropy_bits": 0.0})
    (axis,) = plot_assigned_moods(assigned, entropy).axes
    for bars, mood in zip(axis.containers, MOODS, strict=True):
        expected = [float(mood == MOODS[0]), float(mood == MOODS[1])] * len(CLASSES)
        assert [bar.get_width() for bar in bars] == expected
        rows = [round(bar.get_y() + bar.get_height() / 2) for bar in bars]
        assert rows == [row for row in range(len(CLASSES)) for _ in range(2)]
    assert [text.get_text() for text in axis.get_yticklabels()] == CLASSES
    assert axis.texts[-1].get_text() == "entropy in bits, mean over seeds"
    assert {text.get_text() for text in axis.texts[:-1]} == {"0.00"}


def test_both_networks_and_their_difference_are_drawn_by_class():
    rng = np.random.default_rng(0)
    rows = [
        (layer, depth, name, measure, *rng.uniform(0, 1, 3), -0.1, 0.1, 0.25, 0.125, 0.375)
        for depth, layer in enumerate(LAYERS)
        for name in CLASSES
        for measure in ("pearson", "cosine", "mse")
    ]
    columns = ["layer", "depth", "class", "measure", "instrument", "mood", "difference"]
    columns += ["ci_low", "ci_high", "change", "change_ci_low", "change_ci_high"]
    table = pd.DataFrame(rows, columns=columns).assign(n_seeds=1, note="")
    figure = plot_both_networks(table.sample(frac=1, random_state=0), CLASSES)
    axes = np.array(figure.axes).reshape(4, len(CLASSES))
    for row, measure in enumerate(("pearson", "cosine")):
        for column, name in enumerate(CLASSES):
            shown = table[(table["class"] == name) & (table["measure"] == measure)]
            of_layer = shown.set_index("layer").loc[LAYERS]
            curves = axes[2 * row, column].get_lines()
            for line, task in zip(curves, ("instrument", "mood"), strict=True):
                np.testing.assert_array_equal(line.get_ydata(), of_layer[task])
            below = axes[2 * row + 1, column]
            np.testing.assert_array_equal(below.get_lines()[0].get_ydata(), of_layer["difference"])
            assert len(below.collections) == 1
            assert below.get_title(loc="left") == "input → conv1: +0.25 [+0.12, +0.38]"
