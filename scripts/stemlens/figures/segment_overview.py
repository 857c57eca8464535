"""Which stretches of which songs became segments, and what was missing in the others."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from stemlens.figures.song_labels import song_labels
from stemlens.figures.style import COLOURS

KEPT, DROPPED = COLOURS[0], "0.85"


def plot_segment_overview(
    segments: pd.DataFrame,
    classes: Sequence[str],
    *,
    split: str,
    duration_s: float,
    min_active_s: float,
) -> Figure:
    """Draw every candidate segment of a split: songs as rows, time from left to right.

    Parameters
    ----------
    segments
        The table of candidate segments.
    classes
        Names of the classes.
    split
        Which split to draw.
    duration_s
        Length of a segment.
    min_active_s
        Least active time of each class.
    """
    rows = segments[segments["split"] == split]
    songs = sorted(rows["song"].unique())
    figure, axis = plt.subplots(figsize=(9, 1.4 + 0.22 * len(songs)))
    for row in rows.to_dict("records"):
        y = songs.index(row["song"])
        if np.isnan(row["start_s"]):
            axis.text(0, y, " cannot be read", va="center", fontsize=6)
            continue
        axis.barh(
            y,
            duration_s,
            left=row["start_s"],
            height=0.8,
            color=KEPT if row["kept"] else DROPPED,
            edgecolor="white",
        )
        if not row["kept"]:
            reasons = row["reason"].split("; ")
            missing = [
                name for name in classes if any(r.startswith(f"{name} active ") for r in reasons)
            ]
            text = ", ".join(missing) or "too short"
            middle_s = row["start_s"] + duration_s / 2
            axis.text(middle_s, y, text, ha="center", va="center", fontsize=6, clip_on=True)
    labels, families = song_labels(songs)
    axis.set_yticks(range(len(songs)), labels.values(), fontsize=7, family=families)
    axis.set_ylim(len(songs) - 0.5, -0.5)
    axis.grid(visible=False)
    axis.set_xlabel("Time in s")
    n_candidates = rows["start_s"].count()
    n_kept, n_songs = int(rows["kept"].sum()), rows.loc[rows["kept"], "song"].nunique()
    axis.set_title(
        f"Split {split}: {n_kept} of {n_candidates} candidate segments kept,"
        f" from {n_songs} of {len(songs)} songs",
        loc="left",
    )
    figure.legend(
        handles=[
            Patch(color=KEPT, label="kept"),
            Patch(color=DROPPED, label=f"dropped: the named classes play < {min_active_s:g} s"),
        ],
        loc="outside lower center",
        ncols=2,
    )
    return figure
