"""Stimuli of a song and what transformations make of them: the items of part ``transformed``."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stemlens.activations.stimuli import choose_segments
from stemlens.audio.transformation_units import LEFT_CHANNEL
from stemlens.audio.transformations import TRANSFORMATIONS
from stemlens.keeps.names import MIX, ORIGINAL, OTHER_SEGMENT


@dataclass(frozen=True)
class SongSegments:
    """Signals of a song at one sample rate, each float32 (class, sample).

    Attributes
    ----------
    stimulus
        Of the segment that the stimuli are of.
    left
        The same of the left channel; None where that is not wanted.
    other
        Of another segment; None where the song has no other.
    """

    stimulus: np.ndarray
    left: np.ndarray | None = None
    other: np.ndarray | None = None


def two_segments(segments: pd.DataFrame, classes: Sequence[str], *, selection: str) -> pd.DataFrame:
    """Choose the segment of a song's stimuli, then the next best one if there is another.

    Parameters
    ----------
    segments
        The kept segments of one song; may be none.
    selection
        As of `stemlens.activations.stimuli.select_stimuli`.
    """
    first = choose_segments(segments, classes, selection=selection)
    others = segments.drop(index=first.index)
    return pd.concat([first, choose_segments(others, classes, selection=selection)])


def list_items(
    song: str,
    classes: Sequence[str],
    transformations: Mapping[str, Sequence[float | bool]],
    *,
    has_other: bool,
) -> pd.DataFrame:
    """List the items of a song that has a segment.

    Parameters
    ----------
    classes
        `MIX` follows them.
    transformations
        Name in `stemlens.audio.transformation_units.UNITS` → strengths.
    has_other
        Whether the song has another segment.

    Returns
    -------
    DataFrame
        Columns ``class``, ``song``, ``transformation`` and ``strength`` (float, NaN where nothing
        is transformed): of each class `ORIGINAL`, `OTHER_SEGMENT` if there is one, and every
        transformation at every strength.
    """
    untransformed = [ORIGINAL, OTHER_SEGMENT] if has_other else [ORIGINAL]
    made = [(name, np.nan) for name in untransformed]
    made += [(name, float(one)) for name, strengths in transformations.items() for one in strengths]
    rows = [(of_class, song, *each) for of_class in (*classes, MIX) for each in made]
    columns = ["class", "song", "transformation", "strength"]
    return pd.DataFrame(rows, columns=columns).astype({"strength": np.float64})


def item_signals(
    items: pd.DataFrame,
    segments: SongSegments,
    classes: Sequence[str],
    *,
    sample_rate_hz: int,
    seed: int,
) -> Iterator[np.ndarray]:
    """Make the signals of items, one by one.

    Parameters
    ----------
    items
        From `list_items`.
    classes
        In the order of the signals.
    seed
        Of all that is drawn; each item has a draw of its own, which depends on no other item.

    Yields
    ------
    ndarray, float32, shape (sample,)
    """
    read_from = {ORIGINAL: segments.stimulus, OTHER_SEGMENT: segments.other}
    read_from[LEFT_CHANNEL] = segments.left
    columns = (items[name] for name in ("class", "song", "transformation", "strength"))
    for of_class, song, name, strength in zip(*columns, strict=True):
        stems = read_from.get(name, segments.stimulus)
        assert stems is not None
        signal = stems.sum(axis=0) if of_class == MIX else stems[classes.index(of_class)]
        if name not in read_from:
            own_seed = item_seed(seed, song, of_class, name, strength)
            signal = TRANSFORMATIONS[name].apply(signal, sample_rate_hz, strength, own_seed)
        yield signal


def item_seed(seed: int, song: str, class_name: str, transformation: str, strength: float) -> int:
    """Seed of one item, 0 … 2³² − 1, the same on every machine."""
    key = "\n".join([str(seed), song, class_name, transformation, repr(float(strength))])
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
