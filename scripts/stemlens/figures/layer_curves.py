"""Curves over the layers of a network, with their intervals: what several figures draw."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

TRAINING_STYLES: dict[str, dict[str, Any]] = {
    "trained": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "untrained": {"color": "0.45", "linestyle": "--", "marker": "s"},
    "shuffled": {"color": "#D55E00", "linestyle": ":", "marker": "^"},
}
TRAINING_LABELS = {
    "trained": "trained",
    "untrained": "untrained",
    "shuffled": "trained on shuffled labels",
}
MEASURE_LABELS = {
    "pearson": "Pearson correlation r",
    "cosine": "Cosine similarity",
    "mse": "Mean squared error",
    "mse_pair_max_over_layers": "MSE\n÷ pair's maximum over layers",
    "mse_peak": "MSE\n÷ pair's peak activation²",
    "mse_layer_max": "MSE\n÷ layer's maximum over pairs",
}
INTERVAL = Patch(color="0.8", label="interval over songs")
LEGEND_COLUMN_INCHES = 1.6


def layer_names(table: pd.DataFrame) -> list[str]:
    """Layers of a table by depth."""
    return list(table.sort_values("depth", kind="stable")["layer"].unique())


def draw_curve(
    axis: Axes, table: pd.DataFrame, layers: Sequence[str], value: str, **style: Any
) -> None:
    """Draw a value against the layers, and its interval as a band where the table has one.

    Parameters
    ----------
    axis
        Where to draw.
    table
        A row per layer: ``layer``, `value`, and ``ci_low`` and ``ci_high`` if there is a band.
    layers
        Names of the layers from left to right.
    value
        Column to draw.
    style
        Of the line; the band takes its colour.
    """
    rows = table.set_index("layer").reindex(layers)
    axis.plot(range(len(layers)), rows[value], linewidth=1.4, markersize=3.5, **style)
    if "ci_low" in rows:
        axis.fill_between(
            range(len(layers)),
            rows["ci_low"],
            rows["ci_high"],
            color=style["color"],
            alpha=0.2,
            linewidth=0,
        )


def name_layers(axes: Iterable[Axes], layers: Sequence[str]) -> None:
    """Write the layers' names below the axes."""
    for axis in axes:
        axis.set_xticks(range(len(layers)), layers, rotation=90)


def legend_above(figure: Figure | SubFigure, handles: Sequence[Artist]) -> None:
    """Put a legend above the panels, in as many columns as the figure is wide for."""
    width_inches = figure.bbox.width / figure.dpi
    n_columns = max(1, int(width_inches / LEGEND_COLUMN_INCHES))
    figure.legend(
        handles=[*handles], loc="outside upper center", ncols=min(n_columns, len(handles))
    )


def training_legend(figure: Figure | SubFigure, trainings: Iterable[str]) -> None:
    """Say above the panels which line is which training, and what a band is."""
    lines = [
        Line2D([], [], label=TRAINING_LABELS[name], markersize=4, **TRAINING_STYLES[name])
        for name in TRAINING_STYLES
        if name in set(trainings)
    ]
    legend_above(figure, [*lines, INTERVAL])


def shown_measures(mse_measure: str) -> dict[str, str]:
    """The three measures that figures show, with their labels."""
    return {name: MEASURE_LABELS[name] for name in ("pearson", "cosine", mse_measure)}
