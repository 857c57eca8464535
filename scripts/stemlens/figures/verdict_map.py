"""Which verdicts depend on how the paper is read."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from stemlens.figures.style import COLOURS
from stemlens.hypotheses import CONTRADICTED, NOT_APPLICABLE, SUPPORTED, UNDECIDED

CELLS = {
    SUPPORTED: (COLOURS[0], "✓", "white"),
    UNDECIDED: ("0.9", "–", "black"),
    CONTRADICTED: (COLOURS[1], "✗", "white"),
    NOT_APPLICABLE: ("white", "○", "0.5"),
}
"""Colour, sign and colour of the sign."""


def plot_verdict_map(verdicts: pd.DataFrame) -> Figure:
    """Draw the verdict on each hypothesis under each variant, and mark those that flip.

    Parameters
    ----------
    verdicts
        ``variant``, ``id``, ``verdict``; the first variant is the one that others are held
        against. Cells without a verdict stay empty.
    """
    table = verdicts.pivot_table(
        index="id", columns="variant", values="verdict", aggfunc="first", sort=False
    )
    n_rows, n_columns = table.shape
    figure, axis = plt.subplots(figsize=(1.8 + 0.62 * n_columns, 1.9 + 0.3 * n_rows))
    for row, verdicts_of_id in enumerate(table.to_numpy()):
        for column, verdict in enumerate(verdicts_of_id):
            if verdict not in CELLS:
                continue
            colour, sign, sign_colour = CELLS[verdict]
            axis.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor="white"))
            axis.text(column + 0.5, row + 0.5, sign, color=sign_colour, ha="center", va="center")
            if verdict != verdicts_of_id[0]:
                frame = Rectangle(
                    (column + 0.06, row + 0.08), 0.88, 0.84, fill=False, linewidth=1.6
                )
                axis.add_patch(frame)
    axis.set_xlim(0, n_columns)
    axis.set_ylim(n_rows, 0)
    names = [name.replace("_", " ") for name in table.columns]
    axis.set_xticks([n + 0.5 for n in range(n_columns)], names, rotation=60, ha="right")
    axis.set_yticks([n + 0.5 for n in range(n_rows)], table.index)
    axis.tick_params(length=0)
    axis.grid(visible=False)
    axis.spines[["left", "bottom"]].set_visible(False)
    handles = [
        Patch(facecolor=colour, label=f"{sign} {verdict}")
        for verdict, (colour, sign, _) in CELLS.items()
    ]
    handles.append(Patch(facecolor="none", edgecolor="black", label="differs from the first"))
    figure.legend(handles=handles, loc="outside upper center", ncols=2)
    return figure
