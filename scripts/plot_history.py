"""Draw the training history of a model, or of those of all folds.

Inputs
------
histories : CSV from ``train_model``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.style import save_figure
from stemlens.figures.training_history import plot_training_history
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(histories: list[str], figures: list[str]) -> None:
    """Draw the curves."""
    save_figure(plot_training_history([read_table(path) for path in histories]), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.histories, snakemake.output)
