"""Draw all networks beside each other, by relative depth.

Inputs
------
ladder : CSV from ``collect_ladder``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.ladder import plot_ladder
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(ladder: str, figures: list[str], *, classes: list[str], network: str) -> None:
    """Draw contrast, probes and CKA with the studied network."""
    save_figure(plot_ladder(read_table(ladder), classes, network), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.ladder,
            snakemake.output,
            classes=snakemake.params.classes,
            network=snakemake.params.network[0],
        )
