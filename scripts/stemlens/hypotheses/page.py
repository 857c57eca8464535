"""Verdicts as a page to read, in Markdown."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.hypotheses import CONTRADICTED, NOT_APPLICABLE, SUPPORTED, UNDECIDED
from stemlens.hypotheses.catalogue import ALSO_LITERAL_MSE, Hypothesis

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
    """Write verdicts as Markdown: an overview, then each hypothesis with its effects.

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
    models = verdicts[["network", "training"]].drop_duplicates()
    names = [f"{row.network}, {row.training}" for row in models.itertuples()]
    lines = [
        "# What the paper reports, tested on this run",
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
        *_head("", "Hypothesis", *names),
    ]
    for hypothesis in tested:
        rows = verdicts[verdicts["id"] == hypothesis.id]
        cells = []
        for model in models.itertuples():
            of_model = (rows["network"] == model.network) & (rows["training"] == model.training)
            cells.append(_cell(rows[of_model]))
        lines.append(_row(hypothesis.id, hypothesis.wording, *cells))
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
            of_model = (row.network, row.training, row.mse_measure)
            lines.append(_row(*of_model, sign, effect, interval, row.n_songs, row.note))
    return "\n".join(lines) + "\n"


def _cell(rows: pd.DataFrame) -> str:
    """The verdict; where another normalisation of the MSE gives another one, both."""
    verdicts = dict(zip(rows["mse_measure"], rows["verdict"], strict=True))
    if len(set(verdicts.values())) < 2:
        return "".join(SIGNS[verdict] for verdict in set(verdicts.values()))
    return ", ".join(f"{SIGNS[verdict]} ({measure})" for measure, verdict in verdicts.items())


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:+.3f}"


def _interval(low: float, high: float) -> str:
    return "" if np.isnan(low) else f"{low:+.3f} to {high:+.3f}"
