"""Figure 2: mean similarity of same-class stimuli, layer by layer, beside its controls."""

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from stemlens.figures.class_panels import blocks, class_panels
from stemlens.figures.layer_curves import (
    TRAINING_STYLES,
    draw_curve,
    explain_crosses,
    interval_handle,
    layer_names,
    name_layers,
    shown_measures,
)
from stemlens.figures.style import class_styles, legend_above

DIFFERENT: dict[str, Any] = {"color": "black", "linestyle": ":"}
MOST_BANDS = 5
"""Intervals of more classes would hide their lines in one panel."""


def plot_similarity_curves(
    similarity: pd.DataFrame, contrast: pd.DataFrame, classes: list[str], *, mse_measure: str
) -> Figure:
    """Draw Pearson correlation, cosine similarity and MSE against the layers.

    The first column holds all classes, as in the paper; each class then has a column of its own,
    in which it stands beside pairs of different classes and beside the untrained network.

    Parameters
    ----------
    similarity
        Rows of one network from the table of means over seeds: ``training``, ``layer``,
        ``depth``, ``class_a``, ``class_b``, ``measure``, ``mean``, ``ci_low``, ``ci_high``,
        ``note``.
    contrast
        Rows of the same network: ``training``, ``layer``, ``class``, ``measure``, ``different``.
    classes
        Names of the classes, in the order of the columns.
    mse_measure
        Which normalisation of the MSE to draw.
    """
    measures = shown_measures(mse_measure)
    layers = layer_names(similarity)
    same = similarity[similarity["class_a"] == similarity["class_b"]]
    different = contrast[contrast["training"] == "trained"].drop(columns=["ci_low", "ci_high"])
    has_untrained = "untrained" in set(similarity["training"])
    has_different = different["different"].notna().any()
    styles = class_styles(classes)
    titles = ["All classes", *classes]
    n_blocks, n_columns = blocks(len(titles))
    figure = plt.figure(figsize=(2.3 * n_columns, 7 * n_blocks))
    axes = class_panels(figure, titles, list(measures.values()))
    for measure, row in zip(measures, axes, strict=True):
        of_measure = same[same["measure"] == measure]
        for name, axis in zip(classes, row[1:], strict=True):
            of_class = of_measure[of_measure["class_a"] == name]
            trained = of_class[of_class["training"] == "trained"]
            untrained = of_class[of_class["training"] == "untrained"]
            others = different[(different["class"] == name) & (different["measure"] == measure)]
            line = trained.drop(columns=["ci_low", "ci_high"])
            in_all = line if len(classes) > MOST_BANDS else trained
            draw_curve(row[0], in_all, layers, "mean", **styles[name])
            draw_curve(axis, trained, layers, "mean", **styles[name])
            if has_different:
                draw_curve(axis, others, layers, "different", **DIFFERENT)
            if has_untrained:
                draw_curve(axis, untrained, layers, "mean", **TRAINING_STYLES["untrained"])
    for row in axes[:2]:
        row[0].set_ylim(min(0, row[0].get_ylim()[0]), 1.02)
    axes[2, 0].set_ylim(bottom=0)
    name_layers(axes[2], layers)
    handles: list[Artist] = [Line2D([], [], label=name, **styles[name]) for name in classes]
    if has_different:
        handles.append(Line2D([], [], label="different classes, trained", **DIFFERENT))
    if has_untrained:
        style = TRAINING_STYLES["untrained"]
        handles.append(Line2D([], [], label="untrained network", **style))
    drawn = same[same["training"].isin(["trained", "untrained"])]
    of_measure = {label: drawn[drawn["measure"] == measure] for measure, label in measures.items()}
    legend_above(figure, [*handles, interval_handle(pd.concat(of_measure.values()))])
    explain_crosses(figure, of_measure, "mean")
    return figure
