"""How far apart the classes lie in a layer: silhouette and ratio of distances.

Both statistics take a weight per song, so that the bootstrap over songs reweights the distances
instead of computing them anew. A weight of k stands for k copies of the song. Copies lie at
distance 0, which tells nothing about how similar a class is across songs: stimuli of one class and
song are never compared with each other.
"""

from collections.abc import Callable

import numpy as np

from stemlens.notes import NO_OTHER_CLASS, NOT_FINITE
from stemlens.similarity.gram import PRODUCT_ROUNDING, Gram


def distances(gram: Gram) -> np.ndarray:
    """Euclidean distances of all stimuli.

    Returns
    -------
    ndarray, float64, shape (stimulus, stimulus)
        In units of the activations; exactly 0 where two stimuli are alike up to rounding
        (`PRODUCT_ROUNDING`), NaN where a value of one is NaN or infinite.
    """
    both = gram.squares + gram.squares[:, None]
    squared = both - 2 * gram.products
    # A comparison with NaN is false: asked this way, NaN stays NaN.
    return np.sqrt(np.where(squared <= PRODUCT_ROUNDING * both, 0, squared))


def silhouette(
    distances: np.ndarray, classes: np.ndarray, songs: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Mean silhouette (Rousseeuw, Silhouettes: a graphical aid, J. Comput. Appl. Math. 1987).

    A stimulus lies at a mean distance a from its class and b from the nearest other class; its
    silhouette is (b − a) / max(a, b), and 0 if both are 0. Both means leave out the stimuli of
    its own song: what two stems of one song share would make b smaller than a.

    Parameters
    ----------
    distances : ndarray, float64, shape (stimulus, stimulus)
        From `distances`.
    classes, songs : ndarray, shape (stimulus,)
        Of each stimulus.
    weights : ndarray, float64, shape (replicate, song)
        From `draw_weights`, songs in the order of ``np.unique(songs)``; ones for the plain mean.

    Returns
    -------
    ndarray, float64, shape (replicate,)
        −1 to 1; NaN where a class has fewer than two songs of positive weight, where there is
        but one class, and where a distance is NaN.
    """
    names = np.unique(classes)
    means = np.full(len(weights), np.nan)
    if len(names) < 2:
        return means
    complete = _has_two_songs_per_class(classes, songs, weights)
    drawn = weights[complete][:, np.unique(songs, return_inverse=True)[1]]

    def mean_distance(there: np.ndarray, here: np.ndarray) -> np.ndarray:
        """Of the stimuli here to those there in other songs, (replicate, stimulus here)."""
        other_song = (songs[there, None] != songs[here]).astype(np.float64)
        totals = drawn[:, there] @ (distances[np.ix_(there, here)] * other_song)
        return totals / (drawn[:, there] @ other_song)

    total = np.zeros(len(drawn))
    for name in names:
        own = classes == name
        own_class = mean_distance(own, own)
        nearest = np.full(own_class.shape, np.inf)
        for other_name in names[names != name]:
            mean = mean_distance(classes == other_name, own)
            np.minimum(nearest, mean, out=nearest)
        larger = np.maximum(own_class, nearest)
        values = np.divide(
            nearest - own_class, larger, out=np.zeros(larger.shape), where=larger != 0
        )
        total += (drawn[:, own] * values).sum(axis=1)
    means[complete] = total / drawn.sum(axis=1)
    return means


def distance_ratio(
    distances: np.ndarray, classes: np.ndarray, songs: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Mean distance between classes ÷ mean distance within classes, over pairs across songs.

    A pair weighs the product of the weights of its two songs.

    Parameters
    ----------
    distances, classes, songs, weights
        As for `silhouette`.

    Returns
    -------
    ndarray, float64, shape (replicate,)
        1 if classes do not matter, more if they lie apart; NaN where a class has fewer than two
        songs of positive weight, where there is but one class, and where all distances within
        classes are 0.
    """
    ratios = np.full(len(weights), np.nan)
    same = classes[:, None] == classes
    if same.all():
        return ratios
    complete = _has_two_songs_per_class(classes, songs, weights)
    drawn = weights[complete]
    song_of = (np.unique(songs)[:, None] == songs).astype(np.float64)
    across_songs = songs[:, None] != songs

    def weighted_sum(values: np.ndarray) -> np.ndarray:
        by_song = song_of @ values @ song_of.T
        return np.sum((drawn @ by_song) * drawn, axis=1)

    within, between = (
        weighted_sum(distances * pairs) / weighted_sum(pairs)
        for pairs in (same & across_songs, ~same & across_songs)
    )
    ratios[complete] = between / np.where(within > 0, within, np.nan)
    return ratios


def mean_over_folds(
    measure: Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    distances: np.ndarray,
    classes: np.ndarray,
    songs: np.ndarray,
    folds: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Average a statistic over folds, whose stimuli went through different networks.

    A fold weighs as many songs as were drawn from it. A replicate in which the statistic is
    undefined in a fold is the mean over the others.

    Parameters
    ----------
    measure
        `silhouette` or `distance_ratio`.
    distances, classes, songs, weights
        As for `silhouette`.
    folds : ndarray, shape (stimulus,)
        Fold of each stimulus.

    Returns
    -------
    ndarray, float64, shape (replicate,)
        NaN where the statistic is undefined in every fold.
    """
    if len(np.unique(folds)) == 1:
        return measure(distances, classes, songs, weights)
    total, n_drawn = np.zeros(len(weights)), np.zeros(len(weights))
    for fold in np.unique(folds):
        own = folds == fold
        own_weights = weights[:, np.isin(np.unique(songs), songs[own])]
        values = measure(distances[np.ix_(own, own)], classes[own], songs[own], own_weights)
        n_songs = np.where(np.isnan(values), 0, own_weights.sum(axis=1))
        total += np.nan_to_num(values) * n_songs
        n_drawn += n_songs
    return total / np.where(n_drawn > 0, n_drawn, np.nan)


def note_on_separability(
    measure: str, distances: np.ndarray, classes: np.ndarray, songs: np.ndarray
) -> str:
    """Say why a statistic has no value; empty if it has one.

    Parameters
    ----------
    measure
        ``silhouette`` or ``distance_ratio``.
    distances, classes, songs
        As for `silhouette`.
    """
    if len(np.unique(classes)) < 2:
        return NO_OTHER_CLASS
    everyone = np.ones((1, len(np.unique(songs))))
    if not _has_two_songs_per_class(classes, songs, everyone).all():
        return "a class has fewer than two songs"
    if np.isnan(distances).any():
        return NOT_FINITE
    same = (classes[:, None] == classes) & (songs[:, None] != songs)
    if measure == "distance_ratio" and not distances[same].any():
        return "all stimuli of each class are equal"
    return ""


def _has_two_songs_per_class(
    classes: np.ndarray, songs: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Whether every class has two songs of positive weight, by replicate.

    Without a class the statistic would be one of other classes, not comparable to the rest.
    """
    numbers = np.unique(songs, return_inverse=True)[1]
    drawn_songs = [
        (weights[:, np.unique(numbers[classes == name])] > 0).sum(axis=1)
        for name in np.unique(classes)
    ]
    return np.min(drawn_songs, axis=0) >= 2
