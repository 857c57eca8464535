"""The studied network and its ablations: what they cost, what they know, how they generalise."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from stemlens.figures.layer_curves import interval_label, name_layers
from stemlens.figures.style import class_styles
from stemlens.similarity.measures import MEASURES

SHOWN = MEASURES["cosine"]


def plot_networks(networks: pd.DataFrame, contrast: pd.DataFrame) -> Figure:
    """Draw macro F1, with its interval where there is one, and similarity and contrast by layer.

    Parameters
    ----------
    networks
        As from `stemlens.evaluation.comparison.compare_networks`.
    contrast
        Rows of the trained networks from the table of contrasts over seeds.
    """
    styles = class_styles(list(networks["network"]))
    figure, (scores, same, difference) = plt.subplots(
        1, 3, figsize=(11, 3.8), width_ratios=[1.3, 1, 1]
    )
    for position, row in enumerate(networks.itertuples()):
        style = styles[row.network]
        scores.plot([row.ci_low, row.ci_high], [position] * 2, color=style["color"])
        scores.plot(row.macro_f1, position, **style)
    labels = [
        f"{row.network}\n{row.n_parameters / 1e3:.0f} k parameters,"
        f" {row.multiply_adds / 1e6:.0f} M multiply-adds"
        for row in networks.itertuples()
    ]
    scores.set_yticks(range(len(networks)), labels)
    scores.set_ylim(len(networks) - 0.5, -0.5)
    scores.set_xlabel(f"Macro F1 on test mixes\n({interval_label(networks)})")
    of_measure = contrast[contrast["measure"] == SHOWN.name]
    layers = _in_order(of_measure)
    by_layer = of_measure.groupby(["network", "layer"])[["same", "contrast"]]
    means = by_layer.mean(skipna=False).reset_index()
    for axis, column, label in (
        (same, "same", f"{SHOWN.label} of one class"),
        (difference, "contrast", "… minus that of different classes"),
    ):
        for network, style in styles.items():
            curve = means[means["network"] == network]
            present = [layer for layer in layers if layer in set(curve["layer"])]
            values = curve.set_index("layer")[column].loc[present]
            positions = [layers.index(layer) for layer in present]
            axis.plot(positions, values, linewidth=1.4, markersize=3.5, **style)
        axis.set_title(label, loc="left")
    same.set_ylabel("Mean over classes and seeds")
    name_layers([same, difference], layers)
    return figure


def _in_order(curves: pd.DataFrame) -> list[str]:
    """Layers of all networks: a layer that the first lacks follows the one before it in its own."""
    order: list[str] = []
    for _, of_network in curves.groupby("network", sort=False):
        place = 0
        for layer in of_network.sort_values("depth", kind="stable")["layer"].unique():
            if layer not in order:
                order.insert(place, layer)
            place = order.index(layer) + 1
    return order
