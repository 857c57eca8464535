"""Cost against size, with its slope on logarithmic axes."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from project import ROOT
from stemlens.audio.mel_filters import write_filters
from stemlens.audio.mel_settings import MelSettings
from stemlens.corpora.demo_corpus import compose_split, render, write_song
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.pairs import compare_pairs
from stemlens.statistics.bootstrap import draw_weights

N_RUNS = 2
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
CLASSES = CONFIG["corpus"]["classes"]
Work = Callable[[], object]
BLOCK_VALUES = 2**24


def songs(folder: Path, n_songs: int) -> Work:
    """What becomes of songs before the network, without the start of a job for each."""
    from compute_mels import main as compute_mels
    from cut_segments import main as cut_segments

    segments, duration_s = CONFIG["segments"], CONFIG["demo"]["duration_s"]
    settings = MelSettings.from_settings(segments["sample_rate_hz"], CONFIG["mel"])
    write_filters(folder / "filters.h5", settings)
    pieces = compose_split("train", n_songs, duration_s=duration_s, seed=0)
    for number, piece in enumerate(pieces):
        write_song(folder / f"songs/{number}", render(piece, duration_s=duration_s))

    def work() -> None:
        for number in range(n_songs):
            cut = {"folder": f"{folder}/cut/{number}", "table": f"{folder}/cut/{number}.csv"}
            cut_segments(
                f"{folder}/songs/{number}",
                **cut,
                song=str(number),
                split="train",
                classes=CLASSES,
                unequal_stems="error",
                broken_songs="stop",
                **segments,
            )
            compute_mels(
                **cut,
                filters=f"{folder}/filters.h5",
                mels=f"{folder}/{number}.h5",
                classes=[item["name"] for item in CLASSES],
                settings=settings,
                duration_s=segments["duration_s"],
            )

    return work


def gram_matrix(n_stimuli: int, n_features: int) -> Work:
    """By blocks, as activations are read."""
    vectors = np.random.default_rng(0).random((n_stimuli, n_features), np.float32)
    step = BLOCK_VALUES // n_stimuli
    return lambda: gram(vectors[:, i : i + step] for i in range(0, n_features, step))


def stimuli(n_songs: int) -> pd.DataFrame:
    """One stimulus per song and class."""
    names = [item["name"] for item in CLASSES]
    songs = np.tile([f"song {number}" for number in range(n_songs)], len(names))
    return pd.DataFrame({"class": np.repeat(names, n_songs), "song": songs})


def pairs(n_songs: int) -> Work:
    """Every measure of every two stimuli of different songs."""
    table = stimuli(n_songs)
    vectors = np.random.default_rng(0).normal(size=(len(table), 100))
    of_layer = {"conv1": gram([vectors])}
    return lambda: compare_pairs(of_layer, table)


def bootstrap(n_songs: int) -> Work:
    """All means of a layer in 1000 replicates."""
    table, names = pairs(n_songs)(), [item["name"] for item in CLASSES]
    all_songs = np.unique(table["song_a"])
    weights = draw_weights(n_songs, n_replicates=1000, seed=0)
    return lambda: summarise(table, names, all_songs, weights)


def report(folder: Path) -> list[str]:
    """Markdown: a row per part."""
    parts: dict[str, tuple[str, list[int], Callable[[int], Work]]] = {
        "segments and spectrograms": (
            "songs",
            [2, 4, 8],
            lambda n: songs(folder / str(n), n),
        ),
        "Gram matrix, 5000 features": (
            "stimuli",
            [500, 1000, 2000, 4000],
            lambda n: gram_matrix(n, 5000),
        ),
        "Gram matrix, 1000 stimuli": (
            "features",
            [10_000, 20_000, 40_000, 80_000],
            lambda n: gram_matrix(1000, n),
        ),
        "pairs of a layer": ("songs", [50, 100, 200], pairs),
        "bootstrap of a layer": ("songs", [50, 100, 200], bootstrap),
    }
    lines = [
        "## Cost against size",
        "",
        "The slope is the exponent: 1 for twice the time at twice the size, 2 for four times.",
        "",
        "| | size | s | slope |",
        "|---|---|---|---|",
    ]
    for name, (unit, sizes, part) in parts.items():
        seconds = [fastest(part(size)) for size in sizes]
        slope = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        lines.append(
            f"| {name} | {', '.join(map(str, sizes))} {unit}"
            f" | {', '.join(f'{s:.2g}' for s in seconds)} | {slope:.2f} |"
        )
    return [*lines, ""]


def fastest(work: Work) -> float:
    """Seconds of the faster of two calls."""
    times = []
    for _ in range(N_RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
