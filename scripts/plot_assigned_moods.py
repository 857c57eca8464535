"""Draw which moods the stimuli of each class are assigned to.

Inputs
------
assigned, entropy : CSV from ``collect_moods``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.assigned_moods import plot_assigned_moods
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(assigned: str, entropy: str, figures: list[str]) -> None:
    """Draw the mood network and its controls."""
    save_figure(plot_assigned_moods(read_table(assigned), read_table(entropy)), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.assigned, snakemake.input.entropy, snakemake.output)
