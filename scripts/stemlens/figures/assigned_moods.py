"""Which moods the stimuli of each class are assigned to."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from stemlens.figures.layer_curves import TRAINING_LABELS
from stemlens.figures.style import COLOURS

HATCHES = ("", "//", "..", "xx")


def plot_assigned_moods(assigned: pd.DataFrame, entropy: pd.DataFrame) -> Figure:
    """Draw the shares as stacked bars, a panel per training, with their entropy beside them.

    Parameters
    ----------
    assigned
        Rows of one network: ``training``, ``class``, ``mood``, ``share``.
    entropy
        Rows of that network: ``training``, ``class``, ``entropy_bits``, ``ci_low``, ``ci_high``.
    """
    trainings = [name for name in TRAINING_LABELS if name in set(assigned["training"])]
    classes = list(assigned["class"].unique())
    moods = list(assigned["mood"].unique())
    figure, axes = plt.subplots(
        1, len(trainings), figsize=(4.2 * len(trainings), 1.5 + 0.4 * len(classes)), squeeze=False
    )
    for axis, training in zip(axes[0], trainings, strict=True):
        shares = assigned[assigned["training"] == training].pivot_table(
            index="class", columns="mood", values="share"
        )
        left = pd.Series(0.0, index=classes)
        for mood, colour, hatch in zip(moods, COLOURS, HATCHES, strict=False):
            widths = shares.loc[classes, mood]
            axis.barh(
                classes, widths, left=left, label=mood, color=colour, hatch=hatch, edgecolor="white"
            )
            left = left + widths
        bits = entropy[entropy["training"] == training].set_index("class")
        for row, name in enumerate(classes):
            of_class = bits.loc[name]
            interval = (
                f" [{of_class['ci_low']:.2f}, {of_class['ci_high']:.2f}]"
                if pd.notna(of_class["ci_low"])
                else ""
            )
            axis.text(1.02, row, f"{of_class['entropy_bits']:.2f}{interval}", va="center")
        axis.text(1.02, -0.75, "entropy in bits", va="center", color="0.3")
        axis.invert_yaxis()
        axis.set_xlim(0, 1)
        axis.grid(visible=False)
        axis.set_xlabel("Share of the stimuli")
        axis.set_title(TRAINING_LABELS[training], loc="left")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(moods))
    return figure
