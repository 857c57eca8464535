"""Judge the paper's findings on every network of the run.

Inputs
------
hypotheses : YAML, see ``hypotheses.yaml``.
replicates : HDF5 files from ``bootstrap_similarity``, at
    ``…/<task>/<network>/<training>-seed<k>.h5``.
entropies : HDF5 files from ``assign_moods``, named alike; none without a mood network.
predictions : CSV files from ``evaluate_model`` of the trained instrument networks, named alike.

Outputs
-------
verdicts : CSV, columns ``id``, ``task``, ``network``, ``training``, ``verdict``, ``effect``,
    ``ci_low``, ``ci_high``, ``n_songs``, ``note``.
claims : CSV, a row per claim of a hypothesis: ``id`` to ``training``, ``measure``, ``class``,
    ``claim``, ``effect``, ``ci_low``, ``ci_high``, ``n_songs``, ``n_seeds_agreeing``,
    ``n_seeds``, ``note``.
page : Markdown.
"""

from pathlib import Path

import pandas as pd
from stemlens.atomic import replacing
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.hypotheses.page import write_page
from stemlens.hypotheses.quantities import Quantities
from stemlens.hypotheses.verdict_table import judge_all, mark_untaught
from stemlens.job_log import job_log
from stemlens.model_name import group_by_seed
from stemlens.network.comparison import score_networks
from stemlens.similarity.replicate_store import read_replicates
from stemlens.tables import read_table, write_table
from tqdm import tqdm


def main(
    hypotheses: str,
    replicates: list[str],
    entropies: list[str],
    predictions: list[str],
    verdicts: str,
    claims: str,
    page: str,
    *,
    reference: str,
    mse_measure: str,
    confidence: float,
    n_replicates: int,
    seed: int,
) -> None:
    """Judge similarity in each network and training, and scores across networks."""
    catalogue = read_hypotheses(hypotheses)
    about_similarity = [h for h in catalogue if not h.is_about_networks]
    results = []
    similarity_of, entropy_of = group_by_seed(replicates), group_by_seed(entropies)
    for task, network, training in tqdm(similarity_of, desc="judge", disable=None):
        quantities = Quantities(mse_measure)
        # The mood network is held against the instrument network of the same training.
        for other in dict.fromkeys(["instrument", task]):
            for files_of in (similarity_of, entropy_of):
                if paths := files_of.get((other, network, training)):
                    summaries = [read_replicates(path) for path in paths.values()]
                    quantities.add_summaries(other, summaries)
        tested = [h for h in about_similarity if h.task == task]
        model = {"network": network, "training": training}
        results.append(judge_all(tested, quantities, **model, confidence=confidence))
    trained = {
        network: [read_table(path) for path in paths.values()]
        for (_, network, _), paths in group_by_seed(predictions).items()
    }
    quantities = Quantities(mse_measure)
    scores = score_networks(trained, n_replicates=n_replicates, seed=seed)
    quantities.add_macro_f1("instrument", scores)
    about_networks = [h for h in catalogue if h.is_about_networks]
    model = {"network": reference, "training": "trained"}
    results.append(judge_all(about_networks, quantities, **model, confidence=confidence))

    verdict_table = pd.concat([table for table, _ in results], ignore_index=True)
    verdict_table = mark_untaught(verdict_table)
    write_table(verdicts, verdict_table)
    write_table(claims, pd.concat([table for _, table in results]))
    with replacing(page) as beside:
        text = write_page(catalogue, verdict_table, confidence=confidence)
        Path(beside).write_text(text, "utf-8")


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.hypotheses,
            snakemake.input.replicates,
            snakemake.input.entropies,
            snakemake.input.predictions,
            snakemake.output.verdicts,
            snakemake.output.claims,
            snakemake.output.page,
            reference=snakemake.params.reference,
            mse_measure=snakemake.params.mse_measure,
            **snakemake.params.bootstrap,
        )
