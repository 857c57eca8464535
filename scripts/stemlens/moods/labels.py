"""Reading labels from the cells of a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stemlens.errors import InputError
from stemlens.moods.mood_song import NEAR_MIDPOINT, UNLABELLED, Label
from stemlens.moods.quadrants import QUADRANTS, quadrant


@dataclass(frozen=True)
class RatingScale:
    """Lowest and highest ratings of valence and arousal, and `margin` as in `quadrant`."""

    valence_range: Sequence[float]
    arousal_range: Sequence[float]
    margin: float


def rating_label(valence: str, arousal: str, scale: RatingScale, where: str) -> Label:
    """Read a rating and find its quadrant.

    Parameters
    ----------
    valence, arousal
        The cells; if one is empty, the song has no label.
    where
        File and song, for messages.

    Raises
    ------
    InputError
        If a cell is not a number or out of range.
    """
    if not valence or not arousal:
        return UNLABELLED
    rating = number(valence, f"{where}: valence"), number(arousal, f"{where}: arousal")
    ranges = scale.valence_range, scale.arousal_range
    for what, value, (low, high) in zip(("valence", "arousal"), rating, ranges, strict=True):
        if not low <= value <= high:
            raise InputError(
                f"{where}: {what} {value:g} is out of range; expected {low:g} to {high:g}:"
                f" correct it, or mood.ranges.{what} where the corpus is a manifest"
            )
    found = quadrant(
        *rating,
        valence_range=scale.valence_range,
        arousal_range=scale.arousal_range,
        margin=scale.margin,
    )
    return Label(found, *rating, left_out="" if found else NEAR_MIDPOINT)


def quadrant_label(cell: str, where: str) -> Label:
    """Read a quadrant; an empty cell means no label.

    Raises
    ------
    InputError
        If the cell has any other content.
    """
    if not cell:
        return UNLABELLED
    if cell not in QUADRANTS:
        raise InputError(
            f"{where}: found quadrant {cell!r}; expected one of {', '.join(QUADRANTS)}"
        )
    return Label(cell)


def number(cell: str, where: str) -> float:
    """Read a finite number; `where` names it in the message."""
    try:
        # float() also takes 1_0 for 10, and digits of other scripts.
        value = float(cell) if cell.isascii() and "_" not in cell else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{where}: found {cell!r}; expected a number with a decimal point")
    return value
