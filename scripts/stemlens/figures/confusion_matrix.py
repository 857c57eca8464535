"""Confusion matrices: which mood is taken for which."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from stemlens.figures.layer_curves import TRAINING_LABELS

DARK_SHARE = 0.5


def plot_confusion(confusion: pd.DataFrame, performance: pd.DataFrame) -> Figure:
    """Draw the share of each true class that is given each name, a panel per training.

    Parameters
    ----------
    confusion
        Rows of one network: ``training``, ``seed``, ``class``, ``predicted``, ``n``, ``share``.
    performance
        Rows of that network and of the class prior on the same songs, averaged over seeds:
        ``network``, ``training``, ``metric``, ``value``, ``ci_low``, ``ci_high``.
    """
    trainings = [name for name in TRAINING_LABELS if name in set(confusion["training"])]
    accuracy = performance[performance["metric"] == "accuracy"]
    (class_prior,) = accuracy.loc[accuracy["network"] == "class_prior", "value"]
    of_network = accuracy[accuracy["network"] != "class_prior"].set_index("training")
    figure, axes = plt.subplots(
        1, len(trainings), figsize=(0.8 + 2.9 * len(trainings), 3.4), squeeze=False
    )
    for axis, training in zip(axes[0], trainings, strict=True):
        rows = confusion[confusion["training"] == training]
        order = list(rows["class"].unique())
        shares, counts = (
            rows.pivot_table(
                index="class", columns="predicted", values=value, dropna=False, skipna=False
            )
            .loc[order, order]
            .to_numpy()
            for value in ("share", "n")
        )
        image = axis.imshow(shares, vmin=0, vmax=1, cmap="Blues")
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if shares[row, column] > DARK_SHARE else "black"
            axis.text(column, row, f"{count:.3g}", ha="center", va="center", color=colour)
        axis.set_xticks(range(len(order)), order)
        axis.set_yticks(range(len(order)), order)
        axis.grid(visible=False)
        axis.set_xlabel("Predicted")
        accuracy_text = _with_interval(of_network.loc[training])
        axis.set_title(f"{TRAINING_LABELS[training]}\naccuracy {accuracy_text}", loc="left")
    axes[0, 0].set_ylabel("True mood")
    figure.colorbar(image, ax=axes.ravel().tolist(), label="Share of the true mood")
    figure.suptitle(
        f"Excerpts of test songs (mean over seeds); class prior {class_prior:.2f}", fontsize=9
    )
    return figure


def _with_interval(row: pd.Series) -> str:
    text = f"{row['value']:.2f}"
    if pd.notna(row["ci_low"]):
        text += f" [{row['ci_low']:.2f}, {row['ci_high']:.2f}]"
    return text
