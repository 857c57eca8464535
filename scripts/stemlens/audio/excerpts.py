"""Positions of excerpts in a recording."""

TOLERANCE = 1e-9
"""Share of an excerpt by which a recording may be too short, to allow for rounding."""


def excerpt_starts_s(
    recording_s: float, *, duration_s: float, n_excerpts: int, position: str
) -> list[float]:
    """Place excerpts without overlap.

    Parameters
    ----------
    recording_s, duration_s
        Lengths of the recording and of an excerpt.
    n_excerpts
        Maximum number; a short recording has as many as fit.
    position
        ``start``: contiguous from the start; ``middle``: contiguous around the middle;
        ``spread``: each in the middle of an equal share of the recording.

    Returns
    -------
    list of float
        Start of each in s; empty where none fits.
    """
    n = min(n_excerpts, int(recording_s / duration_s + TOLERANCE))
    if n == 0:
        return []
    if position == "spread":
        share_s = recording_s / n
        starts_s = [(number + 0.5) * share_s - duration_s / 2 for number in range(n)]
    else:
        first_s = 0.0 if position == "start" else (recording_s - n * duration_s) / 2
        starts_s = [first_s + number * duration_s for number in range(n)]
    return [max(0.0, start_s) for start_s in starts_s]
