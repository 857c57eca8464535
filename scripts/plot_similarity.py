"""Draw figure 2 or 4, similarity by layer and class.

Inputs
------
similarity, contrast : CSV from ``collect_similarity``, averaged over seeds.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.similarity_curves import plot_similarity_curves
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(
    similarity: str,
    contrast: str,
    figures: list[str],
    *,
    task: str,
    network: str,
    classes: list[str],
    mse_measure: str,
) -> None:
    """Draw the curves of one network and its controls."""
    similarities, contrasts = (
        table[(table["task"] == task) & (table["network"] == network)]
        for table in (read_table(similarity), read_table(contrast))
    )
    figure = plot_similarity_curves(similarities, contrasts, classes, mse_measure=mse_measure)
    save_figure(figure, figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.similarity,
            snakemake.input.contrast,
            snakemake.output,
            task=snakemake.params.task,
            network=snakemake.params.network,
            classes=snakemake.params.classes,
            mse_measure=snakemake.params.mse_measure,
        )
