"""Loss and scores of a network, epoch by epoch."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from stemlens.figures.style import COLOURS

PANELS = {
    "loss": "Cross-entropy in nats",
    "macro_f1": "Macro F1",
    "subset_accuracy": "Share with every class right",
}


def plot_training_history(history: pd.DataFrame) -> Figure:
    """Draw the history of a training as curves, with the saved network's scores at their end."""
    figure, axes = plt.subplots(1, len(PANELS), figsize=(10, 3))
    for axis, (column, label) in zip(axes, PANELS.items(), strict=True):
        axis.plot(history["epoch"], history[column], ".-", color=COLOURS[0], label="training")
        if f"validation_{column}" in history:
            values = history[f"validation_{column}"]
            axis.plot(history["epoch"], values, ".--", color=COLOURS[1], label="validation")
        last = history.iloc[-1]
        axis.plot(last["epoch"], last[f"saved_{column}"], "*", color="black", label="saved network")
        axis.set_xlabel("Epoch")
        axis.set_ylabel(label)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        if column == "loss":
            axis.set_ylim(bottom=0)
    axes[0].legend()
    return figure
