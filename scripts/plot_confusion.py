"""Draw the confusion matrices of the mood network and its controls.

Inputs
------
confusion : CSV from ``collect_confusion``.
performance : CSV from ``collect_performance``, averaged over seeds.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.confusion_matrix import plot_confusion
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(confusion: str, performance: str, figures: list[str]) -> None:
    """Draw what the networks make of test songs."""
    counts, scores = read_table(confusion), read_table(performance)
    save_figure(plot_confusion(counts, scores[scores["task"] == "mood"]), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.confusion, snakemake.input.performance, snakemake.output)
