"""The instrument and the mood network side by side, class by class."""

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from stemlens.figures.class_panels import blocks, class_panels
from stemlens.figures.layer_curves import (
    draw_curve,
    explain_crosses,
    interval_handle,
    layer_names,
    name_layers,
)
from stemlens.figures.style import legend_above
from stemlens.similarity.measures import MEASURES

TASK_STYLES: dict[str, dict[str, Any]] = {
    "instrument": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "mood": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
}
DIFFERENCE: dict[str, Any] = {"color": "black", "linestyle": "-", "marker": "D"}
SIMILARITIES = ("pearson", "cosine")


def plot_both_networks(compared: pd.DataFrame, classes: list[str]) -> Figure:
    """Draw both networks' similarities and, below, their difference with its interval.

    The number in each panel of differences says how much more similarity rises from the input
    to the first layer in the mood network.

    Parameters
    ----------
    compared
        Rows of one network and training, as from
        `stemlens.similarity.task_difference.task_difference`.
    classes
        Names of the classes, in the order of the columns.
    """
    layers = layer_names(compared)
    n_blocks, n_columns = blocks(len(classes))
    figure = plt.figure(figsize=(2.5 * n_columns, 8 * n_blocks))
    labels = [
        label
        for measure in SIMILARITIES
        for label in (MEASURES[measure].label, "Mood − instrument")
    ]
    axes = class_panels(figure, classes, labels)
    means = compared.drop(columns=["ci_low", "ci_high"])
    for row, measure in enumerate(SIMILARITIES):
        above, below = axes[2 * row], axes[2 * row + 1]
        for name, curves, difference in zip(classes, above, below, strict=True):
            of_class = (compared["class"] == name) & (compared["measure"] == measure)
            for task, style in TASK_STYLES.items():
                draw_curve(curves, means[of_class], layers, task, **style)
            draw_curve(difference, compared[of_class], layers, "difference", **DIFFERENCE)
            difference.axhline(0, color="0.3", linewidth=0.8)
            first = compared[of_class & (compared["depth"] == 1)].iloc[0]
            difference.set_title(_change(first, layers), loc="left", fontsize=7)
    name_layers(axes[-1], layers)
    handles = [Line2D([], [], label=f"{t} network", **s) for t, s in TASK_STYLES.items()]
    drawn = {
        MEASURES[measure].label: compared[compared["measure"] == measure]
        for measure in SIMILARITIES
    }
    interval = interval_handle(pd.concat(drawn.values()))
    legend_above(figure, [*handles, Line2D([], [], label="difference", **DIFFERENCE), interval])
    explain_crosses(figure, drawn, "difference")
    return figure


def _change(first: pd.Series, layers: list[str]) -> str:
    text = f"{layers[0]} → {layers[1]}: {first['change']:+.2f}"
    if pd.notna(first["change_ci_low"]):
        text += f" [{first['change_ci_low']:+.2f}, {first['change_ci_high']:+.2f}]"
    return text
