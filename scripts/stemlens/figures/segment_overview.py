"""Which stretches of which songs became segments, and what was missing in the others."""

import math
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from stemlens.figures.song_labels import song_labels
from stemlens.figures.style import class_styles, legend_above

KEPT, DROPPED = "0.35", "0.88"
BAR_HEIGHT = 0.8
"""Of a song's bar, where songs are 1 apart."""
SONG_INCHES, CLASS_INCHES, COLUMN_INCHES = 0.18, 0.045, 5.5
"""Least height of a song, and of the stripe of a class; width of a column of songs."""
SINGLE_COLUMN_INCHES = 9
WIDTH_TO_HEIGHT = 1.5
"""What the number of columns aims at."""


def plot_segment_overview(
    segments: pd.DataFrame,
    classes: Sequence[str],
    *,
    split: str,
    duration_s: float,
    min_active_s: float,
) -> Figure:
    """Draw every candidate segment of a split: songs as rows, time from left to right.

    Many songs stand in several columns. A segment that was dropped has a stripe for each class
    that was missing, classes from top to bottom; a song without a stem of a class says so.

    Parameters
    ----------
    segments
        The table of candidate segments.
    min_active_s
        Least active time of each class.
    """
    rows = segments[segments["split"] == split]
    songs = sorted(rows["song"].unique())
    labels, families = song_labels(songs)
    colours = {name: style["color"] for name, style in class_styles(classes).items()}
    song_inches = max(SONG_INCHES, CLASS_INCHES * len(classes))
    ratio = WIDTH_TO_HEIGHT * song_inches / COLUMN_INCHES
    n_columns = max(1, round(math.sqrt(ratio * len(songs))))
    n_per_column = math.ceil(len(songs) / n_columns)
    width_inches = SINGLE_COLUMN_INCHES if n_columns == 1 else n_columns * COLUMN_INCHES
    figure, axes = plt.subplots(
        1,
        n_columns,
        figsize=(width_inches, 1.4 + song_inches * n_per_column),
        sharex=True,
        squeeze=False,
    )
    for number, axis in enumerate(axes[0]):
        of_column = songs[number * n_per_column : (number + 1) * n_per_column]
        _draw_songs(axis, rows, of_column, colours, duration_s)
        names = [labels[song] for song in of_column]
        axis.set_yticks(range(len(names)), names, fontsize=7, family=families)
        axis.set_ylim(n_per_column - 0.5, -0.5)
        axis.grid(visible=False)
        axis.set_xlabel("Time in s")
    kept, dropped = rows[rows["kept"]], rows[~rows["kept"] & rows["start_s"].notna()]
    axes[0, 0].set_title(
        f"Split {split}: {len(kept)} of {len(kept) + len(dropped)} candidate segments kept,"
        f" from {kept['song'].nunique()} of {len(songs)} songs",
        loc="left",
    )
    handles = [Patch(color=KEPT, label="kept")] if len(kept) else []
    if len(dropped):
        handles.append(Patch(color=DROPPED, label="dropped"))
    handles += [
        Patch(color=colour, label=f"{name} active < {min_active_s:g} s")
        for name, colour in colours.items()
        if _lacks(dropped, name).any()
    ]
    legend_above(figure, handles)
    return figure


def _draw_songs(
    axis: Axes,
    rows: pd.DataFrame,
    songs: list[str],
    colours: dict[str, str],
    duration_s: float,
) -> None:
    shown = rows[rows["song"].isin(songs)]
    shown = shown.assign(y=shown["song"].map(songs.index))

    def draw(segments: pd.DataFrame, colour: str, lane: int = 0, n_lanes: int = 1) -> None:
        height = BAR_HEIGHT / n_lanes
        axis.barh(
            segments["y"] - BAR_HEIGHT / 2 + (lane + 0.5) * height,
            duration_s,
            left=segments["start_s"],
            height=height,
            color=colour,
            edgecolor="white",
            linewidth=0.5,
        )

    is_read = shown["start_s"].notna()
    dropped = shown[is_read & ~shown["kept"]]
    draw(shown[shown["kept"]], KEPT)
    draw(dropped, DROPPED)
    lacks = [_lacks(dropped, name) for name in colours]
    for lane, (colour, lacks_class) in enumerate(zip(colours.values(), lacks, strict=True)):
        draw(dropped[lacks_class], colour, lane, len(colours))
    for y in shown.loc[~is_read, "y"]:
        axis.text(0, y, " cannot be read", va="center", fontsize=6)
    is_silent = dropped["reason"].astype("str").str.startswith("no stem of ")
    for song in dropped[is_silent].drop_duplicates("y").itertuples():
        axis.text(0, song.y, f" {song.reason}", va="center", fontsize=6)
    for row in dropped[~np.any([is_silent, *lacks], axis=0)].itertuples():
        end_s = row.start_s + duration_s
        axis.text(end_s, row.y, " too short", va="center", fontsize=6)


def _lacks(dropped: pd.DataFrame, name: str) -> np.ndarray:
    """Whether the class is among those that a segment was dropped for."""
    reasons = "; " + dropped["reason"].astype("str")
    return reasons.str.contains(f"; {name} active ", regex=False).to_numpy(bool)
