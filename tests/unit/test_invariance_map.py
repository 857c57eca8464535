"""The map of invariances: layers × transformations of every network."""

import itertools

import numpy as np
import pytest
from keeps_tables import (
    CLASSES,
    LAYERS,
    NETWORKS,
    TIMES,
    TRANSFORMATIONS,
    invariance_table,
    read_back,
)
from matplotlib.colors import to_hex
from PIL import Image
from plot_invariance_map import main as draw_invariance_map
from stemlens.figures.invariance_map import plot_invariance_map

PAPER = {("instrument", "paper"): LAYERS}


@pytest.fixture(scope="module")
def map_of_all(tmp_path_factory):
    tables = {"invariance": invariance_table()}
    table = read_back(tables, tmp_path_factory.mktemp("map"))["invariance"]
    return plot_invariance_map(table, CLASSES), table


def maps_of(figure):
    return [axis for axis in figure.axes if axis.images]


def test_the_map_has_each_network_trained_beside_untrained_for_both_times(map_of_all):
    figure, table = map_of_all
    maps = np.array(maps_of(figure)).reshape(len(NETWORKS), 4)
    titles = [axis.get_title(loc="left") for axis in maps[0]]
    assert titles == [
        *("Time axis kept: trained", "untrained"),
        *("Averaged over time: trained", "untrained"),
    ]
    is_shown = (table["measure"] == "pearson") & table["strength"].isna()
    shown = table[is_shown & table["class"].isin(CLASSES)]
    for (key, layers), row in zip(NETWORKS.items(), maps, strict=True):
        of_network = shown[(shown["task"] == key[0]) & (shown["network"] == key[1])]
        columns = itertools.product(TIMES, ("trained", "untrained"))
        for axis, (time, training) in zip(row, columns, strict=True):
            is_of_map = (of_network["time"] == time) & (of_network["training"] == training)
            by_cell = of_network[is_of_map].groupby(["transformation", "layer"])["invariance"]
            means = by_cell.mean().reindex(itertools.product(TRANSFORMATIONS, layers))
            expected = means.to_numpy().reshape(len(TRANSFORMATIONS), len(layers))
            np.testing.assert_allclose(axis.images[0].get_array().filled(np.nan), expected)
            assert axis.images[0].get_clim() == (0, 1)
            assert [text.get_text() for text in axis.get_xticklabels()] == list(layers)


def test_networks_of_one_name_are_told_apart_by_their_task(map_of_all):
    labels = [axis.get_ylabel() for axis in maps_of(map_of_all[0]) if axis.get_ylabel()]
    assert labels == ["paper\n(instrument)", "paper\n(mood)", "musicnn", "crepe", "vggish"]


def test_cells_say_their_value_where_they_have_one(map_of_all):
    for axis in maps_of(map_of_all[0]):
        values = axis.images[0].get_array()
        said = [text.get_text() for text in axis.texts]
        for value, text in zip(values.filled(np.nan).ravel(), said, strict=True):
            if np.isnan(value):
                assert text == ""
            else:
                assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.0051)


def test_a_network_of_many_layers_has_no_numbers(tmp_path):
    networks = {("other", "deep"): [f"layer{n}" for n in range(30)]}
    table = read_back({"invariance": invariance_table(networks)}, tmp_path)["invariance"]
    axis = maps_of(plot_invariance_map(table, CLASSES))[0]
    assert not axis.texts
    assert len(axis.get_xticklabels()) == 15


def test_a_network_without_a_twin_has_no_empty_maps(tmp_path):
    table = invariance_table(PAPER).query("training == 'trained'")
    table = read_back({"invariance": table}, tmp_path)["invariance"]
    assert len(maps_of(plot_invariance_map(table, CLASSES))) == 2


def test_numbers_can_be_read_on_their_cells(map_of_all):
    """By the contrast ratio that WCAG demands of large text, 3."""
    for axis in maps_of(map_of_all[0])[:1]:
        image = axis.images[0]
        values = image.get_array().filled(np.nan).ravel()
        for value, text in zip(values, axis.texts, strict=True):
            colour = np.array(image.cmap(image.norm(value))[:3])
            linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
            lightness = linear @ [0.2126, 0.7152, 0.0722]
            ink = {"#ffffff": 1.0, "#000000": 0.0}[to_hex(text.get_color())]
            high, low = max(lightness, ink), min(lightness, ink)
            assert (high + 0.05) / (low + 0.05) >= 3


def test_the_script_draws_the_table(tmp_path):
    read_back({"invariance": invariance_table()}, tmp_path)
    figures = [str(tmp_path / "map.png"), str(tmp_path / "map.pdf")]
    draw_invariance_map(str(tmp_path / "invariance.csv"), figures, classes=CLASSES)
    with Image.open(figures[0]) as picture:
        assert min(picture.size) > 1000
    assert (tmp_path / "map.pdf").stat().st_size > 10_000
