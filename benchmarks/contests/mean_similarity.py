"""The mean over all pairs from sums of stimuli, beside the pairs themselves."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from contest import OURS, Target
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.song_sums import MEASURES, SongSums, summarise_sums

N_SONGS, N_FEATURES, BLOCK = 40, 1152, 500
N_STIMULI, N_MANY = 2000, 100_000
SONGS = np.array([f"song {number:02d}" for number in range(N_SONGS)])
CLASSES, WEIGHTS = ["bass"], np.ones((1, N_SONGS))
TITLE = "Mean Pearson correlation, cosine and MSE over all pairs of 2000 stimuli of a class"
THREADS, ROUNDS, WARM_UPS, CALLS = 1, 3, 0, 1
PAIRS, LIMIT, MANY = "the pairs", "one pass over the data", f"{OURS}, {N_MANY} stimuli"
NOTE = (
    f"{N_FEATURES} features, as conv3 has, of {N_SONGS} songs; pairs are those of different songs."
    " One pass over the data adds up what is in memory. The last are 50 times as many stimuli, with"
    f" {N_MANY**2 / 2e9:.0f} billion pairs."
)


def prepare(folder: Path) -> None:
    """Activations, stimulus by stimulus."""
    rng = np.random.default_rng(0)
    shared, own = rng.normal(size=N_FEATURES), rng.normal(size=(N_STIMULI, N_FEATURES))
    np.save(folder / "activations.npy", (shared + own).astype(np.float32))


def blocks(vectors: np.ndarray, n_stimuli: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Stimuli and the numbers of their songs; from the beginning again where they don't suffice."""
    for first in range(0, n_stimuli, BLOCK):
        place = first % len(vectors)
        yield np.arange(first, first + BLOCK) % N_SONGS, vectors[place : place + BLOCK]


def stemlens(folder: Path, n_stimuli: int = N_STIMULI) -> Callable[[], pd.DataFrame]:
    """From the sums of each song's stimuli."""
    vectors = np.load(folder / "activations.npy")

    def work() -> pd.DataFrame:
        sums = SongSums(N_SONGS, N_FEATURES)
        for songs, activations in blocks(vectors, n_stimuli):
            sums.add(songs, activations)
        return summarise_sums({"conv3": sums}, CLASSES, SONGS, WEIGHTS)[0]

    return work


def pairs(folder: Path) -> Callable[[], pd.DataFrame]:
    """Every pair's measures, and then their means."""
    vectors = np.load(folder / "activations.npy")
    songs = SONGS[np.arange(N_STIMULI) % N_SONGS]
    stimuli = pd.DataFrame({"class": CLASSES[0], "song": songs})

    def work() -> pd.DataFrame:
        table = compare_pairs({"conv3": gram([vectors])}, stimuli)
        return summarise(table, CLASSES, SONGS, WEIGHTS)[0]

    return work


def one_pass(folder: Path) -> Callable[[], np.ndarray]:
    """The limit: every value added up once, in float64."""
    vectors = np.load(folder / "activations.npy")
    return lambda: vectors.sum(axis=0, dtype=np.float64)


CONTESTANTS = {
    OURS: stemlens,
    PAIRS: pairs,
    LIMIT: one_pass,
    MANY: partial(stemlens, n_stimuli=N_MANY),
}
TARGETS = [
    Target(PAIRS, at_least=10),
    Target(OURS, "added_mb", at_most_more=50, ours=MANY),
]


def check(folder: Path) -> None:
    """The means of the pairs."""
    ours, theirs = (f(folder)().set_index("measure")["mean"] for f in (stemlens, pairs))
    measures = list(MEASURES)
    np.testing.assert_allclose(ours[measures], theirs[measures], rtol=1e-9)
