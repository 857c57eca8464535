"""Panels of a figure, a column for each class; if they are many, in blocks below each other."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure, SubFigure

MOST_COLUMNS = 6
"""More would be too small to read on a page."""


def blocks(n_panels: int) -> tuple[int, int]:
    """Number of blocks and of columns in which this many panels stand side by side."""
    n_blocks = math.ceil(n_panels / MOST_COLUMNS)
    return n_blocks, math.ceil(n_panels / n_blocks)


def class_panels(
    figure: Figure | SubFigure, titles: Sequence[str], labels: Sequence[str]
) -> np.ndarray:
    """Add panels that share their x axis, and in each row, whatever its block, their y axis.

    Parameters
    ----------
    titles
        Of the columns.
    labels
        Of the rows' y axes.

    Returns
    -------
    ndarray of Axes, shape (label, title)
    """
    n_blocks, n_columns = blocks(len(titles))
    grid = figure.subplots(n_blocks * len(labels), n_columns, sharex=True, squeeze=False)
    by_block = grid.reshape(n_blocks, len(labels), n_columns).swapaxes(0, 1)
    rows = by_block.reshape(len(labels), -1)
    for axis in rows[:, len(titles) :].ravel():
        axis.remove()
    axes = rows[:, : len(titles)]
    for label, row in zip(labels, axes, strict=True):
        for number, axis in enumerate(row):
            if number:
                axis.sharey(row[0])
            if number % n_columns == 0:
                axis.set_ylabel(label)
            else:
                axis.tick_params(labelleft=False)
    for title, top, bottom in zip(titles, axes[0], axes[-1], strict=True):
        top.set_title(title, loc="left")
        bottom.tick_params(labelbottom=True)
    return axes
