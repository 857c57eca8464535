"""How many segments and songs are left, as a function of the activity threshold."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from stemlens.figures.style import class_styles
from stemlens.splits import SPLITS

PANELS = {"n_segments": "Segments kept", "n_songs": "Songs with a segment kept"}
EXPECTED_COUNTS = {
    "n_segments": ("train_segments", "train", "training segments"),
    "n_songs": ("test_songs", "test", "test songs"),
}
"""Column → the key of the value that may be expected of it, its split, and what it counts."""


def plot_threshold_sweep(
    sweep: pd.DataFrame, *, threshold_db: float, expected: Mapping[str, int | None]
) -> Figure:
    """Draw segments and songs of each split against the threshold.

    Parameters
    ----------
    sweep
        As from `stemlens.audio.threshold_sweep.summarise_sweep`.
    threshold_db
        The threshold in use, in dBFS: a vertical line.
    expected
        ``train_segments`` and ``test_songs``: a horizontal line each, or none where None.
    """
    styles = class_styles(SPLITS)
    figure, axes = plt.subplots(1, len(PANELS), figsize=(10, 3.6), sharex=True)
    lines = {}
    for axis, (column, label) in zip(axes, PANELS.items(), strict=True):
        for split, style in styles.items():
            rows = sweep[sweep["split"] == split].sort_values("threshold_db")
            if rows.empty:
                continue
            (lines[split],) = axis.plot(
                rows["threshold_db"],
                rows[column],
                linewidth=1.5,
                markersize=5,
                **style,
            )
        in_use = f"threshold in use: {threshold_db:g} dBFS"
        lines[in_use] = axis.axvline(threshold_db, color="0.3", linestyle=":", zorder=1)
        key, split, counted = EXPECTED_COUNTS[column]
        value = expected[key]
        if value is not None and split in lines:
            lines[f"expected: {value} {counted}"] = axis.axhline(
                value, color=styles[split]["color"], linestyle="--", linewidth=1, zorder=1
            )
        axis.set_xlabel("Activity threshold in dBFS (RMS)")
        axis.set_ylabel(label)
        axis.set_ylim(bottom=0)
        axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(lines.values(), lines, loc="outside upper center", ncols=len(lines))
    return figure
