"""Quadrants of the valence-arousal plane."""

from collections.abc import Sequence

QUADRANTS = ("Q1", "Q2", "Q3", "Q4")
"""Russell's circumplex: high valence and high arousal, low and high, low and low, high and low."""

RATING_ROUNDING = 1e-9
"""Tolerance for rounding errors of decimal fractions such as 0.1."""


def quadrant(
    valence: float,
    arousal: float,
    *,
    valence_range: Sequence[float],
    arousal_range: Sequence[float],
    margin: float,
) -> str | None:
    """Return the quadrant of a rating in Russell's circumplex.

    Parameters
    ----------
    valence, arousal
        The rating, within the ranges.
    valence_range, arousal_range
        Lowest and highest rating. Halfway is the midpoint, which counts as high.
    margin
        Least distance of a rating from both midpoints, as a share of half the range (0 ≤ margin
        < 1).

    Returns
    -------
    str or None
        One of `QUADRANTS`; ``None`` where valence or arousal is nearer to its midpoint than
        `margin`.

    References
    ----------
    Russell, J. A. (1980). A circumplex model of affect. Journal of Personality and Social
    Psychology, 39(6), 1161–1178.
    """
    valence_height = _height(valence, valence_range)
    arousal_height = _height(arousal, arousal_range)
    if min(abs(valence_height), abs(arousal_height)) < margin - RATING_ROUNDING:
        return None
    is_pleasant, is_aroused = valence_height >= -RATING_ROUNDING, arousal_height >= -RATING_ROUNDING
    if is_aroused:
        return "Q1" if is_pleasant else "Q2"
    return "Q4" if is_pleasant else "Q3"


def _height(value: float, ends: Sequence[float]) -> float:
    """Distance above the midpoint in halves of the range: −1 to 1."""
    low, high = ends
    return (2 * value - low - high) / (high - low)
