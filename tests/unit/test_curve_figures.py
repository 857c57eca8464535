"""Figures with curves over the layers: similarity, contrast, probe."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from result_tables import (
    CLASSES,
    LAYERS,
    TRAININGS,
    contrast_table,
    probe_table,
    similarity_table,
)
from stemlens.figures.contrast_curves import plot_contrast, plot_probe
from stemlens.figures.layer_curves import interval_handle
from stemlens.figures.similarity_curves import plot_similarity_curves

MSE_LABELS = {
    "mse": "Mean squared error",
    "mse_pair_max_over_layers": "MSE\n÷ pair's maximum over layers",
    "mse_peak": "MSE\n÷ pair's peak activation²",
    "mse_layer_max": "MSE\n÷ layer's maximum over pairs",
}
LONGEST_LABEL = "mse_pair_max_over_layers"


def panels_of(figure, n_rows):
    return np.array(figure.axes).reshape(n_rows, -1)


def curves_of(axis):
    """Lines of the layers; lines across the whole panel have but two ends."""
    return [line for line in axis.get_lines() if len(line.get_xdata()) == len(LAYERS)]


def bands_of(axis):
    """Lower and upper edge of each band, layer by layer."""
    edges = []
    for band in axis.collections:
        assert isinstance(band, PolyCollection)
        x, y = band.get_paths()[0].vertices.T
        layers = range(len(LAYERS))
        edges.append([[f(y[x == layer]) for layer in layers] for f in (np.min, np.max)])
    return edges


def column(rows, name, layers=LAYERS):
    """Values by depth, whatever the order of the rows."""
    return rows.set_index("layer")[name][list(layers)].to_numpy()


def assert_curve(line, band, rows, value):
    np.testing.assert_array_equal(line.get_xdata(), range(len(LAYERS)))
    np.testing.assert_array_equal(line.get_ydata(), column(rows, value))
    low, high = band
    np.testing.assert_allclose(low, column(rows, "ci_low"))
    np.testing.assert_allclose(high, column(rows, "ci_high"))


def legend_of(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def assert_nothing_is_cut(figure):
    figure.canvas.draw()
    whole, needed = figure.bbox, figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert needed.x0 >= whole.x0 - 1
    assert needed.x1 <= whole.x1 + 1
    assert needed.y0 >= whole.y0 - 1
    assert needed.y1 <= whole.y1 + 1


@pytest.mark.parametrize("mse_measure", MSE_LABELS)
def test_similarity_is_drawn_for_all_classes_and_then_for_each_beside_its_controls(mse_measure):
    similarity = similarity_table().sample(frac=1, random_state=0)
    contrast = contrast_table().sample(frac=1, random_state=0)
    figure = plot_similarity_curves(similarity, contrast, CLASSES, mse_measure=mse_measure)
    panels = panels_of(figure, 3)
    assert [axis.get_title(loc="left") for axis in panels[0]] == ["All classes", *CLASSES]
    assert [text.get_text() for text in panels[2, 0].get_xticklabels()] == LAYERS
    for (together, *apart), measure in zip(panels, ["pearson", "cosine", mse_measure], strict=True):
        of_measure = similarity[similarity["measure"] == measure]
        lines, bands = curves_of(together), bands_of(together)
        assert len(lines) == len(bands) == len(CLASSES)
        for position, (name, axis) in enumerate(zip(CLASSES, apart, strict=True)):
            is_same = (of_measure["class_a"] == name) & (of_measure["class_b"] == name)
            of_training = dict(list(of_measure[is_same].groupby("training")))
            trained, different, untrained = curves_of(axis)
            trained_band, untrained_band = bands_of(axis)
            assert_curve(trained, trained_band, of_training["trained"], "mean")
            assert_curve(untrained, untrained_band, of_training["untrained"], "mean")
            assert_curve(lines[position], bands[position], of_training["trained"], "mean")
            assert lines[position].get_color() == trained.get_color()
            is_shown = (contrast["training"] == "trained") & (contrast["class"] == name)
            others = contrast[is_shown & (contrast["measure"] == measure)]
            np.testing.assert_array_equal(different.get_ydata(), column(others, "different"))
    labels = [axis.get_ylabel() for axis in panels[:, 0]]
    assert labels == ["Pearson correlation r", "Cosine similarity", MSE_LABELS[mse_measure]]
    assert legend_of(figure) == [
        *CLASSES,
        "different classes, trained",
        "untrained network",
        "interval over songs",
    ]


@pytest.mark.parametrize(("n_classes", "n_blocks"), [(4, 1), (6, 1), (7, 2), (10, 2)])
def test_many_classes_stand_in_blocks_that_share_the_axes_of_each_measure(n_classes, n_blocks):
    names = [f"class{n}" for n in range(n_classes)]
    contrast = contrast_table(classes=names)
    figure = plot_contrast(contrast, names, mse_measure="mse")
    assert_nothing_is_cut(figure)
    titled = [axis for axis in figure.axes if axis.get_title(loc="left")]
    assert [axis.get_title(loc="left") for axis in titled] == names
    assert len(figure.axes) == 3 * n_classes
    labelled = [axis for axis in figure.axes if axis.get_ylabel()]
    assert len(labelled) == 3 * n_blocks
    shown = [axis for axis in figure.axes if axis.xaxis.get_tick_params()["labelbottom"]]
    assert len(shown) == n_classes
    for axis in figure.axes:
        same = [a for a in figure.axes if axis.get_shared_y_axes().joined(a, axis)]
        assert len(same) == n_classes
    # Each class has its own curves under its name.
    for name, axis in zip(names, titled, strict=True):
        of_class = contrast[(contrast["class"] == name) & (contrast["measure"] == "pearson")]
        trained = of_class[of_class["training"] == "trained"]
        np.testing.assert_array_equal(curves_of(axis)[0].get_ydata(), column(trained, "contrast"))


def test_ten_classes_in_one_panel_have_no_bands_that_would_hide_their_lines():
    names = [f"class{n}" for n in range(10)]
    figure = plot_similarity_curves(
        similarity_table(classes=names),
        contrast_table(classes=names),
        names,
        mse_measure=LONGEST_LABEL,
    )
    assert_nothing_is_cut(figure)
    together, apart, *_ = figure.axes
    assert len(curves_of(together)) == 10
    assert bands_of(together) == []
    assert len(bands_of(apart)) == 2


def test_similarity_without_an_untrained_network_has_no_curve_of_it():
    figure = plot_similarity_curves(
        similarity_table(["trained", "shuffled"]),
        contrast_table(["trained", "shuffled"]),
        CLASSES,
        mse_measure="mse",
    )
    panels = panels_of(figure, 3)
    assert {len(curves_of(axis)) for axis in panels[:, 1:].flat} == {2}
    assert {len(bands_of(axis)) for axis in panels[:, 1:].flat} == {1}
    assert "untrained network" not in legend_of(figure)


def test_similarity_of_a_single_class_has_no_curve_of_different_classes():
    contrast = contrast_table(classes=["bass"]).assign(different=np.nan)
    figure = plot_similarity_curves(
        similarity_table(classes=["bass"]), contrast, ["bass"], mse_measure="mse"
    )
    panels = panels_of(figure, 3)
    assert {len(curves_of(axis)) for axis in panels[:, 1]} == {2}
    assert legend_of(figure) == ["bass", "untrained network", "interval over songs"]


def test_without_intervals_there_are_no_bands_and_gaps_stay_gaps():
    similarity = similarity_table().assign(ci_low=np.nan, ci_high=np.nan)
    similarity.loc[similarity["layer"] == "conv2", "mean"] = np.nan
    figure = plot_similarity_curves(similarity, contrast_table(), CLASSES, mse_measure="mse")
    for axis in figure.axes:
        assert all(not band.get_paths() for band in axis.collections)
        assert np.isnan(curves_of(axis)[0].get_ydata()).tolist() == [
            layer == "conv2" for layer in LAYERS
        ]


def test_a_negative_correlation_stays_in_sight():
    similarity = similarity_table()
    similarity.loc[similarity["measure"] == "pearson", ["mean", "ci_low", "ci_high"]] = -0.4
    figure = plot_similarity_curves(similarity, contrast_table(), CLASSES, mse_measure="mse")
    bottoms = [axis.get_ylim()[0] for axis in panels_of(figure, 3)[:, 0]]
    assert bottoms[0] < -0.4
    assert bottoms[1:] == [0, 0]


@pytest.mark.parametrize("trainings", [["trained"], TRAININGS])
def test_contrast_is_drawn_by_measure_class_and_training_around_zero(trainings):
    contrast = contrast_table(trainings).sample(frac=1, random_state=0)
    figure = plot_contrast(contrast, CLASSES, mse_measure="mse_peak")
    panels = panels_of(figure, 3)
    assert [axis.get_title(loc="left") for axis in panels[0]] == CLASSES
    for row, measure in zip(panels, ["pearson", "cosine", "mse_peak"], strict=True):
        for axis, name in zip(row, CLASSES, strict=True):
            is_shown = (contrast["measure"] == measure) & (contrast["class"] == name)
            lines = zip(trainings, curves_of(axis), bands_of(axis), strict=True)
            for training, line, band in lines:
                rows = contrast[is_shown & (contrast["training"] == training)]
                assert_curve(line, band, rows, "contrast")
            (zero,) = set(axis.get_lines()) - set(curves_of(axis))
            assert list(zero.get_ydata()) == [0, 0]
    shown = ["trained", "untrained", "trained on shuffled labels"][: len(trainings)]
    assert legend_of(figure) == [*shown, "interval over songs"]


@pytest.mark.parametrize("trainings", [["trained"], TRAININGS])
def test_the_probe_is_drawn_by_class_and_training_above_a_line_at_chance(trainings):
    probe = probe_table(trainings).sample(frac=1, random_state=0)
    figure = plot_probe(probe, CLASSES)
    for axis, name in zip(figure.axes, CLASSES, strict=True):
        assert axis.get_title(loc="left") == name
        lines = zip(trainings, curves_of(axis), bands_of(axis), strict=True)
        for training, line, band in lines:
            rows = probe[(probe["class"] == name) & (probe["training"] == training)]
            assert_curve(line, band, rows, "balanced_accuracy")
        (chance,) = set(axis.get_lines()) - set(curves_of(axis))
        assert list(chance.get_ydata()) == [0.5, 0.5]
    assert [text.get_text() for text in figure.axes[-1].texts] == ["chance"]
    assert figure.axes[0].get_ylabel() == "Balanced accuracy\nof a linear probe"


def crosses_of(axis):
    """Layers at which a cross stands for an undefined value, and the crosses' colours."""
    crosses = [line for line in axis.get_lines() if line.get_marker() == "x"]
    return [([LAYERS[x] for x in line.get_xdata()], line.get_color()) for line in crosses]


