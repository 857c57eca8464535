"""Draw how alike the layers are and how far apart the classes lie in them.

Inputs
------
cka : CSV from ``compare_layers``.
separability : CSV from ``measure_separability``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.representations import plot_representations
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(cka: str, separability: str, figures: list[str], *, task: str, network: str) -> None:
    """Draw one network and its controls."""
    of_network = (
        table[(table["task"] == task) & (table["network"] == network)]
        for table in (read_table(cka), read_table(separability))
    )
    save_figure(plot_representations(*of_network), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.cka,
            snakemake.input.separability,
            snakemake.output,
            task=snakemake.wildcards.task,
            network=snakemake.params.network,
        )
