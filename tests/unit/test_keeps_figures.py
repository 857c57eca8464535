"""The figure of what layers keep: every part of one network."""

import numpy as np
import pandas as pd
import pytest
from keeps_tables import (
    CLASSES,
    CONCEPTS,
    GAINS_DB,
    JOBS,
    LAYERS,
    NETWORKS,
    TIMES,
    TRANSFORMATIONS,
    keeps_tables,
    read_back,
)
from PIL import Image
from plot_keeps import main as draw_keeps
from stemlens.figures.class_means import mean_over_classes
from stemlens.figures.keeps import plot_keeps
from stemlens.figures.style import class_styles
from stemlens.keeps.names import ALWAYS, NEVER, OPEN_INTERVAL

PAPER = {("instrument", "paper"): LAYERS}
CREPE = {("other", "crepe"): NETWORKS["other", "crepe"]}
TITLES = [
    *("a  Detection threshold: trained", "Detection threshold: untrained twin"),
    *("b  Invariance: time axis kept", "Invariance: averaged over time"),
    *("c  Retrieval: time axis kept", "Retrieval: averaged over time"),
    *("d  Concepts: time axis kept", "Concepts: averaged over time"),
]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Those of the paper's network."""
    return read_back(keeps_tables(PAPER), tmp_path_factory.mktemp("tables"))


def drawn(tables, **without):
    shown = {name: table for name, table in tables.items() if name != "gains"}
    return plot_keeps({**shown, **without}, CLASSES, gains_db=GAINS_DB)


def panels_of(figure):
    return {axis.get_title(loc="left"): axis for axis in figure.axes if axis.axison}


def curves_of(axis):
    return [line for line in axis.get_lines() if len(line.get_xdata()) == len(LAYERS)]


def by_depth(rows, column):
    return rows.sort_values("depth")[column].to_numpy()


def words_of(figure):
    legends = [axis.get_legend() for axis in figure.axes if axis.get_legend()]
    return [[text.get_text() for text in legend.get_texts()] for legend in legends]


def test_every_part_has_a_row_over_the_same_layers(tables):
    figure = drawn(tables)
    panels = panels_of(figure)
    assert list(panels) == TITLES
    for title in TITLES[-2:]:
        names = [text.get_text() for text in panels[title].get_xticklabels()]
        assert names == LAYERS
    assert len({axis.get_xlim() for axis in panels.values()}) == 1


@pytest.mark.parametrize("part", ["gain_thresholds", "invariance", "retrieval", "concepts"])
def test_a_part_alone_is_a_row_alone_and_names_the_layers(tables, part):
    figure = plot_keeps({part: tables[part]}, CLASSES, gains_db=GAINS_DB)
    left, right = panels_of(figure).values()
    assert left.get_title(loc="left").startswith("a  ")
    for axis in (left, right):
        assert [text.get_text() for text in axis.get_xticklabels()] == LAYERS


def test_a_part_without_rows_of_the_network_is_left_out(tables):
    figure = drawn(tables, concepts=tables["concepts"].iloc[:0])
    assert list(panels_of(figure)) == TITLES[:-2]


def test_curves_of_invariance_are_means_over_the_classes_and_not_of_the_mix(tables):
    table = tables["invariance"].query("measure == 'pearson' and training == 'trained'")
    table = table[table["strength"].isna() & (table["class"] != "mix")]
    panels = panels_of(drawn(tables))
    for title, time in zip(TITLES[2:4], TIMES, strict=True):
        curves = curves_of(panels[title])
        assert len(curves) == len(TRANSFORMATIONS)
        for line, name in zip(curves, TRANSFORMATIONS, strict=True):
            rows = table[(table["time"] == time) & (table["transformation"] == name)]
            means = rows.groupby("layer")["invariance"].mean()[LAYERS]
            np.testing.assert_allclose(line.get_ydata(), means)


def test_retrieval_has_each_job_its_chance_and_its_twin(tables):
    table = tables["retrieval"].query(
        "measure == 'pearson' and score == 'mean_reciprocal_rank' and `class` != 'mix'"
    )
    table = table[table["transformation"].isna()]
    panels = panels_of(drawn(tables))
    for title, time in zip(TITLES[4:6], TIMES, strict=True):
        curves = iter(curves_of(panels[title]))
        jobs = JOBS if time == "kept" else JOBS[:2]
        for job in jobs:
            rows = table[(table["job"] == job) & (table["time"] == time)]
            means = rows.groupby(["training", "layer"])[["value", "chance"]].mean()
            twin, trained, chance = (next(curves) for _ in range(3))
            np.testing.assert_allclose(twin.get_ydata(), means["value"]["untrained"][LAYERS])
            np.testing.assert_allclose(trained.get_ydata(), means["value"]["trained"][LAYERS])
            np.testing.assert_allclose(chance.get_ydata(), means["chance"]["trained"][LAYERS])
            assert twin.get_linewidth() < trained.get_linewidth()
            assert (twin.get_linestyle(), chance.get_linestyle()) == ("--", ":")
        assert next(curves, None) is None
        assert len(panels[title].collections) == len(jobs)


def test_concepts_are_shares_of_the_way_from_chance_to_perfect(tables):
    table = tables["concepts"].query("time == 'kept'")
    curves = iter(curves_of(panels_of(drawn(tables))[TITLES[6]]))
    for concept, n_levels in CONCEPTS.items():
        rows = table[table["concept"] == concept]
        for training in ("untrained", "trained"):
            accuracy = by_depth(rows[rows["training"] == training], "balanced_accuracy")
            expected = (accuracy * n_levels - 1) / (n_levels - 1)
            np.testing.assert_allclose(next(curves).get_ydata(), expected)


