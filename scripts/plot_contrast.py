"""Draw the contrast by layer.

Inputs
------
contrast : CSV from ``collect_similarity``, averaged over seeds.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.contrast_curves import plot_contrast
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(
    contrast: str,
    figures: list[str],
    *,
    task: str,
    network: str,
    classes: list[str],
    mse_measure: str,
) -> None:
    """Draw one network and its controls."""
    table = read_table(contrast)
    of_network = table[(table["task"] == task) & (table["network"] == network)]
    save_figure(plot_contrast(of_network, classes, mse_measure=mse_measure), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.contrast,
            snakemake.output,
            task=snakemake.wildcards.task,
            network=snakemake.params.network,
            classes=snakemake.params.classes,
            mse_measure=snakemake.params.mse_measure,
        )
