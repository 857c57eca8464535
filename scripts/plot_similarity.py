"""Draw figure 2: similarity by layer and class.

Inputs
------
similarity : CSV from ``collect_similarity``.

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
    figures: list[str],
    *,
    model: dict[str, str | int],
    classes: list[str],
    mse_measure: str,
) -> None:
    """Draw the curves of one model."""
    table = read_table(similarity)
    for column, value in model.items():
        table = table[table[column] == value]
    save_figure(plot_similarity_curves(table, classes, mse_measure=mse_measure), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.similarity,
            snakemake.output,
            model=snakemake.params.model,
            classes=snakemake.params.classes,
            mse_measure=snakemake.params.mse_measure,
        )