def thresholds_of(**columns):
    """Thresholds of drums in the first four layers of a trained network."""
    count = len(next(iter(columns.values())))
    about = {"task": "instrument", "network": "paper", "training": "trained", "class": "drums"}
    usual = {"note": "", "ci_low": np.nan, "ci_high": np.nan, "n_seeds": 1, "n_songs": 9}
    return pd.DataFrame(
        {"layer": LAYERS[:count], "depth": range(count), **about, **usual, **columns}
    )


def marks_of(thresholds):
    """Marker → heights of what has it in the panel of the trained network, and segments."""
    figure = plot_keeps({"gain_thresholds": thresholds}, ["drums"], gains_db=[-12, 0, 12])
    axis = figure.axes[0]
    marks, intervals = {}, []
    for line in axis.get_lines():
        heights = [height for height in line.get_ydata() if np.isfinite(height)]
        if line.get_marker() != "None":
            marks.setdefault(line.get_marker(), []).extend(heights)
        elif len(set(line.get_xdata())) == 1:
            intervals.append(heights)
    places = dict(zip(axis.get_yticks(), axis.get_yticklabels(), strict=True))
    names = {label.get_text(): at for at, label in places.items()}
    return marks, intervals, names, figure


def test_classes_that_are_never_or_always_heard_stand_beyond_the_gains():
    notes = [NEVER, "", ALWAYS, ""]
    marks, _, names, _ = marks_of(thresholds_of(threshold_db=[np.nan, -3, np.nan, 5.0], note=notes))
    assert marks["o"] == [-3, 5, names["always"], names["never"]]
    assert names["always"] < -12
    assert names["never"] > 12
    assert not marks["x"]


def test_an_interval_that_is_open_reaches_the_rim_as_an_arrow():
    table = thresholds_of(threshold_db=[1.0, 2, 3], ci_low=[0, np.nan, 2], ci_high=[2, 4, np.nan])
    marks, intervals, names, figure = marks_of(table)
    (low_rim_db,), (high_rim_db,) = marks["v"], marks["^"]
    assert intervals == [[0, 2], [low_rim_db, 4], [2, high_rim_db]]
    assert names["always"] < low_rim_db < -12
    assert 12 < high_rim_db < names["never"]
    assert words_of(figure) == [["drums", "interval over songs", "interval goes further"]]


def test_an_interval_that_is_open_at_both_ends_reaches_both_rims():
    marks, intervals, _, figure = marks_of(thresholds_of(threshold_db=[1.0], note=OPEN_INTERVAL))
    assert intervals == [[*marks["v"], *marks["^"]]]
    assert words_of(figure) == [["drums", "interval over songs", "interval goes further"]]


def test_a_threshold_from_few_songs_has_no_interval():
    marks, intervals, _, figure = marks_of(thresholds_of(threshold_db=[1.0, 2], note="few songs"))
    assert not intervals
    assert {"v", "^"}.isdisjoint(marks)
    assert words_of(figure) == [["drums"]]


def test_a_threshold_that_is_undefined_is_a_cross_with_its_reason():
    table = thresholds_of(threshold_db=[1.0, np.nan], note=["", "an activation is constant"])
    marks, _, _, figure = marks_of(table)
    assert len(marks["x"]) == 1
    assert "Detection threshold at conv1: an activation is constant." in (
        figure.get_supxlabel().replace("\n", " ")
    )


def test_undefined_values_are_crosses_with_their_reasons(tmp_path):
    tables = read_back(keeps_tables(CREPE), tmp_path)
    figure = drawn(tables)
    said = figure.get_supxlabel()
    for part in ("Invariance", "Retrieval", "Concepts"):
        assert f"{part} at classifier: an activation is constant." in said


def test_a_mean_over_classes_is_undefined_where_one_of_them_is(tables):
    table = tables["invariance"].query("measure == 'pearson' and time == 'kept'")
    is_hidden = (table["class"] == "bass") & (table["layer"] == "conv2")
    table = table.assign(
        invariance=table["invariance"].mask(is_hidden), note=np.where(is_hidden, "silent", "")
    )
    means = mean_over_classes(table, CLASSES, ["invariance"], by=["transformation", "strength"])
    is_undefined = means["invariance"].isna()
    assert set(means.loc[is_undefined, "layer"]) == {"conv2"}
    assert (means["layer"][~is_undefined] != "conv2").all()
    assert (means["note"] == np.where(is_undefined, "silent", "")).all()


def test_eleven_transformations_differ_in_colour_or_marker_and_line():
    looks = [tuple(style.values()) for style in class_styles([*TRANSFORMATIONS]).values()]
    assert len(set(looks)) == len(TRANSFORMATIONS) == 11
    assert len({look[1:] for look in looks}) == 11


def test_the_script_draws_what_is_in_the_tables(tmp_path):
    tables = keeps_tables()
    read_back(tables, tmp_path)
    paths = [str(tmp_path / f"{name}.csv") for name in tables if name != "gains"]
    figures = [str(tmp_path / "keeps.png"), str(tmp_path / "keeps.pdf")]
    about = {"task": "other", "network": "vggish", "classes": CLASSES}
    draw_keeps(paths, figures, gains_db=GAINS_DB, **about)
    with Image.open(figures[0]) as picture:
        assert min(picture.size) > 1000
    assert (tmp_path / "keeps.pdf").stat().st_size > 10_000
