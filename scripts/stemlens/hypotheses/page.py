"""Verdicts as a page to read, in Markdown."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from stemlens.hypotheses import CONTRADICTED, NOT_APPLICABLE, SUPPORTED, UNDECIDED
from stemlens.hypotheses.catalogue import ALSO_LITERAL_MSE, Hypothesis
from stemlens.model_name import OTHER

SIGNS = {
    SUPPORTED: "✓ supported",
    CONTRADICTED: "✗ contradicted",
    UNDECIDED: "– undecided",
    NOT_APPLICABLE: "○ not applicable",
}


def write_page(
    hypotheses: Sequence[Hypothesis],
    verdicts: pd.DataFrame,
    *,
    confidence: float,
    cautions: Sequence[str],
) -> str:
    """Write verdicts as Markdown: overviews, then each hypothesis with its effects.

    What is about more networks than the paper's has an overview of its own, a row per network.

    Parameters
    ----------
    hypotheses
        In the order of the page; those that `verdicts` does not name are left out.
    verdicts
        Columns ``id``, ``task``, ``network``, ``training``, ``mse_measure``, ``verdict``,
        ``effect``, ``ci_low``, ``ci_high``, ``n_songs``, ``note``.
    cautions
        Shown before the verdicts.
    """
    tested = [h for h in hypotheses if h.id in set(verdicts["id"])]
    ours, papers = ([h for h in tested if h.is_ours == is_ours] for is_ours in (True, False))
    lines = [
        "# What the paper reports, tested on this run" if papers else "# Hypotheses, tested",
        "",
        *(line for caution in cautions for line in (f"> **Mind:** {caution}", "")),
        "Each hypothesis claims that some difference is above zero. It is *supported* where the"
        f" {100 * confidence:g} % interval of every such difference, over songs and trainings, lies"
        " above zero, *contradicted* where that of at least one lies below, allowing for their"
        " number, and *undecided* where the evidence is too weak for either. It is *not applicable*"
        " where it is about classes, layers or networks that this run does not have, or about"
        " something that is not defined here. What the untrained network shows as well needs no"
        " training.",
        "",
        *(_overview(papers, verdicts) if papers or not ours else []),
        *(_overview_of_networks(ours, verdicts) if ours else []),
    ]
    for hypothesis in tested:
        rows = verdicts[verdicts["id"] == hypothesis.id]
        tests = ", ".join(f"`{inequality}`" for inequality in hypothesis.inequalities)
        classes = "all classes" if hypothesis.classes is None else ", ".join(hypothesis.classes)
        about = ", ".join(hypothesis.measures) + (f"; {classes}" if classes else "")
        lines += [
            "",
            f"## {hypothesis.id}: {hypothesis.wording}",
            "",
            f"The paper: {hypothesis.finding}",
            "",
            f"Tested: {tests} ({about}).",
        ]
        if hypothesis.ours:
            lines += ["", f"Ours, not the paper's: {hypothesis.ours}"]
        measures = list(dict.fromkeys(rows["mse_measure"]))
        if len(measures) > 1:
            lines += [
                "",
                f"The paper can be read as meaning `{measures[0]}` or, as literally,"
                f" `{ALSO_LITERAL_MSE}`; both are tested.",
            ]
        lines += [
            "",
            *_head("network", "training", "MSE", "verdict", "effect", "interval", "songs", "note"),
        ]
        for row in rows.itertuples():
            interval = _interval(row.ci_low, row.ci_high)
            sign, effect = SIGNS[row.verdict], _number(row.effect)
            network = _network(row) if hypothesis.is_ours else row.network
            of_model = (network, row.training, row.mse_measure)
            lines.append(_row(*of_model, sign, effect, interval, row.n_songs, row.note))
    return "\n".join(lines) + "\n"


def _overview(hypotheses: Sequence[Hypothesis], verdicts: pd.DataFrame) -> list[str]:
    rows = verdicts[verdicts["id"].isin([hypothesis.id for hypothesis in hypotheses])]
    pairs = rows[["network", "training"]].drop_duplicates()
    models = [*pairs.itertuples(index=False, name=None)]
    lines = _head("", "Hypothesis", *(", ".join(model) for model in models))
    for hypothesis in hypotheses:
        of_id = rows[rows["id"] == hypothesis.id]
        by_model = dict(iter(of_id.groupby(["network", "training"])))
        cells = [_cell(by_model.get(model, of_id[:0])) for model in models]
        lines.append(_row(hypothesis.id, hypothesis.wording, *cells))
    return lines


def _overview_of_networks(hypotheses: Sequence[Hypothesis], verdicts: pd.DataFrame) -> list[str]:
    rows = verdicts[verdicts["id"].isin([hypothesis.id for hypothesis in hypotheses])]
    lines = [
        "",
        "Not the paper's, but ours, are hypotheses about every network, whatever its layers are"
        " called. In their tests `first` is a network's input, `last` its last layer, `peak` the"
        " largest value of all layers, and `any` one of them, the same wherever it stands.",
        "",
        *(f"- **{hypothesis.id}:** {hypothesis.wording}" for hypothesis in hypotheses),
        "",
        *_head("network", "training", *(hypothesis.id for hypothesis in hypotheses)),
    ]
    for (_, _, training), of_model in rows.groupby(["task", "network", "training"], sort=False):
        by_id = dict(iter(of_model.groupby("id")))
        cells = [_cell(by_id.get(hypothesis.id, of_model[:0])) for hypothesis in hypotheses]
        network = _network(next(of_model.itertuples()))
        lines.append(_row(network, training, *cells))
    return lines


def _network(row: Any) -> str:
    """The network, and what the run trained it for if it did: others may be called alike."""
    return row.network if row.task == OTHER else f"{row.network} ({row.task})"


def _cell(rows: pd.DataFrame) -> str:
    """The verdict; where another normalisation of the MSE gives another one, both."""
    verdicts = dict(zip(rows["mse_measure"], rows["verdict"], strict=True))
    if len(set(verdicts.values())) < 2:
        return "".join(SIGNS[verdict] for verdict in set(verdicts.values()))
    return ", ".join(f"{SIGNS[verdict]} ({measure})" for measure, verdict in verdicts.items())


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(_as_text, cells)) + " |"


def _as_text(cell: object) -> str:
    """Keep names in a cell from being markup, a link or the cell's end."""
    text = " ".join(str(cell).splitlines()).replace("|", "\\|").replace("](", "]\\(")
    return re.sub("<(?=[a-zA-Z/!?])", "&lt;", text)


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:+.3f}"


def _interval(low: float, high: float) -> str:
    return "" if np.isnan(low) else f"{low:+.3f} to {high:+.3f}"
