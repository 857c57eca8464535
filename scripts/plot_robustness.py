"""Draw which verdicts flip under other variants of the analysis.

Inputs
------
table : CSV from ``judge_variants``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.style import save_figure
from stemlens.figures.verdict_map import plot_verdict_map
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(table: str, figures: list[str]) -> None:
    """Draw the verdicts."""
    save_figure(plot_verdict_map(read_table(table)), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.table, snakemake.output)
