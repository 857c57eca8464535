"""The bootstrap at the paper's size, beside a plain loop."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from contest import OURS, Target
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.seeds import estimate_over_seeds
from stemlens.statistics.bootstrap import draw_weights

N_SONGS, N_REPLICATES, N_PLAIN = 47, 10_000, 3
CLASSES = ["drums", "bass", "vocals", "rest"]
LAYERS = ["input", "conv1", "conv2", "conv3", "conv4", "dense1", "dense2", "output"]
SONGS = np.array([f"song {number:02d}" for number in range(N_SONGS)])
TITLE = "Bootstrap of all means of a model: 10 000 replicates"
THREADS, ROUNDS, WARM_UPS, CALLS = 1, 3, 0, 1
PLAIN = "plain loop"
NOTE = (
    f"{N_SONGS} songs, 4 classes, 8 layers, 10 class pairs, 6 measures, with intervals. The plain"
    " loop draws songs, takes the pairs of the drawn stimuli and averages them; it is timed on"
    f" {N_PLAIN} replicates and scaled."
)


def prepare(folder: Path) -> None:
    """Pairs of random activations in which each class has a direction of its own."""
    rng = np.random.default_rng(0)
    songs = np.tile(SONGS, len(CLASSES))
    stimuli = pd.DataFrame({"class": np.repeat(CLASSES, N_SONGS), "song": songs})
    grams = {}
    for layer in LAYERS:
        directions = np.repeat(rng.normal(size=(len(CLASSES), 500)), N_SONGS, axis=0)
        grams[layer] = gram([directions + rng.normal(size=(len(stimuli), 500))])
    compare_pairs(grams, stimuli).to_pickle(folder / "pairs.pkl")


def stemlens(folder: Path) -> Callable[[], np.ndarray]:
    """Pairs weighted by how often their songs were drawn, and intervals."""
    pairs = pd.read_pickle(folder / "pairs.pkl")

    def work() -> np.ndarray:
        weights = draw_weights(N_SONGS, n_replicates=N_REPLICATES, seed=0)
        table, replicates = summarise(pairs, CLASSES, SONGS, weights)
        estimate_over_seeds([(table, replicates)], "mean").interval(0.95)
        return replicates

    return work


def plain(folder: Path) -> Callable[[], np.ndarray]:
    """Replicate by replicate, mean by mean; copies of a song are no pair."""
    tables = song_tables(pd.read_pickle(folder / "pairs.pkl"))
    weights = draw_weights(N_SONGS, n_replicates=N_REPLICATES, seed=0).astype(int)

    def work() -> np.ndarray:
        replicates = []
        for row in range(N_PLAIN):
            drawn = np.repeat(np.arange(N_SONGS), weights[row])
            different = drawn[:, None] != drawn
            replicates.append([np.nanmean(t[np.ix_(drawn, drawn)][different]) for t in tables])
        return np.array(replicates)

    return work


def song_tables(pairs: pd.DataFrame) -> list[np.ndarray]:
    """One (song, song) table per layer, class pair and measure, in the order of `summarise`."""
    tables = []
    number = {song: position for position, song in enumerate(SONGS)}
    a, b = (pairs[column].map(number).to_numpy() for column in ("song_a", "song_b"))
    rows_of = pairs.groupby(["layer", "class_a", "class_b"], sort=False).indices
    for layer in LAYERS:
        for i, class_a in enumerate(CLASSES):
            for class_b in CLASSES[i:]:
                rows = rows_of[layer, class_a, class_b]
                for measure in MEASURES:
                    table = np.full((N_SONGS, N_SONGS), np.nan)
                    table[a[rows], b[rows]] = pairs[measure].to_numpy()[rows]
                    tables.append(table)
    return tables


def seconds_of(contestant: str, elapsed_s: float, _result: np.ndarray) -> float:
    """The plain loop does a few of the replicates."""
    return elapsed_s * N_REPLICATES / N_PLAIN if contestant == PLAIN else elapsed_s


CONTESTANTS = {OURS: stemlens, PLAIN: plain}
TARGETS = [Target(PLAIN, at_least=100)]


def check(folder: Path) -> None:
    """The plain loop's replicates."""
    np.testing.assert_allclose(stemlens(folder)()[:N_PLAIN], plain(folder)(), rtol=1e-9)
