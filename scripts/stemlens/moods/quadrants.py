"""From valence and arousal to one of four moods."""

from collections.abc import Sequence


def quadrant(
    valence: float,
    arousal: float,
    *,
    valence_range: Sequence[float],
    arousal_range: Sequence[float],
    margin: float,
) -> str | None:
    """Find the quadrant of a rating.

    Parameters
    ----------
    valence, arousal
        The rating.
    valence_range, arousal_range
        Lowest and highest possible rating; the midpoint divides low from high. A rating on the
        midpoint counts as high.
    margin
        Share of half a range, 0 to 1.

    Returns
    -------
    str or None
        ``Q1`` to ``Q4``; None where valence or arousal is nearer to its midpoint than the margin.
    """
    places = [_place(valence, valence_range), _place(arousal, arousal_range)]
    if any(abs(place) < margin for place in places):
        return None
    is_positive, is_aroused = (place >= 0 for place in places)
    if is_aroused:
        return "Q1" if is_positive else "Q2"
    return "Q4" if is_positive else "Q3"


def _place(rating: float, limits: Sequence[float]) -> float:
    """Where a rating lies between the ends of its range, −1 to 1."""
    low, high = limits
    return (2 * rating - low - high) / (high - low)
