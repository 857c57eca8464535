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


def main(cka: str, separability: str, figures: list[str], *, network: str) -> None:
    """Draw one network and its controls."""
    alike, apart = read_table(cka), read_table(separability)
    of_network = (table[table["network"] == network] for table in (alike, apart))
    save_figure(plot_representations(*of_network), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.cka,
            snakemake.input.separability,
            snakemake.output,
            network=snakemake.params.network,
        )
