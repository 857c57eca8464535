"""Curves over the layers of a network, with their intervals: what several figures draw."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from stemlens.figures.style import legend_above
from stemlens.notes import reasons
from stemlens.similarity.measures import MEASURES
from stemlens.statistics.bootstrap import MIN_SONGS

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
CROSS_HEIGHT = 0.03
"""Of the crosses that stand for undefined values, as a share of the panel."""
CHARACTERS_PER_INCH = 18
"""Of the smallest print."""


def layer_names(table: pd.DataFrame) -> list[str]:
    """Layers of a table by depth."""
    return list(table.sort_values("depth", kind="stable")["layer"].unique())


def draw_curve(
    axis: Axes, table: pd.DataFrame, layers: Sequence[str], value: str, **style: Any
) -> None:
    """Draw a value against the layers, and its interval as a band where the table has one.

    A cross at the foot of the panel stands where the table has a layer without a value.

    Parameters
    ----------
    table
        A row per layer: ``layer``, `value`, and ``ci_low`` and ``ci_high`` if there is a band.
    layers
        Names of the layers from left to right.
    style
        Of the line; the band takes its colour.
    """
    rows = table.set_index("layer").reindex(layers)
    axis.plot(range(len(layers)), rows[value], **{"linewidth": 1.4, "markersize": 3.5, **style})
    undefined = [
        position
        for position, layer in enumerate(layers)
        if layer in set(table["layer"]) and pd.isna(rows[value][layer])
    ]
    if undefined:
        axis.plot(
            undefined,
            [CROSS_HEIGHT] * len(undefined),
            linestyle="",
            marker="x",
            color=style["color"],
            transform=axis.get_xaxis_transform(),
        )
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


def explain_crosses(
    figure: Figure | SubFigure, tables: Mapping[str, pd.DataFrame], value: str
) -> None:
    """Say below the panels why curves have no value at some layers, if that is so.

    Parameters
    ----------
    tables
        What a panel shows → the rows that are drawn: ``layer``, `value` and ``note``.
    """
    parts = []
    for label, table in tables.items():
        undefined = table[table[value].isna()].sort_values("depth", kind="stable")
        layers_of: dict[str, list[str]] = {}
        for layer, note in zip(undefined["layer"], undefined["note"].fillna(""), strict=True):
            for reason in reasons(note):
                if layer not in layers_of.setdefault(reason, []):
                    layers_of[reason].append(layer)
        n_layers = table["layer"].nunique()
        for reason, layers in layers_of.items():
            where = ", ".join(layers) if len(layers) < n_layers else "every layer"
            parts.append(f"{' '.join(label.split())} at {where}: {reason}.")
    if parts:
        width = int(figure.bbox.width / figure.dpi * CHARACTERS_PER_INCH)
        lines = [line for part in parts for line in wrap(part, width)]
        text = "\n".join(["× undefined:", *lines])
        figure.supxlabel(text, fontsize=7, x=0.01, ha="left")
    for axis in figure.axes:
        if axis.lines and not any(_has_values(line) for line in axis.lines):
            axis.text(0.5, 0.7, "undefined", transform=axis.transAxes, ha="center", color="0.3")


def _has_values(line: Line2D) -> bool:
    is_cross = line.get_marker() == "x"
    return not is_cross and bool(np.isfinite(np.asarray(line.get_ydata(), np.float64)).any())


def interval_label(table: pd.DataFrame) -> str:
    """What the intervals of a table, with ``n_seeds`` and ``n_songs``, are over, or why none is."""
    drawn = table[table["ci_low"].notna()]
    if len(drawn):
        return f"interval over songs{' and seeds' if (drawn['n_seeds'] > 1).any() else ''}"
    are_few = (table["n_songs"] < MIN_SONGS).all()
    return f"no interval: < {MIN_SONGS} songs" if are_few else "no interval"


def interval_handle(table: pd.DataFrame) -> Artist:
    """For a legend: `interval_label`, beside the colour of a band where there is one."""
    is_drawn = table["ci_low"].notna().any()
    return Patch(color="0.8" if is_drawn else "none", label=interval_label(table))


def training_legend(figure: Figure | SubFigure, table: pd.DataFrame) -> None:
    """Say above the panels which line is which training, and what a band is."""
    lines = [
        Line2D([], [], label=TRAINING_LABELS[name], markersize=4, **TRAINING_STYLES[name])
        for name in TRAINING_STYLES
        if name in set(table["training"])
    ]
    legend_above(figure, [*lines, interval_handle(table)])


def shown_measures(mse_measure: str) -> dict[str, str]:
    """The three measures that figures show, with their labels."""
    return {name: MEASURES[name].label for name in ("pearson", "cosine", mse_measure)}
