"""Judge the paper's findings, and hypotheses about every network, on the networks of the run.

Inputs
------
hypotheses : YAML, see ``hypotheses.yaml``.
replicates : HDF5 files from ``bootstrap_similarity``, at
    ``…/<task>/<network>/<training>-seed<k>.h5``.
entropies : HDF5 files from ``assign_moods``, named alike; none without a mood network.
comparisons, grams : HDF5 files of transformed stimuli, and of the stimuli, named alike; none where
    nothing is transformed.
predictions : CSV files from ``evaluate_model`` of the trained instrument networks, named alike;
    none where the run trains no network.

Outputs
-------
verdicts, claims : CSV, see `stemlens.hypotheses.verdict_table.judge_all`. Hypotheses about errors
    have two rows: for the configured normalisation of the MSE, and for the other literal one.
page : Markdown.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from stemlens.atomic import replacing
from stemlens.evaluation.comparison import score_networks
from stemlens.hypotheses.catalogue import ALSO_LITERAL_MSE, read_hypotheses
from stemlens.hypotheses.cautions import cautions
from stemlens.hypotheses.kept import KeptQuantity, kept_quantities
from stemlens.hypotheses.page import write_page
from stemlens.hypotheses.quantities import Quantities
from stemlens.hypotheses.verdict_table import judge_all, mark_untaught
from stemlens.job_log import job_log
from stemlens.keeps.comparison import read_comparison
from stemlens.model_name import group_by_seed
from stemlens.similarity.gram_store import read_grams
from stemlens.similarity.replicate_store import read_replicates
from stemlens.tables import read_table, write_table

logger = logging.getLogger("stemlens")


def main(
    hypotheses: str,
    replicates: list[str],
    entropies: list[str],
    predictions: list[str],
    verdicts: str,
    claims: str,
    page: str,
    *,
    networks: dict[str, str],
    mse_measure: str,
    confidence: float,
    n_replicates: int,
    seed: int,
    comparisons: Sequence[str] = (),
    grams: Sequence[str] = (),
) -> None:
    """Judge similarity in each network and training, and scores across networks.

    `networks` states for each task the network that is studied; it is empty where none is. A
    hypothesis about every task is judged on each network of the run, those that the run does not
    train among them.
    """
    catalogue = read_hypotheses(hypotheses)
    about_similarity = [h for h in catalogue if not h.is_about_networks]
    summaries_of, entropies_of = (
        {
            model: [read_replicates(path) for path in paths.values()]
            for model, paths in group_by_seed(files).items()
        }
        for files in (replicates, entropies)
    )
    kept_of = kept_by_model(comparisons, grams, n_replicates=n_replicates, seed=seed)
    results = []
    for task, network, training in summaries_of:
        quantities = Quantities(mse_measure)
        # Other networks are compared with the instrument network of the same training, and all of
        # these with their untrained twins.
        models = [(task, network, training), (task, network, "untrained")]
        if task != "instrument" and "instrument" in networks:
            others = dict.fromkeys([training, "untrained"])
            models = [("instrument", networks["instrument"], each) for each in others] + models
        for model in models:
            if model in summaries_of:
                quantities.add_summaries(model[0], model[2], summaries_of[model])
                quantities.add_contrasts(model[0], model[2], summaries_of[model])
            if model in entropies_of:
                quantities.add_summaries(model[0], model[2], entropies_of[model])
            quantities.add_kept(model[0], model[2], kept_of.get(model, []))
        tested = [found for h in about_similarity if (found := h.of_task(task))]
        about = {"network": network, "training": training, "confidence": confidence}
        results.append(judge_all(tested, quantities, **about))
        if mse_measure != ALSO_LITERAL_MSE:
            under_other = replace(quantities, mse_measure=ALSO_LITERAL_MSE)
            about_errors = [h for h in tested if h.is_about_errors]
            results.append(judge_all(about_errors, under_other, **about))
    if "instrument" in networks:
        trained = {
            network: [read_table(path) for path in paths.values()]
            for (_, network, _), paths in group_by_seed(predictions).items()
        }
        quantities = Quantities(mse_measure)
        scores = score_networks(trained, n_replicates=n_replicates, seed=seed)
        quantities.add_macro_f1("instrument", "trained", scores)
        about_networks = [h for h in catalogue if h.is_about_networks]
        about = {"network": networks["instrument"], "training": "trained", "confidence": confidence}
        results.append(judge_all(about_networks, quantities, **about))

    verdict_table = mark_untaught(pd.concat([table for table, _ in results], ignore_index=True))
    claim_table = pd.concat([table for _, table in results], ignore_index=True)
    write_table(verdicts, verdict_table)
    write_table(claims, claim_table)
    said = cautions(claim_table, confidence=confidence, n_replicates=n_replicates)
    for caution in said:
        logger.warning("%s", caution)
    with replacing(page) as beside:
        text = write_page(catalogue, verdict_table, confidence=confidence, cautions=said)
        Path(beside).write_text(text, "utf-8")


def kept_by_model(
    comparisons: Sequence[str], grams: Sequence[str], *, n_replicates: int, seed: int
) -> dict[tuple[str, str, str], list[KeptQuantity]]:
    """What layers keep of transformed stimuli, for each network and training."""
    grams_of = group_by_seed(list(grams))
    kept = {}
    for model, paths in group_by_seed(list(comparisons)).items():
        of_seeds = [list(read_comparison(path)) for path in paths.values()]
        of_stimuli = [read_grams(path) for path in grams_of[model].values()]
        found = kept_quantities(of_seeds, of_stimuli, n_replicates=n_replicates, seed=seed)
        kept[model] = list(found)
    return kept


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
            networks=snakemake.params.networks,
            mse_measure=snakemake.params.mse_measure,
            comparisons=snakemake.input.comparisons,
            grams=snakemake.input.grams,
            **snakemake.params.bootstrap,
        )