TWO_VALUES = "a layer of fewer than 3 values: any two correlate with 1 or -1"


def without_pearson_at_output(table, *columns):
    is_undefined = (table["layer"] == "output") & (table["measure"] == "pearson")
    table.loc[is_undefined, list(columns)] = np.nan
    return table.assign(note=np.where(is_undefined, f"undefined in 6 of 6 pairs: {TWO_VALUES}", ""))


def test_a_layer_without_a_value_has_a_cross_and_the_figure_says_why():
    similarity = without_pearson_at_output(similarity_table(), "mean", "ci_low", "ci_high")
    contrast = without_pearson_at_output(
        contrast_table(), "same", "different", "contrast", "ci_low", "ci_high"
    )
    figures = [
        plot_similarity_curves(similarity, contrast, CLASSES, mse_measure="mse"),
        plot_contrast(contrast, CLASSES, mse_measure="mse"),
    ]
    for figure in figures:
        above, *others = panels_of(figure, 3)
        for axis in above:
            layers, colours = zip(*crosses_of(axis), strict=True)
            assert set(map(tuple, layers)) == {("output",)}
            curves = [line.get_color() for line in curves_of(axis) if line.get_label()]
            assert set(colours) == set(curves)
        assert not any(crosses_of(axis) for row in others for axis in row)
        text = " ".join(figure.get_supxlabel().split())
        assert text == f"× undefined: Pearson correlation r at output: {TWO_VALUES}."
        assert_nothing_is_cut(figure)


