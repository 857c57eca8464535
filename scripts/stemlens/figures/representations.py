"""How alike the layers are, what training changes in them, and how far apart the classes lie."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import LogLocator, NullLocator

from stemlens.figures.layer_curves import (
    TRAINING_LABELS,
    TRAINING_STYLES,
    draw_curve,
    explain_crosses,
    layer_names,
    name_layers,
    training_legend,
)

UNDEFINED_COLOUR = "0.85"
SEPARABILITY_LABELS = {
    "silhouette": "Silhouette of the classes",
    "distance_ratio": "Distance between ÷ within classes",
}


def plot_representations(cka: pd.DataFrame, separability: pd.DataFrame) -> Figure:
    """Draw CKA between layers, CKA of trained and control layers, and separability.

    Parameters
    ----------
    cka
        Rows of one network: ``training_a``, ``layer_a``, ``depth_a``, ``training_b``,
        ``layer_b``, ``depth_b``, ``cka``, ``note``; averaged over seeds here.
    separability
        Rows of the same network: ``training``, ``layer``, ``depth``, ``measure``, ``value``,
        ``ci_low``, ``ci_high``, ``note``.
    """
    layers = layer_names(separability)
    trainings = [name for name in TRAINING_STYLES if name in set(separability["training"])]
    figure = plt.figure(figsize=(10.5, 6.8))
    (above,), (below,) = figure.subfigures(2, 1, squeeze=False)
    maps = above.subplots(1, len(trainings), squeeze=False)[0]
    for axis, training in zip(maps, trainings, strict=True):
        image = _heat_map(axis, cka, training, layers)
        axis.set_title(TRAINING_LABELS[training], loc="left")
    label = "Linear CKA of two layers, debiased"
    above.colorbar(image, ax=maps.tolist(), panchor=False, label=label)
    across = cka[cka["training_a"] != cka["training_b"]]
    curves = list(below.subplots(1, len(SEPARABILITY_LABELS) + (len(across) > 0)))
    if len(across):
        _compare_with_controls(curves[0], across, layers)
    separability_axes = curves[-len(SEPARABILITY_LABELS) :]
    for axis, (measure, label) in zip(separability_axes, SEPARABILITY_LABELS.items(), strict=True):
        of_measure = separability[separability["measure"] == measure]
        for training in trainings:
            curve = of_measure[of_measure["training"] == training]
            draw_curve(axis, curve, layers, "value", **TRAINING_STYLES[training])
        axis.set_title(label, loc="left")
    # A ratio: twice and half are equally far from 1.
    ratio_axis = separability_axes[-1].yaxis
    separability_axes[-1].set_yscale("log")
    ratio_axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ratio_axis.set_major_formatter("{x:g}")
    ratio_axis.set_minor_locator(NullLocator())
    name_layers(curves, layers)
    training_legend(below, separability)
    drawn = {
        label: separability[separability["measure"] == measure]
        for measure, label in SEPARABILITY_LABELS.items()
    }
    explain_crosses(below, drawn, "value")
    return figure


def _heat_map(axis: Axes, cka: pd.DataFrame, training: str, layers: list[str]) -> AxesImage:
    within = cka[(cka["training_a"] == training) & (cka["training_b"] == training)]
    means = within.pivot_table(
        index="layer_a", columns="layer_b", values="cka", dropna=False, skipna=False
    )
    upper = means.reindex(index=layers, columns=layers).to_numpy()
    values = np.where(np.isnan(upper), upper.T, upper)
    lowest = np.nanmin(values, initial=0)
    colours = plt.get_cmap("viridis").with_extremes(bad=UNDEFINED_COLOUR)
    image = axis.imshow(values, vmin=lowest, vmax=1, cmap=colours)
    notes = dict.fromkeys(within.loc[within["cka"].isna(), "note"])
    if notes:
        axis.set_xlabel("\n".join(["grey: undefined:", *map(str, notes)]), fontsize=7)
    axis.set_xticks(range(len(layers)), layers, rotation=90)
    axis.set_yticks(range(len(layers)), layers)
    axis.grid(visible=False)
    return image


def _compare_with_controls(axis: Axes, across: pd.DataFrame, layers: list[str]) -> None:
    for training, of_control in across.groupby("training_b"):
        means = of_control.groupby("layer_a")["cka"].mean(skipna=False)
        curve = means.rename_axis("layer").reset_index()
        draw_curve(axis, curve, layers, "cka", **TRAINING_STYLES[training])
    axis.set_title("CKA of the trained layer with a control's", loc="left")
    axis.set_ylim(min(0, axis.get_ylim()[0]), 1.02)
