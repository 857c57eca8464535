"""Loss and scores of a network, epoch by epoch."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from stemlens.figures.style import COLOURS

PANELS = {
    "loss": "Cross-entropy in nats",
    "macro_f1": "Macro F1",
    "subset_accuracy": "Share with every class right",
}


def plot_training_history(histories: Sequence[pd.DataFrame]) -> Figure:
    """Draw histories of trainings as curves, with the saved networks' scores at their end."""
    figure, axes = plt.subplots(1, len(PANELS), figsize=(10, 3))
    for axis, (column, label) in zip(axes, PANELS.items(), strict=True):
        for history in histories:
            _plot_curves(axis, history, column, is_labelled=history is histories[0])
        axis.set_xlabel("Epoch")
        axis.set_ylabel(label)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        if column == "loss":
            axis.set_ylim(bottom=0)
    axes[0].legend()
    return figure


def _plot_curves(axis: Axes, history: pd.DataFrame, column: str, *, is_labelled: bool) -> None:
    curves = {"training": (history[column], ".-", COLOURS[0])}
    if f"validation_{column}" in history:
        curves["validation"] = (history[f"validation_{column}"], ".--", COLOURS[1])
    for label, (values, style, colour) in curves.items():
        axis.plot(
            history["epoch"], values, style, color=colour, label=label if is_labelled else None
        )
    last = history.iloc[-1]
    name = "saved network" if is_labelled else None
    axis.plot(last["epoch"], last[f"saved_{column}"], "*", color="black", label=name)
