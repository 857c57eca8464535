"""What each layer of one network keeps: gains, transformations, retrieval, concepts."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from stemlens.figures.class_means import mean_over_classes
from stemlens.figures.heard_gains import (
    draw_thresholds,
    threshold_handles,
    without_never_and_always,
)
from stemlens.figures.layer_curves import (
    draw_curve,
    explain_crosses,
    interval_handle,
    layer_names,
    name_layers,
)
from stemlens.figures.style import class_styles
from stemlens.figures.transformation_labels import transformation_labels

MEASURE = "pearson"
SCORE = "mean_reciprocal_rank"
TIMES = {"kept": "time axis kept", "averaged": "averaged over time"}
TRAININGS = {"trained": "trained", "untrained": "untrained twin"}
JOBS = {
    "audio_matching": "audio matching",
    "music_similarity": "music similarity",
    "instrument": "same instrument",
}
"""Job of retrieval → what it is called."""
TWIN: dict[str, Any] = {"linewidth": 0.9, "linestyle": "--", "marker": "", "alpha": 0.7}
LOWEST_SHOWN = -1.05
"""Invariances below this are left to the map."""
MOST_BANDS = 5
"""Intervals of more lines would hide them."""


def plot_keeps(
    tables: Mapping[str, pd.DataFrame], classes: Sequence[str], *, gains_db: Sequence[float]
) -> Figure:
    """Draw a row of panels for each part of the analysis, over the same layers.

    Parameters
    ----------
    tables
        Rows of one network and its twin of ``gain_thresholds``, ``invariance``, ``retrieval`` and
        ``concepts``, those that there are, one at least; see ``docs/tables.md``.
    classes
        Names of the classes, in the order of their colours.
    gains_db
        Gains at which classes were listened for, in dB.
    """
    parts: dict[str, Callable[..., _Drawn]] = {
        "gain_thresholds": partial(_draw_gains, classes=classes, gains_db=gains_db),
        "invariance": partial(_draw_invariance, classes=classes),
        "retrieval": partial(_draw_retrieval, classes=classes),
        "concepts": _draw_concepts,
    }
    shown = [name for name in parts if name in tables and len(tables[name])]
    layers = layer_names(pd.concat([tables[name] for name in shown]))
    width = 2.6 + 2 * max(2.8, 0.3 * len(layers))
    figure = plt.figure(figsize=(width, 0.8 + 2.4 * len(shown)))
    ratios = {"width_ratios": [width - 2.6, width - 2.6, 3.6]}
    rows = figure.subplots(len(shown), 3, squeeze=False, gridspec_kw=ratios)
    undefined: dict[str, pd.DataFrame] = {}
    for letter, name, (left, right, beside) in zip("abcd", shown, rows, strict=False):
        right.sharey(left)
        right.tick_params(labelleft=False)
        handles, crosses = parts[name](np.array([left, right]), layers, tables[name])
        left.set_title(f"{letter}  {left.get_title(loc='left')}", loc="left")
        beside.set_axis_off()
        beside.legend(handles=handles, loc="center left", fontsize=8, borderaxespad=0)
        undefined |= crosses
    for row in rows:
        for axis in row[:2]:
            axis.set_xlim(-0.5, len(layers) - 0.5)
            axis.set_xticks(range(len(layers)), [])
    name_layers(rows[-1, :2], layers)
    explain_crosses(figure, undefined, "value")
    return figure


_Drawn = tuple[list[Artist], dict[str, pd.DataFrame]]
"""For a legend; and what each kind of curve shows, with its undefined values."""


def _draw_gains(
    axes: np.ndarray,
    layers: Sequence[str],
    table: pd.DataFrame,
    classes: Sequence[str],
    gains_db: Sequence[float],
) -> _Drawn:
    styles = class_styles(classes)
    for axis, (training, label) in zip(axes, TRAININGS.items(), strict=True):
        of_training = table[table["training"] == training]
        draw_thresholds(axis, of_training, layers, styles, gains_db)
        axis.set_title(f"Detection threshold: {label}", loc="left")
    axes[0].set_ylabel("Gain in the mix in dB")
    thresholds = without_never_and_always(table).rename(columns={"threshold_db": "value"})
    return threshold_handles(table, styles), {"Detection threshold": thresholds}


def _draw_invariance(
    axes: np.ndarray, layers: Sequence[str], table: pd.DataFrame, classes: Sequence[str]
) -> _Drawn:
    is_shown = (table["measure"] == MEASURE) & table["strength"].isna()
    shown = table[is_shown & (table["training"] == "trained")]
    means = mean_over_classes(shown, classes, ["invariance"], by=["transformation"])
    names = list(means["transformation"].unique())
    styles = class_styles(names)
    for axis, (time, label) in zip(axes, TIMES.items(), strict=True):
        for name in names:
            curve = means[(means["time"] == time) & (means["transformation"] == name)]
            draw_curve(axis, curve, layers, "invariance", **styles[name])
        axis.set_title(f"Invariance: {label}", loc="left")
    # Where different songs are nearly alike, what differs more lies far below.
    axes[0].set_ylim(max(LOWEST_SHOWN, axes[0].get_ylim()[0]), 1.05)
    _mark(axes, {0: "other\nsongs", 1: "identical"})
    axes[0].set_ylabel("Invariance (Pearson r)")
    labels = transformation_labels(table)
    handles = [Line2D([], [], label=labels[name], markersize=4, **styles[name]) for name in names]
    return [*handles], {"Invariance": means.rename(columns={"invariance": "value"})}


def _draw_retrieval(
    axes: np.ndarray, layers: Sequence[str], table: pd.DataFrame, classes: Sequence[str]
) -> _Drawn:
    over_all = table["strength"].isna() & table["transformation"].isna()
    shown = table[over_all & (table["measure"] == MEASURE) & (table["score"] == SCORE)]
    numbers = ["value", "chance", "ci_low", "ci_high"]
    means = mean_over_classes(shown, classes, numbers, by=["job"])
    jobs = [job for job in JOBS if job in set(means["job"])]
    styles = class_styles(jobs)
    for axis, (time, label) in zip(axes, TIMES.items(), strict=True):
        for job in jobs:
            of_job = means[(means["time"] == time) & (means["job"] == job)]
            if of_job.empty:
                continue
            _draw_with_twin(axis, of_job, layers, styles[job], has_band=True)
            chance = of_job[of_job["training"] == "trained"].set_index("layer").reindex(layers)
            dotted = {"linestyle": ":", "linewidth": 1.2, "color": styles[job]["color"]}
            axis.plot(range(len(layers)), chance["chance"], **dotted)
        axis.set_title(f"Retrieval: {label}", loc="left")
    axes[0].set_ylabel("Mean reciprocal rank")
    axes[0].set_ylim(0, 1.03)
    handles = [Line2D([], [], label=JOBS[job], markersize=4, **styles[job]) for job in jobs]
    handles.append(Line2D([], [], label="chance", color="0.3", linestyle=":", linewidth=1.2))
    return [*handles, _twin_handle(), interval_handle(shown)], {"Retrieval": means}


def _draw_concepts(axes: np.ndarray, layers: Sequence[str], table: pd.DataFrame) -> _Drawn:
    concepts = list(table["concept"].unique())
    styles = class_styles(concepts)
    numbers = {"value": "balanced_accuracy", "ci_low": "ci_low", "ci_high": "ci_high"}
    above = 1 - table["chance"]
    shares = {name: (table[column] - table["chance"]) / above for name, column in numbers.items()}
    scaled = table.assign(**shares)
    has_band = len(concepts) <= MOST_BANDS
    for axis, (time, label) in zip(axes, TIMES.items(), strict=True):
        for concept in concepts:
            curve = scaled[(scaled["time"] == time) & (scaled["concept"] == concept)]
            _draw_with_twin(axis, curve, layers, styles[concept], has_band=has_band)
        axis.set_title(f"Concepts: {label}", loc="left")
    _mark(axes, {0: "chance", 1: "perfect"})
    axes[0].set_ylabel("Balanced accuracy\nabove chance")
    handles: list[Artist] = [
        Line2D([], [], label=_words(name), markersize=4, **styles[name]) for name in concepts
    ]
    handles.append(_twin_handle())
    if has_band:
        handles.append(interval_handle(table))
    return handles, {"Concepts": scaled}


def _draw_with_twin(
    axis: Axes,
    curves: pd.DataFrame,
    layers: Sequence[str],
    style: Mapping[str, Any],
    *,
    has_band: bool,
) -> None:
    """Draw a value, with its interval if it has a band, and thinly that of the untrained twin."""
    lines = curves.drop(columns=["ci_low", "ci_high"])
    trained = (curves if has_band else lines)[curves["training"] == "trained"]
    draw_curve(axis, lines[lines["training"] == "untrained"], layers, "value", **{**style, **TWIN})
    draw_curve(axis, trained, layers, "value", **style)


def _twin_handle() -> Artist:
    return Line2D([], [], label="its untrained twin", color="0.3", **TWIN)


def _mark(axes: np.ndarray, meanings: Mapping[float, str]) -> None:
    """Draw lines at values and say beside them what these mean."""
    for value, meaning in meanings.items():
        for axis in axes:
            axis.axhline(value, color="0.3", linewidth=0.8)
        axes[-1].annotate(
            meaning,
            (1, value),
            (3, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=7,
        )


def _words(name: str) -> str:
    return name.replace("_", " ")
