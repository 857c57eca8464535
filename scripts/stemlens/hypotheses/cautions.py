"""What a reader of verdicts has to know first."""

import math

import pandas as pd

from stemlens.statistics.bootstrap import MIN_SONGS


def cautions(claims: pd.DataFrame, *, confidence: float, n_replicates: int) -> list[str]:
    """Say what the verdicts of a run cannot tell, a sentence or two each.

    Parameters
    ----------
    claims
        As from `stemlens.hypotheses.verdict_table.judge_all`, of all networks.
    confidence
        Of the intervals.
    n_replicates
        Of the bootstrap.
    """
    applicable = claims[claims["effect"].notna()]
    found: list[str] = []
    if applicable.empty:
        return found
    n_seeds, n_songs = applicable["n_seeds"].max(), applicable["n_songs"].min()
    if n_seeds == 1:
        found.append(
            "Each network was trained once: verdicts are about this one training, not about what"
            " another seed would give. Give experiment.seeds several."
        )
    elif n_seeds == 2:
        found.append(
            "Each network was trained twice: from two trainings intervals are wide, and few"
            " verdicts are reached. Give experiment.seeds three or more."
        )
    if n_songs < MIN_SONGS:
        found.append(
            f"Some means rest on {n_songs} test songs: below {MIN_SONGS} there are no intervals,"
            " and claims are neither supported nor contradicted."
        )
    k = int(claims.groupby(["id", "network", "training", "mse_measure"]).size().max())
    needed = math.ceil(2 * k / (1 - confidence))
    if n_replicates < needed:
        found.append(
            f"bootstrap.n_replicates is {n_replicates}: too few for percentiles as far out as the"
            f" most extreme of {k} claims needs; there, intervals rest on Student's t alone. Give"
            f" it at least {needed}."
        )
    return found
