"""What all figures share: a look, colours that the colour-blind can tell apart, saving."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.figure import Figure, SubFigure

from stemlens.atomic import replacing
from stemlens.sources import PROVENANCE, provenance_text

# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/), then three that are further from these
# and from each other than these are, for the colour-blind too.
COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"),
    *("#9933FF", "#663300", "#330099"),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
LINES = ("-", "-.", ":")
LINES_OF_ONE_STYLE = 5
"""Classes with solid lines; the next ones have dashes and dots, those after them dots."""
LEGEND_COLUMN_INCHES = 1.6

matplotlib.use("Agg")
matplotlib.rcParams.update(
    {
        "font.size": 9,
        "axes.titlesize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "0.9",
        "axes.axisbelow": True,
        "legend.frameon": False,
        "figure.constrained_layout.use": True,
        "pdf.fonttype": 42,
        # Song names are data: a dollar sign in one is no formula.
        "text.parse_math": False,
    }
)


def class_styles(classes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Colour, marker and line of each class, the same in every figure; those of 15 all differ."""
    return {
        name: {
            "color": COLOURS[i % len(COLOURS)],
            # One further on in each round of the colours: the eleventh is not the first again.
            "marker": MARKERS[(i + i // len(COLOURS)) % len(MARKERS)],
            "linestyle": LINES[i // LINES_OF_ONE_STYLE % len(LINES)],
        }
        for i, name in enumerate(classes)
    }


def legend_above(figure: Figure | SubFigure, handles: Sequence[Artist]) -> None:
    """Put a legend above the panels, in as many columns as the figure is wide for."""
    width_inches = figure.bbox.width / figure.dpi
    n_columns = max(1, min(int(width_inches / LEGEND_COLUMN_INCHES), len(handles)))
    legend = figure.legend(handles=[*handles], loc="outside upper center", ncols=n_columns)
    while n_columns > 1 and legend.get_window_extent().width > figure.bbox.width:
        n_columns -= 1
        legend.remove()
        legend = figure.legend(handles=[*handles], loc="outside upper center", ncols=n_columns)


def save_figure(figure: Figure, paths: Sequence[str | Path]) -> None:
    """Write a figure to each path, in the format of its suffix; 200 dpi, no date inside.

    A job says how it made the figure (`stemlens.sources.provenance_text`): a PNG in its text chunk
    ``provenance``, a PDF as its subject.
    """
    for path in paths:
        is_pdf = Path(path).suffix == ".pdf"
        metadata: dict[str, str | None] = {"CreationDate": None} if is_pdf else {}
        if text := provenance_text(path):
            metadata["Subject" if is_pdf else PROVENANCE] = text
        with replacing(path) as beside:
            figure.savefig(beside, dpi=200, metadata=metadata)
