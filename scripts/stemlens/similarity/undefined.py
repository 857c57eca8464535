"""Why a mean over pairs has no value, or rests on fewer pairs than there are."""

from stemlens.notes import FEW_SONGS, NOT_FINITE
from stemlens.similarity.measures import MEASURES
from stemlens.statistics.bootstrap import MIN_SONGS

NO_PAIR = "no two songs to compare"


def note_on_mean(
    measure: str, *, n_pairs: int, n_defined: int, n_not_finite: int, n_songs: int, n_features: int
) -> str:
    """Explain why a mean over pairs, or its interval, is missing or rests on fewer pairs.

    Parameters
    ----------
    n_pairs, n_defined
        How many pairs there are, and in how many of them the measure has a value.
    n_not_finite
        In how many it has none because an activation is NaN or infinite.
    n_songs
        How many songs the defined pairs are of.
    n_features
        How many values an activation of the layer has.

    Returns
    -------
    str
        Reasons, joined by "; "; empty where there are none.
    """
    if n_pairs == 0:
        return NO_PAIR
    n_undefined = {
        NOT_FINITE: n_not_finite,
        reason_undefined(measure, n_features): n_pairs - n_defined - n_not_finite,
    }
    reasons = [
        f"undefined in {n} of {n_pairs} pairs: {reason}" for reason, n in n_undefined.items() if n
    ]
    if 0 < n_songs < MIN_SONGS:
        reasons.append(FEW_SONGS)
    return "; ".join(reasons)


def reason_undefined(measure: str, n_features: int) -> str:
    """Say why a measure has no value for two finite activations of a layer with so many values."""
    min_features = MEASURES[measure].min_features
    if n_features < min_features:
        return f"the layer has fewer than {min_features} values"
    return MEASURES[measure].undefined
