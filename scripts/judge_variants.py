"""Judge the paper's findings again under other variants of the analysis.

Inputs
------
hypotheses : YAML, see ``hypotheses.yaml``.
<variant> : HDF5 files from ``bootstrap_similarity``, at
    ``…/<task>/<network>/<training>-seed<k>.h5``, of one network per task and one training.
<variant>_entropies : HDF5 files from ``assign_moods``, named alike; none without a mood network.

Outputs
-------
table : CSV, of hypotheses that the variant can change: ``variant`` (``as_configured`` first), and
    the verdicts of `stemlens.hypotheses.verdict_table.judge_all`.
"""

import pandas as pd
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.hypotheses.quantities import Quantities
from stemlens.hypotheses.verdict_table import judge_all
from stemlens.job_log import job_log
from stemlens.model_name import group_by_seed
from stemlens.similarity.replicate_store import read_replicates
from stemlens.tables import write_table


def main(
    hypotheses: str,
    replicates: dict[str, list[str]],
    entropies: dict[str, list[str]],
    table: str,
    *,
    mse_measures: dict[str, str],
    confidence: float,
) -> None:
    """Judge variant by variant, from its files and its normalisation of the MSE."""
    catalogue = [
        hypothesis
        for hypothesis in read_hypotheses(hypotheses)
        # Neither other networks nor controls nor transformed stimuli are read anew.
        if not hypothesis.is_about_networks
        and not hypothesis.is_about_controls
        and not hypothesis.is_about_kept
    ]
    tables = []
    for name, files in replicates.items():
        quantities = Quantities(mse_measures[name])
        for of_models in (files, entropies[name]):
            for (task, _, training), paths in group_by_seed(of_models).items():
                summaries = [read_replicates(path) for path in paths.values()]
                quantities.add_summaries(task, training, summaries)
        changes_errors_only = mse_measures[name] != next(iter(mse_measures.values()))
        tested = [h for h in catalogue if h.is_about_errors or not changes_errors_only]
        for task, network, training in group_by_seed(files):
            verdicts, _ = judge_all(
                [hypothesis for hypothesis in tested if hypothesis.task == task],
                quantities,
                network=network,
                training=training,
                confidence=confidence,
            )
            verdicts.insert(0, "variant", name)
            tables.append(verdicts)
    write_table(table, pd.concat(tables))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        measures = snakemake.params.mse_measures
        main(
            snakemake.input.hypotheses,
            {variant: snakemake.input[variant] for variant in measures},
            {variant: snakemake.input[f"{variant}_entropies"] for variant in measures},
            snakemake.output.table,
            mse_measures=measures,
            confidence=snakemake.params.confidence,
        )
