"""Cautions to readers of verdicts: few seeds, few songs, few bootstrap replicates."""

import math

import pandas as pd

from stemlens.statistics.bootstrap import MIN_SONGS


def cautions(claims: pd.DataFrame, *, confidence: float, n_replicates: int) -> list[str]:
    """List the limitations of a run's verdicts, a sentence or two each.

    Parameters
    ----------
    claims
        As from `stemlens.hypotheses.verdict_table.judge_all`, of all networks.
    """
    applicable = claims[claims["effect"].notna()]
    found: list[str] = []
    if applicable.empty:
        return found
    n_seeds, n_songs = applicable["n_seeds"].max(), applicable["n_songs"].min()
    if n_seeds == 1:
        found.append(
            "Each network was trained once: verdicts are about this one training, not about what"
            " another seed would give. List several seeds in experiment.seeds."
        )
    elif n_seeds == 2:
        found.append(
            "Each network was trained twice: from two trainings intervals are wide, and few"
            " verdicts are reached. List three seeds or more in experiment.seeds."
        )
    if n_songs < MIN_SONGS:
        found.append(
            f"Some means rest on {n_songs} test songs: below {MIN_SONGS} there are no intervals,"
            " and claims are neither supported nor contradicted."
        )
    n_comparisons = int(applicable["n_comparisons"].max())
    needed = math.ceil(2 * n_comparisons / (1 - confidence))
    if n_replicates < needed:
        found.append(
            f"bootstrap.n_replicates is {n_replicates}: too few for percentiles as far out as the"
            f" most extreme of {n_comparisons} differences needs; there, Student's t and the most"
            f" extreme replicate decide. Set it to at least {needed}."
        )
    return found
