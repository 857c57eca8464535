"""To which transformations each layer of each network is invariant, as maps."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from stemlens.figures.class_means import mean_over_classes
from stemlens.figures.layer_curves import layer_names
from stemlens.figures.representations import UNDEFINED_COLOUR
from stemlens.figures.transformation_labels import transformation_labels

MEASURE = "pearson"
COLUMNS = {
    ("kept", "trained"): "Time axis kept: trained",
    ("kept", "untrained"): "untrained",
    ("averaged", "trained"): "Averaged over time: trained",
    ("averaged", "untrained"): "untrained",
}
"""Time axis and training of each column of maps."""
MOST_NUMBERS = 12
"""Layers whose values can be read in their cells."""
MOST_NAMES = 24
"""Layers whose names fit below a map."""
DARK_UP_TO = 0.6
"""Up to this value white is read better on the map's colours than black."""


def plot_invariance_map(invariance: pd.DataFrame, classes: Sequence[str]) -> Figure:
    """Draw layers × transformations of each network, trained beside untrained.

    Parameters
    ----------
    invariance
        Table ``invariance``, see ``docs/tables.md``; rows of the Pearson correlation, averaged over
        strengths, are drawn.
    classes
        Names of the classes over which values are averaged; the mix is none.
    """
    is_shown = (invariance["measure"] == MEASURE) & invariance["strength"].isna()
    by = ["transformation"]
    means = mean_over_classes(invariance[is_shown], classes, ["invariance"], by=by)
    names = list(means["transformation"].unique())
    labels = transformation_labels(invariance)
    networks = [*means.groupby(["task", "network"], sort=False)]
    columns = [key for key in COLUMNS if _of(means, *key).any()]
    height = 0.8 + len(networks) * (0.9 + 0.17 * len(names))
    figure = plt.figure(figsize=(1.7 + 2.6 * len(columns), height))
    axes = figure.subplots(len(networks), len(columns), squeeze=False)
    for row, ((task, network), of_network) in zip(axes, networks, strict=True):
        layers = layer_names(of_network)
        for axis, key in zip(row, columns, strict=True):
            image = _draw_map(axis, of_network[_of(of_network, *key)], names, layers)
        row[0].set_yticks(range(len(names)), [labels[name] for name in names], fontsize=7)
        row[0].set_ylabel(network if task == "other" else f"{network}\n({task})", fontweight="bold")
    for axis, key in zip(axes[0], columns, strict=True):
        axis.set_title(COLUMNS[key], loc="left")
    where: dict[str, Any] = {"location": "top", "shrink": 0.5, "pad": 0.02, "aspect": 40}
    label = "Invariance (Pearson r): 0 like another song, 1 identical"
    figure.colorbar(image, ax=axes.ravel().tolist(), extend="min", label=label, **where)
    return figure


def _of(means: pd.DataFrame, time: str, training: str) -> pd.Series:
    return (means["time"] == time) & (means["training"] == training)


def _draw_map(
    axis: Axes, means: pd.DataFrame, names: Sequence[str], layers: Sequence[str]
) -> AxesImage:
    table = means.pivot_table(
        index="transformation", columns="layer", values="invariance", dropna=False
    )
    values = table.reindex(index=names, columns=layers).to_numpy(np.float64)
    colours = plt.get_cmap("viridis").with_extremes(bad=UNDEFINED_COLOUR)
    image = axis.imshow(values, vmin=0, vmax=1, cmap=colours, aspect="auto")
    step = -(-len(layers) // MOST_NAMES)
    axis.set_xticks(range(0, len(layers), step), layers[::step], rotation=90, fontsize=7)
    axis.set_yticks(range(len(names)), [])
    axis.grid(visible=False)
    if len(layers) <= MOST_NUMBERS:
        for (row, column), value in np.ndenumerate(values):
            text = "" if np.isnan(value) else _number(value)
            ink = "white" if value <= DARK_UP_TO else "black"
            axis.text(column, row, text, ha="center", va="center", fontsize=5.5, color=ink)
    return image


def _number(value: float) -> str:
    """Two digits after the point, without the zero before it."""
    if value < -1:
        return "<−1"
    # Without a minus before what is rounded to 0.
    return f"{round(value, 2) + 0:.2f}".replace("0.", ".").replace("-", "−")
