"""Draw figure 2, similarity by layer and class, and the contrast by layer.

Inputs
------
similarity, contrast : CSV from ``collect_similarity``, averaged over seeds.

Outputs
-------
similarity, contrast : PNG and PDF each.
"""

from stemlens.figures.contrast_curves import plot_contrast
from stemlens.figures.similarity_curves import plot_similarity_curves
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(
    similarity: str,
    contrast: str,
    similarity_figures: list[str],
    contrast_figures: list[str],
    *,
    network: str,
    classes: list[str],
    mse_measure: str,
) -> None:
    """Draw the curves of one network and its controls."""
    similarities, contrasts = read_table(similarity), read_table(contrast)
    similarities = similarities[similarities["network"] == network]
    contrasts = contrasts[contrasts["network"] == network]
    figure = plot_similarity_curves(similarities, contrasts, classes, mse_measure=mse_measure)
    save_figure(figure, similarity_figures)
    save_figure(plot_contrast(contrasts, classes, mse_measure=mse_measure), contrast_figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.similarity,
            snakemake.input.contrast,
            snakemake.output.similarity,
            snakemake.output.contrast,
            network=snakemake.params.network,
            classes=snakemake.params.classes,
            mse_measure=snakemake.params.mse_measure,
        )
