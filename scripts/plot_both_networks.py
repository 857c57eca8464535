"""Draw the instrument and the mood network side by side.

Inputs
------
table : CSV from ``compare_tasks``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.both_networks import plot_both_networks
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(table: str, figures: list[str], *, classes: list[str]) -> None:
    """Draw the trained networks."""
    compared = read_table(table)
    trained = compared[compared["training"] == "trained"]
    save_figure(plot_both_networks(trained, classes), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.table, snakemake.output, classes=snakemake.params.classes)
