"""Judge the paper's findings again under other readings of the paper.

Inputs
------
hypotheses : YAML, see ``hypotheses.yaml``.
<reading> : HDF5 files from ``bootstrap_similarity`` or ``reread_model``, a seed of the network
    each.

Outputs
-------
table : CSV, of hypotheses that the reading can change; columns ``reading`` (``as_configured``
    first), ``id``, ``task``, ``network``,
    ``training``, ``verdict``, ``effect``, ``ci_low``, ``ci_high``, ``n_songs``, ``note``.
"""

import pandas as pd
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.hypotheses.quantities import Quantities
from stemlens.hypotheses.verdict_table import judge_all
from stemlens.job_log import job_log
from stemlens.model_name import ModelName
from stemlens.similarity.replicate_store import read_replicates
from stemlens.tables import write_table
from tqdm import tqdm


def main(
    hypotheses: str,
    replicates: dict[str, list[str]],
    table: str,
    *,
    mse_measures: dict[str, str],
    confidence: float,
) -> None:
    """Judge reading by reading, from its files and its normalisation of the MSE."""
    catalogue = [h for h in read_hypotheses(hypotheses) if not h.is_about_networks]
    tables = []
    for name, files in tqdm(replicates.items(), desc="judge", disable=None):
        model = ModelName.from_path(files[0])
        quantities = Quantities(mse_measures[name])
        quantities.add_similarity(model.task, [read_replicates(file) for file in files])
        changes_errors_only = mse_measures[name] != next(iter(mse_measures.values()))
        verdicts, _ = judge_all(
            [
                hypothesis
                for hypothesis in catalogue
                if hypothesis.task == model.task
                and (hypothesis.is_about_errors or not changes_errors_only)
            ],
            quantities,
            network=model.network,
            training=model.training,
            confidence=confidence,
        )
        verdicts.insert(0, "reading", name)
        tables.append(verdicts)
    write_table(table, pd.concat(tables))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        measures = snakemake.params.mse_measures
        main(
            snakemake.input.hypotheses,
            {reading: snakemake.input[reading] for reading in measures},
            snakemake.output.table,
            mse_measures=measures,
            confidence=snakemake.params.confidence,
        )
