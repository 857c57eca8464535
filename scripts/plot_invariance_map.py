"""Draw to which transformations each layer of every network is invariant.

Inputs
------
invariance : CSV of the invariances.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.invariance_map import plot_invariance_map
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(invariance: str, figures: list[str], *, classes: list[str]) -> None:
    """Draw all networks of the table."""
    save_figure(plot_invariance_map(read_table(invariance), classes), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.invariance, snakemake.output, classes=snakemake.params.classes)