def test_a_probe_without_any_value_is_no_empty_figure():
    reason = "the class plays in every mix of two or more classes: no mix is without it"
    probe = probe_table().assign(
        balanced_accuracy=np.nan, ci_low=np.nan, ci_high=np.nan, note=reason
    )
    figure = plot_probe(probe[probe["class"].isin(CLASSES[:2])], CLASSES[:2])
    for axis in figure.axes:
        assert [layers for layers, _ in crosses_of(axis)] == [LAYERS] * len(TRAININGS)
        assert axis.texts[0].get_text() == "undefined"
    text = " ".join(figure.get_supxlabel().split())
    assert text.endswith(f"of a linear probe at every layer: {reason}.")
    assert_nothing_is_cut(figure)


def test_where_everything_is_defined_there_are_no_crosses_and_no_explanation():
    figure = plot_contrast(contrast_table(), CLASSES, mse_measure="mse")
    assert not any(crosses_of(axis) for axis in figure.axes)
    assert not figure.get_supxlabel()


def test_where_no_interval_is_drawn_the_legend_says_why():
    none = {"ci_low": np.nan, "ci_high": np.nan, "n_songs": 4}
    similarity, probe = similarity_table().assign(**none), probe_table().assign(**none)
    figure = plot_similarity_curves(similarity, contrast_table(), CLASSES, mse_measure="mse")
    of_two = plot_similarity_curves(
        similarity, contrast_table(), CLASSES[:2], mse_measure="mse_pair_max_over_layers"
    )
    assert_nothing_is_cut(of_two)
    for labels in (legend_of(figure), legend_of(of_two), legend_of(plot_probe(probe, CLASSES))):
        assert labels[-1] == "no interval: < 5 songs"
    agreeing = plot_probe(probe.assign(n_songs=10), CLASSES)
    assert legend_of(agreeing)[-1] == "no interval"


@pytest.mark.parametrize("n_classes", [2, 4])
def test_every_label_and_legend_lies_inside_the_figure(n_classes):
    classes = CLASSES[:n_classes]
    similarity, contrast = similarity_table(classes=classes), contrast_table(classes=classes)
    for figure in (
        plot_similarity_curves(similarity, contrast, classes, mse_measure=LONGEST_LABEL),
        plot_contrast(contrast, classes, mse_measure=LONGEST_LABEL),
        plot_probe(probe_table(), classes),
    ):
        assert_nothing_is_cut(figure)


@pytest.mark.parametrize(
    ("n_seeds", "label"), [(1, "interval over songs"), (3, "interval over songs and seeds")]
)
def test_the_legend_says_what_an_interval_is_over(n_seeds, label):
    handle = interval_handle(contrast_table().assign(n_seeds=n_seeds))
    assert handle.get_label() == label
