"""Draw how many segments and songs each activity threshold leaves.

Inputs
------
sweep : CSV from ``collect_thresholds``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.style import save_figure
from stemlens.figures.threshold_sweep import plot_threshold_sweep
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(
    sweep: str, figures: list[str], *, threshold_db: float, expected: dict[str, int | None]
) -> None:
    """Draw the sweep."""
    figure = plot_threshold_sweep(read_table(sweep), threshold_db=threshold_db, expected=expected)
    save_figure(figure, figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.sweep,
            snakemake.output,
            threshold_db=snakemake.params.threshold_db,
            expected=snakemake.params.expected,
        )
