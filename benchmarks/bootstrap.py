"""How long the bootstrap takes at the paper's size, beside what a plain loop would take.

Runs on one core: 47 songs × 4 classes, 8 layers, all class pairs and measures, 10 000 replicates.
The plain loop draws songs, takes the pairs of the drawn stimuli and averages them; it is timed on
a few replicates, whose means are first compared with ours.

    python benchmarks/bootstrap.py
"""

import os
import sys
import time
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np
import pandas as pd
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.pairs import MEASURES, compare_pairs
from stemlens.statistics.bootstrap import draw_weights, percentile_interval

N_SONGS, N_REPLICATES, N_PLAIN = 47, 10_000, 3
CLASSES = ["drums", "bass", "vocals", "rest"]
LAYERS = ["input", "conv1", "conv2", "conv3", "conv4", "dense1", "dense2", "output"]


def synthetic_pairs() -> pd.DataFrame:
    """Pairs of random activations in which each class has a direction of its own."""
    rng = np.random.default_rng(0)
    songs = [f"song {number:02d}" for number in range(N_SONGS)]
    stimuli = pd.DataFrame({"class": np.repeat(CLASSES, N_SONGS), "song": songs * len(CLASSES)})
    grams = {}
    for layer in LAYERS:
        directions = np.repeat(rng.normal(size=(len(CLASSES), 500)), N_SONGS, axis=0)
        grams[layer] = gram([directions + rng.normal(size=(len(stimuli), 500))])
    return compare_pairs(grams, stimuli)


def plain_replicate(tables: list[np.ndarray], drawn: np.ndarray) -> np.ndarray:
    """Mean over the pairs of drawn songs, one after the other; copies of a song are no pair."""
    different = drawn[:, None] != drawn
    return np.array([np.nanmean(table[np.ix_(drawn, drawn)][different]) for table in tables])


def song_tables(pairs: pd.DataFrame, songs: np.ndarray) -> list[np.ndarray]:
    """One (song, song) table per layer, class pair and measure, in the order of `summarise`."""
    tables = []
    number = {song: position for position, song in enumerate(songs)}
    a, b = (pairs[column].map(number).to_numpy() for column in ("song_a", "song_b"))
    rows_of = pairs.groupby(["layer", "class_a", "class_b"], sort=False).indices
    for layer in LAYERS:
        for i, class_a in enumerate(CLASSES):
            for class_b in CLASSES[i:]:
                rows = rows_of[layer, class_a, class_b]
                for measure in MEASURES:
                    table = np.full((len(songs), len(songs)), np.nan)
                    table[a[rows], b[rows]] = pairs[measure].to_numpy()[rows]
                    tables.append(table)
    return tables


def main() -> None:
    """Compare results, then times."""
    pairs = synthetic_pairs()
    songs = np.unique(pairs[["song_a", "song_b"]])
    start = time.perf_counter()
    weights = draw_weights(len(songs), n_replicates=N_REPLICATES, seed=0)
    table, replicates = summarise(pairs, CLASSES, songs, weights)
    percentile_interval(replicates, confidence=0.95, n_songs=table["n_songs"].to_numpy())
    ours_s = time.perf_counter() - start

    tables = song_tables(pairs, songs)
    start = time.perf_counter()
    for row in range(N_PLAIN):
        drawn = np.repeat(np.arange(len(songs)), weights[row].astype(int))
        np.testing.assert_allclose(plain_replicate(tables, drawn), replicates[row], rtol=1e-9)
    plain_s = (time.perf_counter() - start) / N_PLAIN * N_REPLICATES
    print(f"{len(table)} means, {N_REPLICATES} replicates, one core")
    print(f"reweighted, with intervals: {ours_s:.1f} s")
    print(f"plain loop, projected:      {plain_s:.0f} s ({plain_s / ours_s:.0f} times as long)")


if __name__ == "__main__":
    main()
