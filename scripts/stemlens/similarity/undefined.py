"""Why a mean over pairs has no value, or rests on fewer pairs than there are."""

from stemlens.notes import FEW_SONGS, NOT_FINITE
from stemlens.similarity.measures import MIN_FEATURES
from stemlens.statistics.bootstrap import MIN_SONGS

TOO_FEW_FEATURES = f"a layer of fewer than {MIN_FEATURES} values: any two correlate with 1 or -1"
UNDEFINED = {
    "pearson": "an activation is constant",
    "cosine": "an activation is zero",
    "mse_pair_max_over_layers": "the stimuli agree in every layer",
    "mse_peak": "both activations are zero",
    "mse_layer_max": "all stimuli of a class agree",
}
"""Why a measure has no value for a pair of finite activations."""
NO_PAIR = "no two songs to compare"


def note_on_mean(
    measure: str, *, n_pairs: int, n_defined: int, n_not_finite: int, n_songs: int, n_features: int
) -> str:
    """Say what keeps a mean over pairs, or its interval, from being what it seems.

    Parameters
    ----------
    measure
        Its name.
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
    is_too_small = measure == "pearson" and n_features < MIN_FEATURES
    reason = TOO_FEW_FEATURES if is_too_small else UNDEFINED.get(measure, "")
    n_undefined = {
        NOT_FINITE: n_not_finite,
        reason: n_pairs - n_defined - n_not_finite,
    }
    reasons = [
        f"undefined in {n} of {n_pairs} pairs: {reason}" for reason, n in n_undefined.items() if n
    ]
    if 0 < n_songs < MIN_SONGS:
        reasons.append(FEW_SONGS)
    return "; ".join(reasons)
