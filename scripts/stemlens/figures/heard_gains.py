"""Gains from which on each class is heard inside a mix, by layer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from stemlens.keeps.names import ALWAYS, NEVER, OPEN_INTERVAL

RIM_DB = 6.0
"""How far beyond the gains classes stand that are never or always heard."""
MOST_GAINS = 6
"""Gains whose numbers fit beside a panel."""
SPREAD = 0.5
"""Share of the way to the next layer over which classes stand beside each other."""
BEYOND = {"always": ALWAYS, "never": NEVER}
"""What stands at the rims → the note of classes without a threshold there."""


def draw_thresholds(
    axis: Axes,
    thresholds: pd.DataFrame,
    layers: Sequence[str],
    styles: Mapping[str, Mapping[str, Any]],
    gains_db: Sequence[float],
) -> None:
    """Draw thresholds with their intervals; open ends reach the rim as arrows.

    Parameters
    ----------
    thresholds
        Rows of one model of the table ``gain_thresholds``.
    layers
        Names of the layers from left to right.
    styles
        Of the classes.
    gains_db
        Gains at which classes were listened for, in dB.
    """
    low_rim_db, high_rim_db = min(gains_db) - RIM_DB, max(gains_db) + RIM_DB
    rims_db = {"always": low_rim_db - RIM_DB / 2, "never": high_rim_db + RIM_DB / 2}
    shifts = SPREAD * (np.arange(len(styles)) - (len(styles) - 1) / 2) / max(len(styles), 4)
    for (name, style), shift in zip(styles.items(), shifts, strict=True):
        rows = thresholds[thresholds["class"] == name].set_index("layer")
        rows = rows.assign(place=[layers.index(layer) + shift for layer in rows.index])
        rows = rows.sort_values("place")
        axis.plot(rows["place"], rows["threshold_db"], linewidth=1.2, markersize=4, **style)
        _draw_intervals(axis, rows, (low_rim_db, high_rim_db), style["color"])
        marks = {**style, "linestyle": "", "markerfacecolor": "none", "markersize": 4}
        for word, at_db in rims_db.items():
            places = rows.loc[_is_beyond(rows, word), "place"]
            axis.plot(places, [at_db] * len(places), **marks)
        undefined = without_never_and_always(rows[rows["threshold_db"].isna()])
        crosses = np.full(len(undefined), low_rim_db + RIM_DB / 2)
        axis.plot(undefined["place"], crosses, "x", color=style["color"])
    step = -(-len(gains_db) // MOST_GAINS)
    named = sorted(gains_db)[::step]
    axis.set_yticks([*rims_db.values(), *named], [*rims_db, *map(_signed, named)])
    axis.set_ylim(low_rim_db - RIM_DB, high_rim_db + RIM_DB)
    for rim_db in (low_rim_db, high_rim_db):
        axis.axhline(rim_db, color="0.6", linewidth=0.8)


def _draw_intervals(
    axis: Axes, rows: pd.DataFrame, rims_db: tuple[float, float], colour: str
) -> None:
    """Draw the interval of each threshold, with an arrow at the rim where it is open."""
    lines: dict[str, Any] = {"color": colour, "linewidth": 1, "alpha": 0.6, "markersize": 3}
    for row in rows[_has_interval(rows)].itertuples():
        ends = (row.ci_low, row.ci_high)
        drawn = [rim if np.isnan(end) else end for end, rim in zip(ends, rims_db, strict=True)]
        axis.plot([row.place, row.place], drawn, **lines)
        for end, rim_db, arrow in zip(ends, rims_db, "v^", strict=True):
            if np.isnan(end):
                axis.plot(row.place, rim_db, arrow, **lines)


def _has_interval(thresholds: pd.DataFrame) -> pd.Series:
    """Whether there is an interval, be it one with both ends beyond the gains."""
    is_open = thresholds["note"].fillna("").str.contains(OPEN_INTERVAL, regex=False)
    return thresholds[["ci_low", "ci_high"]].notna().any(axis=1) | is_open


def _is_beyond(thresholds: pd.DataFrame, word: str) -> pd.Series:
    """Whether a class is always, or never, heard."""
    notes = thresholds["note"].fillna("")
    return thresholds["threshold_db"].isna() & notes.str.contains(BEYOND[word], regex=False)


def without_never_and_always(thresholds: pd.DataFrame) -> pd.DataFrame:
    """Rows of classes with a threshold, or without one for another reason."""
    is_beyond = _is_beyond(thresholds, "never") | _is_beyond(thresholds, "always")
    return thresholds[~is_beyond]


def _signed(gain_db: float) -> str:
    return f"{gain_db:+g}".replace("-", "−") if gain_db else "0"


def threshold_handles(
    thresholds: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]]
) -> list[Artist]:
    """For a legend: the classes, and what else is drawn."""
    handles: list[Artist] = [
        Line2D([], [], label=name, markersize=4, **style) for name, style in styles.items()
    ]
    has_interval = _has_interval(thresholds)
    if has_interval.any():
        handles.append(Line2D([], [], color="0.5", linewidth=1, label="interval over songs"))
        if thresholds.loc[has_interval, ["ci_low", "ci_high"]].isna().any(axis=None):
            arrow: dict[str, Any] = {"color": "0.5", "marker": "^", "markersize": 3, "linewidth": 1}
            handles.append(Line2D([], [], label="interval goes further", **arrow))
    return handles
