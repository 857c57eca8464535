"""Contrast by layer: how much more alike stimuli of one class are than those of two."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from stemlens.figures.class_panels import blocks, class_panels
from stemlens.figures.layer_curves import (
    TRAINING_STYLES,
    draw_curve,
    explain_crosses,
    layer_names,
    name_layers,
    shown_measures,
    training_legend,
)


def plot_contrast(contrast: pd.DataFrame, classes: list[str], *, mse_measure: str) -> Figure:
    """Draw same-class minus different-class similarity for each measure and class.

    Parameters
    ----------
    contrast
        Rows of one network from the table of contrasts over seeds; with ``note``.
    classes
        Names of the classes, in the order of the columns.
    mse_measure
        Which normalisation of the MSE to draw.
    """
    rows = {
        measure: (label, contrast[contrast["measure"] == measure])
        for measure, label in shown_measures(mse_measure).items()
    }
    figure = _panels(rows, classes, "contrast")
    figure.supylabel("Same class minus different classes", fontsize="medium")
    for axis in figure.axes:
        axis.axhline(0, color="0.3", linewidth=0.8)
    return figure


def plot_probe(probe: pd.DataFrame, classes: list[str]) -> Figure:
    """Draw how well a linear probe recognises each class in mixes, by layer.

    Parameters
    ----------
    probe
        Rows of one network: ``training``, ``layer``, ``depth``, ``class``,
        ``balanced_accuracy``, ``ci_low``, ``ci_high``, ``note``.
    """
    rows = {"balanced_accuracy": ("Balanced accuracy\nof a linear probe", probe)}
    figure = _panels(rows, classes, "balanced_accuracy")
    for axis in figure.axes:
        axis.axhline(0.5, color="0.3", linewidth=0.8)
    figure.axes[-1].annotate(
        "chance",
        (1, 0.5),
        (3, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=7,
    )
    return figure


def _panels(rows: Mapping[str, tuple[str, pd.DataFrame]], classes: list[str], value: str) -> Figure:
    n_blocks, n_columns = blocks(len(classes))
    figure = plt.figure(figsize=(2.4 * n_columns, 1.2 + 2 * len(rows) * n_blocks))
    axes = class_panels(figure, classes, [label for label, _ in rows.values()])
    tables = [table for _, table in rows.values()]
    layers = layer_names(pd.concat(tables))
    for row, table in zip(axes, tables, strict=True):
        for name, axis in zip(classes, row, strict=True):
            of_class = table[table["class"] == name]
            for training, style in TRAINING_STYLES.items():
                curve = of_class[of_class["training"] == training]
                if len(curve):
                    draw_curve(axis, curve, layers, value, **style)
    name_layers(axes[-1], layers)
    training_legend(figure, pd.concat(tables))
    explain_crosses(figure, dict(rows.values()), value)
    return figure
