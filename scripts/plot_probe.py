"""Draw how well a linear probe recognises each class in mixes, by layer.

Inputs
------
probe : CSV from ``collect_probes``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.contrast_curves import plot_probe
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(probe: str, figures: list[str], *, task: str, network: str, classes: list[str]) -> None:
    """Draw one network and its controls."""
    table = read_table(probe)
    of_network = table[(table["task"] == task) & (table["network"] == network)]
    save_figure(plot_probe(of_network, classes), figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.probe,
            snakemake.output,
            task=snakemake.wildcards.task,
            network=snakemake.params.network,
            classes=snakemake.params.classes,
        )
