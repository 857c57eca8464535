"""Figure 2: mean similarity of same-class stimuli, layer by layer."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from stemlens.figures.style import class_styles

MSE_LABELS = {
    "mse": "Mean squared error",
    "mse_pair_max_over_layers": "MSE ÷ pair's maximum over layers",
    "mse_peak": "MSE ÷ pair's peak activation²",
    "mse_layer_max": "MSE ÷ layer's maximum over pairs",
}


def plot_similarity_curves(
    similarity: pd.DataFrame, classes: list[str], *, mse_measure: str
) -> Figure:
    """Draw Pearson correlation, cosine similarity and MSE against the layers.

    Parameters
    ----------
    similarity
        Rows of one network, as from `stemlens.similarity.pairs.summarise`.
    classes
        Names of the classes, in the order of the legend.
    mse_measure
        Which normalisation of the MSE to draw, a key of `MSE_LABELS`.
    """
    panels = {
        "pearson": "Pearson correlation r",
        "cosine": "Cosine similarity",
        mse_measure: MSE_LABELS[mse_measure],
    }
    layers = list(similarity.sort_values("depth")["layer"].unique())
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.6), sharex=True)
    same_class = similarity[similarity["class_a"] == similarity["class_b"]]
    for axis, (measure, label) in zip(axes, panels.items(), strict=True):
        rows = same_class[same_class["measure"] == measure]
        for name, style in class_styles(classes).items():
            curve = rows[rows["class_a"] == name].set_index("layer")["mean"].reindex(layers)
            axis.plot(layers, curve.to_numpy(), label=name, linewidth=1.5, markersize=5, **style)
        axis.set_title(label, loc="left")
        axis.set_xlabel("Layer")
        axis.tick_params(axis="x", rotation=45)
    axes[0].set_ylabel("Mean over pairs of one class")
    for axis in axes[:2]:
        low = min(0, axis.get_ylim()[0])
        axis.set_ylim(low, 1.02)
    axes[2].set_ylim(bottom=0)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(classes))
    return figure
