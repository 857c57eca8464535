"""Verdicts on many networks as tables."""

from collections.abc import Iterable

import pandas as pd

from stemlens.hypotheses import SUPPORTED
from stemlens.hypotheses.catalogue import Hypothesis
from stemlens.hypotheses.quantities import Quantities
from stemlens.hypotheses.verdict import judge

ABOUT = ["id", "task", "network", "training", "mse_measure"]
INTERVAL = {"effect": "float64", "ci_low": "float64", "ci_high": "float64", "n_songs": "int64"}
COUNTS = ["n_comparisons", "n_seeds_agreeing", "n_seeds"]
VERDICT_COLUMNS = [*ABOUT, "verdict", *INTERVAL, "note"]
CLAIM_COLUMNS = [*ABOUT, "measure", "class", "claim", *INTERVAL, *COUNTS, "note"]


def judge_all(
    hypotheses: Iterable[Hypothesis],
    quantities: Quantities,
    *,
    network: str,
    training: str,
    confidence: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge hypotheses on one network.

    Returns
    -------
    verdicts : DataFrame
        A row per hypothesis: ``id``, ``task``, ``network``, ``training``, ``mse_measure`` (empty
        where it is about no error), ``verdict``, ``effect``, ``ci_low``, ``ci_high``, ``n_songs``
        and ``note``; the numbers are those of the claim that decided, or of the weakest.
    claims : DataFrame
        A row per claim: ``id`` to ``mse_measure``, ``measure``, ``class``, ``claim``, ``effect``,
        ``ci_low``, ``ci_high``, ``n_songs``, ``n_comparisons``, ``n_seeds_agreeing``, ``n_seeds``,
        ``note``.
    """
    verdicts, claims = [], []
    for hypothesis in hypotheses:
        result = judge(hypothesis, quantities, training=training, confidence=confidence)
        about = {
            "id": hypothesis.id,
            "task": hypothesis.task,
            "network": network,
            "training": training,
            "mse_measure": quantities.mse_measure if hypothesis.is_about_errors else "",
        }
        numbers = {column: getattr(result.deciding, column) for column in INTERVAL}
        verdicts.append({**about, "verdict": result.verdict, **numbers, "note": result.note})
        for claim in result.claims:
            claims.append(
                {
                    **about,
                    "measure": claim.measure,
                    "class": claim.class_name,
                    "claim": claim.claim,
                    **{column: getattr(claim, column) for column in INTERVAL},
                    **{column: getattr(claim, column) for column in COUNTS},
                    "note": "; ".join(filter(None, [claim.layers_note, claim.note])),
                }
            )
    return (
        pd.DataFrame(verdicts, columns=VERDICT_COLUMNS).astype(INTERVAL),
        pd.DataFrame(claims, columns=CLAIM_COLUMNS).astype(INTERVAL),
    )


def mark_untaught(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Note which findings of a trained network its untrained twin shows as well, in a copy."""
    supported = verdicts["verdict"] == SUPPORTED
    untrained = verdicts["training"] == "untrained"
    findings = pd.MultiIndex.from_frame(verdicts[["id", "task", "network", "mse_measure"]])
    shown = findings.isin(findings[supported & untrained])
    marked = verdicts.copy()
    marked.loc[supported & ~untrained & shown, "note"] += (
        "; needs no training: the untrained network shows it"
    )
    return marked
