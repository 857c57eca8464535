"""Which moods the stimuli of each class are assigned to."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from stemlens.figures.layer_curves import TRAINING_LABELS
from stemlens.figures.style import COLOURS

HATCHES = ("", "//", "..", "xx")
BARS_HEIGHT = 0.8
"""Of the bars of a class together, where classes are 1 apart."""


def plot_assigned_moods(assigned: pd.DataFrame, entropy: pd.DataFrame) -> Figure:
    """Draw the shares as stacked bars, a panel per training, with their mean entropy beside them.

    Each training seed has a bar of its own: the entropy is a mean over seeds of the entropies, and
    not that of the pooled shares.

    Parameters
    ----------
    assigned
        Rows of one network: ``training``, ``seed``, ``class``, ``mood``, ``share``.
    entropy
        Rows of that network: ``training``, ``class``, ``entropy_bits``.
    """
    trainings = [name for name in TRAINING_LABELS if name in set(assigned["training"])]
    classes = list(assigned["class"].unique())
    moods = list(assigned["mood"].unique())
    figure, axes = plt.subplots(
        1, len(trainings), figsize=(4.2 * len(trainings), 1.5 + 0.4 * len(classes)), squeeze=False
    )
    for axis, training in zip(axes[0], trainings, strict=True):
        of_training = assigned[assigned["training"] == training]
        seeds = list(of_training["seed"].unique())
        shares = of_training.set_index(["class", "seed", "mood"])["share"]
        bars = pd.MultiIndex.from_product([classes, seeds])
        height = BARS_HEIGHT / len(seeds)
        middles = [
            row - BARS_HEIGHT / 2 + (number + 0.5) * height
            for row in range(len(classes))
            for number in range(len(seeds))
        ]
        left = np.zeros(len(bars))
        for mood, colour, hatch in zip(moods, COLOURS, HATCHES, strict=False):
            widths = np.array([shares[name, seed, mood] for name, seed in bars])
            axis.barh(
                middles,
                widths,
                height=height,
                left=left,
                label=mood,
                color=colour,
                hatch=hatch,
                edgecolor="white",
            )
            left = left + widths
        axis.set_yticks(range(len(classes)), classes)
        bits = entropy[entropy["training"] == training].set_index("class")
        for row, name in enumerate(classes):
            axis.text(1.02, row, f"{bits.loc[name, 'entropy_bits']:.2f}", va="center")
        label = "entropy in bits" + (", mean over seeds" if len(seeds) > 1 else "")
        axis.text(1.02, -0.75, label, va="center", color="0.3")
        axis.invert_yaxis()
        axis.set_xlim(0, 1)
        axis.grid(visible=False)
        axis.set_xlabel("Share of the stimuli")
        axis.set_title(TRAINING_LABELS[training], loc="left")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(moods))
    return figure
