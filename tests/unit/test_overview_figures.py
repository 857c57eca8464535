"""Figures that set layers, networks or verdicts side by side."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from result_tables import (
    LAYERS,
    TRAININGS,
    cka_table,
    contrast_table,
    networks_table,
    separability_table,
    verdict_rows,
)
from stemlens.figures.network_overview import plot_networks
from stemlens.figures.representations import plot_representations
from stemlens.figures.verdict_map import plot_verdict_map

LAYERS_OF = {
    "no_conv4": [layer for layer in LAYERS if layer != "conv4"],
    "paper": LAYERS,
    "no_dense2": [layer for layer in LAYERS if layer != "dense2"],
}
SIGNS = {"supported": "✓", "undecided": "–", "contradicted": "✗"}


def contrast_of(networks):
    return pd.concat(
        contrast_table(["trained"], layers=LAYERS_OF[name]).assign(
            network=name, same=lambda rows, shift=shift: rows["same"] + shift
        )
        for shift, name in enumerate(networks)
    )


def titled(figure, title):
    (axis,) = [axis for axis in figure.axes if axis.get_title(loc="left") == title]
    return axis


@pytest.mark.parametrize("n_trainings", [1, 2, 3])
def test_heat_maps_are_symmetric_means_over_seeds_with_ones_on_the_diagonal(n_trainings):
    trainings = TRAININGS[:n_trainings]
    cka = cka_table(trainings)
    figure = plot_representations(cka, separability_table(trainings))
    maps = [axis for axis in figure.axes if axis.get_images()]
    titles = ["trained", "untrained", "trained on shuffled labels"][:n_trainings]
    assert [axis.get_title(loc="left") for axis in maps] == titles
    columns = ["training_a", "training_b", "layer_a", "layer_b"]
    means = cka.groupby(columns)["cka"].mean()
    for axis, training in zip(maps, trainings, strict=True):
        values = np.ma.filled(axis.get_images()[0].get_array(), np.nan)
        assert np.isfinite(values).all()
        np.testing.assert_array_equal(values, values.T)
        np.testing.assert_array_equal(np.diag(values), 1)
        for (i, a), (j, b) in itertools.combinations(enumerate(LAYERS), 2):
            assert values[i, j] == pytest.approx(means[training, training, a, b])
        assert [text.get_text() for text in axis.get_yticklabels()] == LAYERS
        assert axis.get_images()[0].get_clim() == (0, 1)


def test_layers_are_compared_with_every_control_and_averaged_over_seeds():
    cka = cka_table(seeds=range(3)).sample(frac=1, random_state=0)
    figure = plot_representations(cka, separability_table())
    lines = titled(figure, "CKA of the trained layer with a control's").get_lines()
    drawn = {tuple(np.round(line.get_ydata(), 12)) for line in lines}
    expected = {
        tuple(
            np.mean(
                cka[
                    (cka["training_a"] == "trained")
                    & (cka["training_b"] == control)
                    & (cka["layer_a"] == layer)
                ]["cka"]
            ).round(12)
            for layer in LAYERS
        )
        for control in ("untrained", "shuffled")
    }
    assert drawn == expected


@pytest.mark.parametrize("n_trainings", [1, 3])
def test_separability_is_drawn_for_each_training(n_trainings):
    trainings = TRAININGS[:n_trainings]
    separability = separability_table(trainings).sample(frac=1, random_state=0)
    figure = plot_representations(cka_table(trainings), separability)
    titles = {
        "silhouette": "Silhouette of the classes",
        "distance_ratio": "Distance between ÷ within classes",
    }
    for measure, title in titles.items():
        lines = titled(figure, title).get_lines()
        for line, training in zip(lines, trainings, strict=True):
            is_shown = separability["measure"] == measure
            rows = separability[is_shown & (separability["training"] == training)]
            expected = rows.set_index("layer")["value"][LAYERS]
            np.testing.assert_array_equal(line.get_ydata(), expected)


def test_the_ratio_axis_is_logarithmic_with_plain_numbers():
    separability = separability_table().assign(value=np.linspace(1, 15, len(separability_table())))
    figure = plot_representations(cka_table(TRAININGS), separability)
    figure.canvas.draw()
    axis = titled(figure, "Distance between ÷ within classes")
    assert axis.get_yscale() == "log"
    assert {"1", "2", "5", "10"} <= {text.get_text() for text in axis.get_yticklabels()}


def test_without_a_control_there_is_no_panel_for_one():
    figure = plot_representations(cka_table(["trained"]), separability_table(["trained"]))
    titles = {axis.get_title(loc="left") for axis in figure.axes if axis.get_lines()}
    assert titles == {"Silhouette of the classes", "Distance between ÷ within classes"}
    assert all(axis.has_data() for axis in figure.axes)


def test_networks_stand_in_the_order_of_the_table_with_cost_score_and_interval():
    networks = networks_table(["paper", "no_dense2"]).assign(
        n_parameters=[178_499, 12_500_000], multiply_adds=[61_499_999, 3_000_000]
    )
    scores = plot_networks(networks, contrast_of(networks["network"])).axes[0]
    assert [text.get_text() for text in scores.get_yticklabels()] == [
        "paper\n178 k parameters, 61 M multiply-adds",
        "no_dense2\n12500 k parameters, 3 M multiply-adds",
    ]
    intervals, points = scores.get_lines()[::2], scores.get_lines()[1::2]
    for position, row in enumerate(networks.itertuples()):
        assert list(intervals[position].get_xdata()) == [row.ci_low, row.ci_high]
        assert list(points[position].get_xdata()) == [row.macro_f1]
        assert set(intervals[position].get_ydata()) == {position}
        assert list(points[position].get_ydata()) == [position]
    assert scores.yaxis_inverted()


@pytest.mark.parametrize(
    ("columns", "label"),
    [
        ({"n_seeds": 1}, "interval over songs"),
        ({"n_seeds": 2}, "interval over songs and seeds"),
        ({"ci_low": np.nan, "ci_high": np.nan, "n_songs": 4}, "no interval: < 5 songs"),
        ({"ci_low": np.nan, "ci_high": np.nan}, "no interval"),
    ],
)
def test_scores_of_networks_are_said_to_have_an_interval_where_one_is_drawn(columns, label):
    networks = networks_table(["paper", "no_dense2"]).assign(**columns)
    scores = plot_networks(networks, contrast_of(networks["network"])).axes[0]
    assert scores.get_xlabel() == f"Macro F1 on test mixes\n({label})"


@pytest.mark.parametrize(
    "names", list(itertools.permutations(LAYERS_OF)), ids=lambda names: names[0]
)
def test_a_layer_has_one_place_for_all_networks_whichever_comes_first(names):
    contrast = contrast_of(names)
    _, same, difference = plot_networks(networks_table(names), contrast).axes
    of_cosine = contrast[contrast["measure"] == "cosine"]
    means = of_cosine.groupby(["network", "layer"])[["same", "contrast"]].mean()
    for axis, column in ((same, "same"), (difference, "contrast")):
        assert [text.get_text() for text in axis.get_xticklabels()] == LAYERS
        for line, name in zip(axis.get_lines(), names, strict=True):
            assert [LAYERS[position] for position in line.get_xdata()] == LAYERS_OF[name]
            expected = [means.loc[(name, layer), column] for layer in LAYERS_OF[name]]
            np.testing.assert_allclose(line.get_ydata(), expected)


def draw_verdicts(verdicts):
    (axis,) = plot_verdict_map(verdict_rows(verdicts)).axes
    names = [text.get_text() for text in axis.get_yticklabels()]
    variants = [text.get_text() for text in axis.get_xticklabels()]
    return axis, names, variants


VERDICTS = {
    "as_configured": {"H10": "supported", "H2": "undecided", "A1": "contradicted"},
    "mse_peak": {"H10": "supported", "H2": "supported", "A1": "undecided"},
    "logits": {"H10": "contradicted", "H2": "undecided", "A1": "contradicted"},
    "before_pool": {"H10": "undecided", "H2": "undecided", "A1": "contradicted"},
}


def test_the_verdict_map_keeps_the_order_of_hypotheses_and_variants():
    axis, names, variants = draw_verdicts(VERDICTS)
    assert names == ["H10", "H2", "A1"]
    assert variants == ["as configured", "mse peak", "logits", "before pool"]
    assert axis.yaxis_inverted()


def test_every_hypothesis_and_variant_has_a_cell_with_the_sign_of_its_verdict():
    axis, names, variants = draw_verdicts(VERDICTS)
    signs = {}
    for text in axis.texts:
        column, row = (int(place) for place in text.get_position())
        signs[variants[column].replace(" ", "_"), names[row]] = text.get_text()
    expected = {
        (variant, name): SIGNS[verdict]
        for variant, of_variant in VERDICTS.items()
        for name, verdict in of_variant.items()
    }
    assert signs == expected
    assert len(axis.texts) == len(expected)
    cells = [patch for patch in axis.patches if isinstance(patch, Rectangle) and patch.get_fill()]
    colours = {cell.get_xy(): to_rgb(cell.get_facecolor()) for cell in cells}
    assert len(colours) == len(cells) == len(expected)
    of_verdict = {}
    for (column, row), colour in colours.items():
        variant = variants[column].replace(" ", "_")
        of_verdict.setdefault(VERDICTS[variant][names[row]], set()).add(colour)
    assert all(len(shades) == 1 for shades in of_verdict.values())
    assert len(set.union(*of_verdict.values())) == 3


def test_frames_stand_exactly_around_verdicts_that_differ_from_the_first_variant():
    axis, names, variants = draw_verdicts(VERDICTS)
    frames = [patch for patch in axis.patches if not patch.get_fill()]
    framed = [(variants[int(frame.get_x())], names[int(frame.get_y())]) for frame in frames]
    assert sorted(framed) == [
        ("before pool", "H10"),
        ("logits", "H10"),
        ("mse peak", "A1"),
        ("mse peak", "H2"),
    ]


def test_a_variant_without_a_verdict_on_a_hypothesis_leaves_its_cell_empty():
    rows = [("as_configured", "H1", "supported"), ("as_configured", "H9", "undecided")]
    rows.append(("mse", "H9", "supported"))
    figure = plot_verdict_map(pd.DataFrame(rows, columns=["variant", "id", "verdict"]))
    (axis,) = figure.axes
    assert sorted(text.get_position() for text in axis.texts) == [
        (0.5, 0.5),
        (0.5, 1.5),
        (1.5, 1.5),
    ]
