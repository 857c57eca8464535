"""Draw cost, macro F1 and curves of the networks of the experiment.

Inputs
------
networks : CSV from ``compare_networks``.
contrast : CSV from ``collect_similarity``, averaged over seeds.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.network_overview import plot_networks
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(networks: str, contrast: str, figures: list[str]) -> None:
    """Draw the trained networks."""
    contrasts = read_table(contrast)
    trained = contrasts[(contrasts["task"] == "instrument") & (contrasts["training"] == "trained")]
    save_figure(plot_networks(read_table(networks), trained), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.networks, snakemake.input.contrast, snakemake.output)
