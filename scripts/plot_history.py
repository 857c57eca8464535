"""Draw the training history of a model.

Inputs
------
history : CSV from ``train_model``.

Outputs
-------
PNG and PDF.
"""

import pandas as pd
from stemlens.figures.style import save_figure
from stemlens.figures.training_history import plot_training_history
from stemlens.job_log import job_log


def main(history: str, figures: list[str]) -> None:
    """Draw the curves."""
    save_figure(plot_training_history(pd.read_csv(history)), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.history, snakemake.output)
