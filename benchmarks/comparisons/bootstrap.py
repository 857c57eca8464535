"""The bootstrap at the paper's size, beside a plain loop."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from comparison import OURS, Comparison
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


def resample(tables: list[np.ndarray]) -> np.ndarray:
    """The first replicates, mean by mean; copies of a song are no pair."""
    weights = draw_weights(N_SONGS, n_replicates=N_REPLICATES, seed=0).astype(int)
    replicates = []
    for times_drawn in weights[:N_PLAIN]:
        drawn = np.repeat(np.arange(N_SONGS), times_drawn)
        different = drawn[:, None] != drawn
        replicates.append([np.nanmean(t[np.ix_(drawn, drawn)][different]) for t in tables])
    return np.array(replicates)


def plain(folder: Path) -> Callable[[], float]:
    """Replicate by replicate: a few of them, and their time scaled."""
    tables = song_tables(pd.read_pickle(folder / "pairs.pkl"))

    def work() -> float:
        start = time.perf_counter()
        resample(tables)
        return (time.perf_counter() - start) * N_REPLICATES / N_PLAIN

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


def check(folder: Path) -> None:
    """The plain loop's replicates."""
    expected = resample(song_tables(pd.read_pickle(folder / "pairs.pkl")))
    np.testing.assert_allclose(stemlens(folder)()[:N_PLAIN], expected, rtol=1e-9)


COMPARISON = Comparison(
    "Bootstrap over songs of all means of a model, 10 000 replicates",
    {OURS: stemlens, "plain loop over pairs": plain},
    prepare,
    check,
    targets={"plain loop over pairs": 100},
    note=f"{N_SONGS} songs, {len(CLASSES)} classes, {len(LAYERS)} layers, {len(MEASURES)} measures,"
    f" with intervals. The loop is timed on {N_PLAIN} replicates, and that scaled.",
)
