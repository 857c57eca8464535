"""Linear centred kernel alignment (CKA): how alike two representations of the same stimuli are.

Kornblith et al., Similarity of Neural Network Representations Revisited, ICML 2019, compare two
representations by the Hilbert-Schmidt independence criterion (HSIC) of their Gram matrices. Its
usual estimate approaches 1 for any two representations with more features than stimuli. Here it
is the unbiased one of Song et al., Feature Selection via Dependence Maximization, JMLR 2012, as
in Nguyen et al., Do Wide and Deep Networks Learn the Same Things?, ICLR 2021. Where stimuli of
several folds went through several networks, HSIC is averaged over folds before the ratio is taken,
as they do with minibatches of one network; as the scale of activations is that of a network, each
fold is divided by their variance first.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from stemlens.notes import NOT_FINITE
from stemlens.similarity.gram import PRODUCT_ROUNDING


def debiased_cka(a: np.ndarray, b: np.ndarray, folds: np.ndarray | None = None) -> float:
    """Compare two sets of activations of the same stimuli.

    Rotating, shifting or scaling all the vectors of a set, or of a fold of it, by the same does not
    change the value.

    Parameters
    ----------
    a, b : ndarray, float64, shape (stimulus, stimulus)
        `Gram.products` of the two sets, not centred; stimuli in the same order.
    folds : ndarray, shape (stimulus,)
        Fold of each stimulus, if there are several. Folds of fewer than four are left out.

    Returns
    -------
    float
        1 if the two are alike, around 0 if they are independent; estimates below 0 occur, down
        to −1. NaN where `note_on_cka` gives a reason.
    """
    if note_on_cka(a, b, folds):
        return np.nan
    centred_a, centred_b = _centre_folds(a, folds), _centre_folds(b, folds)
    norm_a, norm_b = np.linalg.norm(centred_a), np.linalg.norm(centred_b)
    return float(np.clip(np.sum(centred_a * centred_b) / (norm_a * norm_b), -1, 1))


def cka_without_each_song(
    references: Sequence[np.ndarray],
    others: Sequence[np.ndarray],
    songs: np.ndarray,
    folds: np.ndarray | None = None,
) -> np.ndarray:
    """Compare layers with each other, leaving out the stimuli of each song in turn.

    Parameters
    ----------
    references, others
        `Gram.products` of each layer, float64 (stimulus, stimulus).
    songs, folds : ndarray, shape (stimulus,)
        Song of each stimulus; its fold, if there are several.

    Returns
    -------
    ndarray, float64, shape (song, reference, other)
        `debiased_cka`; NaN where the other songs' stimuli cannot be compared, see `note_on_cka`.
    """
    found = []
    for song in np.unique(songs):
        others_songs = songs != song
        kept = np.ix_(others_songs, others_songs)
        kept_folds = None if folds is None else folds[others_songs]
        a, b = (
            np.stack([_centre_folds(each[kept], kept_folds).ravel() for each in layers])
            for layers in (references, others)
        )
        norms = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
        found.append(a @ b.T / np.where(norms > 0, norms, np.nan))
    return np.stack(found)


def jackknife_error(value: float, without: np.ndarray) -> float:
    """Standard error over songs of a statistic, by the jackknife.

    Debiased CKA is a ratio of U-statistics, for which the jackknife is consistent (Arvesen,
    Jackknifing U-statistics, Ann. Math. Stat. 1969).

    Parameters
    ----------
    value
        Of all songs.
    without : ndarray, float64, shape (song,)
        The same without each song, as from `cka_without_each_song`.

    Returns
    -------
    float
        NaN for a single song, and where the statistic is undefined without one of the songs.
    """
    n = len(without)
    if n < 2:
        return np.nan
    pseudo = n * value - (n - 1) * without
    return float(pseudo.std(ddof=1) / np.sqrt(n))


def note_on_cka(a: np.ndarray, b: np.ndarray, folds: np.ndarray | None = None) -> str:
    """Say why two sets of activations cannot be compared; empty if they can.

    Returns
    -------
    str
        That there are fewer than four stimuli, that an activation is NaN or infinite, or that
        HSIC₁ of one of the sets with itself is 0 up to rounding (`PRODUCT_ROUNDING`): all of its
        activations are the same, all but one are, or all are equally far apart. With folds, that
        this is so in each of them.
    """
    if not list(_blocks(len(a), folds)):
        return "fewer than four stimuli"
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return NOT_FINITE
    if not all(_centre_folds(each, folds).any() for each in (a, b)):
        return "in one layer all stimuli, or all but one, are equal, or all are equally far apart"
    return ""


def _blocks(n: int, folds: np.ndarray | None) -> Iterator[tuple[np.ndarray, ...]]:
    """Where in a matrix of `n` stimuli the products within each fold of four or more stand."""
    folds = np.zeros(n) if folds is None else folds
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        if len(rows) >= 4:
            yield np.ix_(rows, rows)


def _centre_folds(products: np.ndarray, folds: np.ndarray | None) -> np.ndarray:
    """Centre each fold, such that the elementwise products of two matrices sum up to Σ HSIC₁.

    Of activations whose variance in each fold is 1; folds whose HSIC₁ with themselves is 0 up to
    rounding, or that have fewer than four stimuli, stay 0.
    """
    centred = np.zeros_like(products)
    for block in _blocks(len(products), folds):
        own, n = products[block], len(block[0])
        own_centred = _centre_unbiased(own)
        # A comparison with NaN is false: asked this way, NaN stays NaN.
        if not np.linalg.norm(own_centred) <= PRODUCT_ROUNDING * np.linalg.norm(own):
            variance = np.trace(own) / n - own.mean()
            centred[block] = own_centred / (variance * np.sqrt(n * (n - 3)))
    return centred


def _centre_unbiased(products: np.ndarray) -> np.ndarray:
    """Centre such that n (n − 3) HSIC₁ of two matrices is the sum of their elementwise product.

    The U-centring of Székely and Rizzo, Partial distance correlation with methods for
    dissimilarities, Annals of Statistics 2014. It is HSIC₁ with its three terms gathered: they
    would be large and cancel where activations have a common offset.
    """
    n = len(products)
    pairs = products.copy()
    np.fill_diagonal(pairs, 0)
    means = pairs.sum(axis=0) / (n - 2)
    centred = pairs - means - means[:, None] + means.sum() / (n - 1)
    np.fill_diagonal(centred, 0)
    return centred
