"""Compare the networks of the experiment: what they cost, how well they recognise.

Inputs
------
predictions : CSV files from ``evaluate_model`` of the trained networks, at
    ``…/<task>/<network>/<training>-seed<k>.csv``.

Outputs
-------
table : CSV, columns ``network``, ``n_parameters``, ``multiply_adds``, ``macro_f1``, ``ci_low``,
    ``ci_high``, ``seed_std``, ``n_seeds``, ``n_songs``, ``difference``, ``difference_ci_low``,
    ``difference_ci_high``; see `stemlens.evaluation.comparison.compare_networks`.
"""

from typing import Any

from stemlens.evaluation.comparison import compare_networks, score_networks
from stemlens.job_log import job_log
from stemlens.model.architecture import Architecture
from stemlens.model.cost import cost
from stemlens.model_name import group_by_seed
from stemlens.tables import read_table, write_table


def main(
    predictions: list[str],
    table: str,
    *,
    networks: dict[str, dict[str, Any]],
    reference: str,
    spectrogram: tuple[int, int],
    n_outputs: int,
    confidence: float,
    n_replicates: int,
    seed: int,
) -> None:
    """Score, count and compare."""
    of_network = {
        network: [read_table(path) for path in paths.values()]
        for (_, network, _), paths in group_by_seed(predictions).items()
    }
    comparison = compare_networks(
        score_networks(of_network, n_replicates=n_replicates, seed=seed),
        {
            name: cost(Architecture.from_settings(settings), *spectrogram, n_outputs)
            for name, settings in networks.items()
        },
        reference=reference,
        confidence=confidence,
    )
    write_table(table, comparison)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.predictions,
            snakemake.output.table,
            networks=snakemake.params.networks,
            reference=snakemake.params.reference,
            spectrogram=tuple(snakemake.params.spectrogram),
            n_outputs=snakemake.params.n_outputs,
            **snakemake.params.bootstrap,
        )
