"""Draw what each layer of the studied network keeps.

Inputs
------
tables : CSV files ``gain_thresholds``, ``invariance``, ``retrieval`` and ``concepts``, those that
    there are. Others, such as ``gains``, are not drawn.

Outputs
-------
PNG and PDF.
"""

from pathlib import Path

from stemlens.figures.keeps import plot_keeps
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(
    tables: list[str],
    figures: list[str],
    *,
    task: str,
    network: str,
    classes: list[str],
    gains_db: list[float],
) -> None:
    """Draw one network and its untrained twin."""
    of_network = {}
    for path in tables:
        table = read_table(path)
        is_of_network = (table["task"] == task) & (table["network"] == network)
        of_network[Path(path).stem] = table[is_of_network]
    save_figure(plot_keeps(of_network, classes, gains_db=gains_db), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.tables,
            snakemake.output,
            task=snakemake.wildcards.task,
            network=snakemake.params.network,
            classes=snakemake.params.classes,
            gains_db=snakemake.params.gains_db,
        )
