"""Write the explorer: one HTML file in which the results are seen and heard.

Inputs
------
hypotheses : YAML, see ``hypotheses.yaml``.
stimuli : JSON from ``encode_stimuli``.
models : JSON files from ``encode_model``, at ``…/<task>/<network>/<training>-seed<k>.json``.
tables : CSV files of the run.
transformed : JSON from ``encode_transformed``, if there are transformed stimuli to be heard.

Outputs
-------
page : HTML.
"""

import logging
from pathlib import Path
from typing import Any

from stemlens.explorer.encoding import table_columns
from stemlens.explorer.page import write_page
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.job_log import job_log
from stemlens.model_name import ModelName
from stemlens.provenance import current_provenance
from stemlens.similarity.measures import MEASURES
from stemlens.sources import demand_sources
from stemlens.tables import read_table

logger = logging.getLogger("stemlens")

SILENCE = "Without sound: explorer.audio does not say that this corpus may be passed on."


def main(
    hypotheses: str,
    stimuli: str,
    models: list[str],
    tables: list[str],
    page: str,
    *,
    corpus: str,
    classes: list[str],
    networks: dict[str, str],
    mse_measure: str,
    measures: list[str],
    is_heard: bool,
    is_rendered: bool,
    n_folds: int | None,
    transformed: str | None = None,
) -> None:
    """Put the page together.

    `networks` states for each task the network that is studied, `measures` are those of pairs.
    """
    for path in tables:
        demand_sources(path)
    catalogue = {h.id: h for h in read_hypotheses(hypotheses)}
    run = {
        "corpus": corpus,
        "classes": classes,
        "networks": networks,
        "mse_measure": mse_measure,
        "pair_measures": measures,
        "measures": {name: {"label": m.label.replace("\n", " ")} for name, m in MEASURES.items()},
        "is_rendered": is_rendered,
        "n_folds": n_folds,
        "silence": "" if is_heard else SILENCE,
        "provenance": current_provenance(),
        "hypotheses": {
            name: {"wording": h.wording, "finding": h.finding, "ours": h.ours}
            for name, h in catalogue.items()
        },
    }
    named = {ModelName.from_path(path).path: path for path in models}
    blocks: dict[str, Any] = {
        "run": run,
        "models": list(named),
        "tables": [Path(path).stem for path in tables],
        **{f"table:{Path(path).stem}": table_columns(read_table(path)) for path in tables},
    }
    encoded = {"stimuli": stimuli, **{f"model:{name}": path for name, path in named.items()}}
    if transformed:
        encoded["keeps"] = transformed
    write_page(page, blocks, title=f"{corpus} – stemlens", encoded=encoded)
    logger.info("%.1f MB", Path(page).stat().st_size / 1e6)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.hypotheses,
            snakemake.input.stimuli,
            snakemake.input.models,
            snakemake.input.tables,
            snakemake.output.page,
            transformed=snakemake.input.get("transformed"),
            **snakemake.params.shown,
        )
