"""The ladder: all networks by relative depth, each beside its untrained twin."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from stemlens.figures.class_panels import blocks, class_panels
from stemlens.figures.layer_curves import interval_handle
from stemlens.figures.representations import UNDEFINED_COLOUR
from stemlens.figures.style import class_styles, legend_above
from stemlens.representations.ladder import CKA, PROBE

CURVES = {
    "pearson_contrast": ("Pearson contrast\nof the class", 0.0),
    PROBE: ("Balanced accuracy\nof a linear probe", 0.5),
}
"""Measure → label, and the value of a layer that knows nothing of the class."""
MOST_NAMES = 12
"""Layers whose names fit beside a map."""


def plot_ladder(ladder: pd.DataFrame, classes: Sequence[str], reference: str) -> Figure:
    """Draw contrasts and probes by relative depth, and CKA with the studied network.

    Parameters
    ----------
    ladder
        From `stemlens.representations.ladder.ladder`.
    classes
        Names of the classes, in the order of the columns.
    reference
        Name of the studied network.
    """
    ladder = ladder.assign(name=_names(ladder))
    names = list(dict.fromkeys(ladder["name"]))
    maps = ladder[ladder["measure"] == CKA]
    compared = list(dict.fromkeys(maps["name"]))
    trainings = [t for t in ("trained", "untrained") if t in set(maps["training"])]
    n_blocks, n_columns = blocks(len(classes))
    width = max(2.4 * n_columns, 2.2 * len(compared) + 1)
    heights = [1.2 + 2 * len(CURVES) * n_blocks, 0.6 + 2.3 * len(trainings)]
    figure = plt.figure(figsize=(width, sum(heights)))
    (above,), (below,) = figure.subfigures(2, 1, squeeze=False, height_ratios=heights)
    _draw_curves(above, ladder, classes, names)
    _draw_maps(below, maps, compared, trainings, reference)
    return figure


def _names(ladder: pd.DataFrame) -> pd.Series:
    """Networks by name; with the task where one is trained for several."""
    tasks = ladder.groupby("network")["task"].transform("nunique")
    with_task = ladder["network"] + " (" + ladder["task"] + ")"
    return ladder["network"].where(tasks == 1, with_task)


def _draw_curves(
    figure: SubFigure, ladder: pd.DataFrame, classes: Sequence[str], names: Sequence[str]
) -> None:
    styles = class_styles(names)
    axes = class_panels(figure, classes, [label for label, _ in CURVES.values()])
    for row, (measure, (_, nothing)) in zip(axes, CURVES.items(), strict=True):
        of_measure = ladder[ladder["measure"] == measure]
        row[0].set_ylim(*_limits(of_measure["value"], nothing))
        for class_name, axis in zip(classes, row, strict=True):
            axis.axhline(nothing, color="0.3", linewidth=0.8)
            of_class = of_measure[of_measure["class"] == class_name]
            for (name, training), curve in of_class.groupby(["name", "training"], sort=False):
                draw = _draw_trained if training == "trained" else _draw_twin
                draw(axis, curve.sort_values("depth"), **styles[name])
    figure.supxlabel("Relative depth: 0 is the input, 1 the last layer", fontsize="medium")
    handles = [Line2D([], [], label=name, markersize=4, **styles[name]) for name in names]
    handles.append(Line2D([], [], color="0.3", linestyle="--", label="its untrained twin"))
    curves = ladder[ladder["measure"].isin(CURVES) & (ladder["training"] == "trained")]
    legend_above(figure, [*handles, interval_handle(curves)])


def _limits(values: pd.Series, nothing: float) -> tuple[float, float]:
    """Limits by the curves: intervals from few songs would dwarf them, and may be cut off."""
    low, high = min(values.min(), nothing), max(values.max(), nothing)
    margin = 0.25 * (high - low) or 1.0
    return low - margin, high + margin


def _draw_trained(axis: Axes, curve: pd.DataFrame, *, color: str, **style: Any) -> None:
    depth = curve["relative_depth"]
    axis.plot(depth, curve["value"], color=color, markersize=3.5, linewidth=1.4, **style)
    axis.fill_between(
        depth, curve["ci_low"], curve["ci_high"], color=color, alpha=0.15, linewidth=0
    )


def _draw_twin(axis: Axes, curve: pd.DataFrame, *, color: str, **_style: str) -> None:
    axis.plot(curve["relative_depth"], curve["value"], color=color, linestyle="--", linewidth=1)


def _draw_maps(
    figure: SubFigure,
    maps: pd.DataFrame,
    names: Sequence[str],
    trainings: Sequence[str],
    reference: str,
) -> None:
    # At least three columns, so that the map of a single network is no banner.
    axes = figure.subplots(len(trainings), max(3, len(names)), squeeze=False)
    for axis in axes[:, len(names) :].ravel():
        axis.set_axis_off()
    lowest = min(0.0, float(maps["value"].min()))
    image: AxesImage | None = None
    for row, training in zip(axes, trainings, strict=True):
        for axis, name in zip(row, names, strict=False):
            of_model = maps[(maps["name"] == name) & (maps["training"] == training)]
            if of_model.empty:
                axis.set_axis_off()
                axis.text(0.5, 0.5, "no twin", transform=axis.transAxes, ha="center", color="0.3")
                continue
            image = _draw_map(axis, of_model, lowest)
            label = name if training == "trained" else f"{name}, untrained"
            axis.set_title(label, loc="left", fontsize=9)
        row[0].set_ylabel(f"Layer of {reference}")
    if image is not None:
        figure.colorbar(image, ax=axes.ravel().tolist(), label="Linear CKA, debiased")


def _draw_map(axis: Axes, of_model: pd.DataFrame, lowest: float) -> AxesImage:
    layers = list(of_model.sort_values("depth", kind="stable")["layer"].unique())
    references = list(of_model["reference_layer"].unique())
    table = of_model.pivot_table(
        index="reference_layer", columns="layer", values="value", dropna=False
    )
    values = table.reindex(index=references, columns=layers).to_numpy(np.float64)
    colours = plt.get_cmap("viridis").with_extremes(bad=UNDEFINED_COLOUR)
    image = axis.imshow(values, vmin=lowest, vmax=1, cmap=colours, aspect="auto")
    axis.set_yticks(range(len(references)), references, fontsize=7)
    step = -(-len(layers) // MOST_NAMES)
    axis.set_xticks(range(0, len(layers), step), layers[::step], rotation=90, fontsize=7)
    axis.grid(visible=False)
    return image
