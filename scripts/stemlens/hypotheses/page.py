"""Verdicts as a page to read, in Markdown."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.hypotheses import CONTRADICTED, SUPPORTED, UNDECIDED
from stemlens.hypotheses.catalogue import Hypothesis

SIGNS = {SUPPORTED: "✓ supported", CONTRADICTED: "✗ contradicted", UNDECIDED: "– undecided"}


def write_page(
    hypotheses: Sequence[Hypothesis], verdicts: pd.DataFrame, *, confidence: float
) -> str:
    """Write verdicts as Markdown: an overview, then each hypothesis with its effects.

    Parameters
    ----------
    hypotheses
        In the order of the page; those that `verdicts` does not name are left out.
    verdicts
        Columns ``id``, ``task``, ``network``, ``training``, ``verdict``, ``effect``, ``ci_low``,
        ``ci_high``, ``n_songs``, ``note``.
    confidence
        Of the intervals.
    """
    tested = [h for h in hypotheses if h.id in set(verdicts["id"])]
    models = verdicts[["network", "training"]].drop_duplicates()
    names = [f"{row.network}, {row.training}" for row in models.itertuples()]
    lines = [
        "# What the paper reports, tested on this run",
        "",
        "Each hypothesis claims that some difference is above zero. It is *supported* where the"
        f" {100 * confidence:g} % interval over songs of every such difference lies above zero,"
        " *contradicted* where that of at least one lies below, allowing for their number, and"
        " *undecided* otherwise. What the untrained network shows as well needs no training.",
        "",
        *_head("", "Hypothesis", *names),
    ]
    for hypothesis in tested:
        rows = verdicts[verdicts["id"] == hypothesis.id]
        cells = []
        for model in models.itertuples():
            of_model = (rows["network"] == model.network) & (rows["training"] == model.training)
            cells.append(" ".join(SIGNS[verdict] for verdict in rows.loc[of_model, "verdict"]))
        lines.append(_row(hypothesis.id, hypothesis.wording, *cells))
    for hypothesis in tested:
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
            "",
            *_head("network", "training", "verdict", "effect", "interval", "songs", "note"),
        ]
        for row in verdicts[verdicts["id"] == hypothesis.id].itertuples():
            interval = _interval(row.ci_low, row.ci_high)
            sign, effect = SIGNS[row.verdict], _number(row.effect)
            lines.append(
                _row(row.network, row.training, sign, effect, interval, row.n_songs, row.note)
            )
    return "\n".join(lines) + "\n"


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:+.3f}"


def _interval(low: float, high: float) -> str:
    return "" if np.isnan(low) else f"{low:+.3f} to {high:+.3f}"
