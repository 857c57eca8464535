"""How time and memory of a step grow with its data."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from comparison import Comparison
from comparisons import extract_activations, extract_module
from corpus_files import touch

BLOCK_VALUES = 2**24
Work = Callable[[], object]


def training(folder: Path, n_segments: int) -> Work:
    """An epoch of a tiny network, so that what grows is what grows with the data."""
    from model_run import SETTINGS, Results, train

    results = Results(folder / str(n_segments))
    settings = replace(SETTINGS, epochs=1, batch_size=64)
    checkpoint = results.of_model("models", 0, "/checkpoint.pt")
    return lambda: train(results, checkpoint, settings=settings)


def gram_matrix(_: Path, n_stimuli: int) -> Work:
    """By blocks of features, as activations are read."""
    from stemlens.similarity.gram import gram

    vectors = np.random.default_rng(0).random((n_stimuli, 5000), np.float32)
    step = BLOCK_VALUES // n_stimuli
    return lambda: gram(vectors[:, i : i + step] for i in range(0, vectors.shape[1], step))


def pairs(_: Path, n_songs: int) -> Work:
    """Every measure of every two stimuli of different songs, in a layer."""
    from stemlens.similarity.gram import gram
    from stemlens.similarity.pairs import compare_pairs

    songs = np.tile([f"song {number}" for number in range(n_songs)], 4)
    stimuli = pd.DataFrame({"class": np.repeat(list("abcd"), n_songs), "song": songs})
    of_layer = {"conv1": gram([np.random.default_rng(0).normal(size=(len(stimuli), 100))])}
    return lambda: compare_pairs(of_layer, stimuli)


def bootstrap(folder: Path, n_songs: int) -> Work:
    """All means of a layer in 1000 replicates."""
    from stemlens.similarity.mean_similarity import summarise
    from stemlens.statistics.bootstrap import draw_weights

    table = pairs(folder, n_songs)()
    weights = draw_weights(n_songs, n_replicates=1000, seed=0)
    return lambda: summarise(table, list("abcd"), np.unique(table["song_a"]), weights)


def song_folders(folder: Path, n_songs: int) -> Work:
    """Songs in folders, each with a stem of four classes, as a run lists them before it starts."""
    from layout_files import run_songs

    stems = ("drums", "bass", "vocals", "other")
    root = folder / f"songs/{n_songs}"
    touch(root, [f"Song {number}/{stem}.flac" for number in range(n_songs) for stem in stems])
    return lambda: run_songs(root, "folders")


STAGES = {
    "songs in folders": (song_folders, "songs", (500, 2000)),
    "train, tiny network": (training, "segments", (40, 160)),
    "activations": (extract_activations.stemlens, "stimuli", (256, 1024)),
    "layers of a module": (extract_module.stemlens, "stimuli", (8, 32)),
    "Gram matrix, 5000 features": (gram_matrix, "stimuli", (1000, 3000)),
    "pairs of a layer": (pairs, "songs", (50, 150)),
    "bootstrap of a layer": (bootstrap, "songs", (50, 150)),
}


def prepare(folder: Path) -> None:
    """Splits of noise."""
    from model_run import Results

    for n_segments in STAGES["train, tiny network"][2]:
        mels = Path(Results(folder / str(n_segments)).mels("train"))
        extract_activations.write_noise_split(mels, n_segments)
    extract_activations.write_noise_split(folder / "test.h5", n_segments=69)


def key(stage: str, size: int) -> str:
    """Name of a candidate."""
    return f"{stage}: {size}"


def candidate(get_ready: Callable[[Path, int], Work], size: int) -> Callable[[Path], Work]:
    """A stage at a size."""
    return lambda folder: get_ready(folder, size)


COMPARISON = Comparison(
    "How time and memory grow",
    {
        key(stage, size): candidate(get_ready, size)
        for stage, (get_ready, _, sizes) in STAGES.items()
        for size in sizes
    },
    prepare,
)


def report(rows: pd.DataFrame) -> list[str]:
    """Markdown: a row per stage."""
    medians = rows.groupby("candidate")[["seconds", "peak_mb"]].median()
    lines = [
        f"## {COMPARISON.title}",
        "",
        "The exponent is 1 for twice the time at twice the size, 2 for four times. A segment holds"
        " the spectrograms of its 15 mixes.",
        "",
        "| | size | s | exponent | peak memory, MB | MB per unit of size |",
        "|---|---|---|---|---|---|",
    ]
    for stage, (_, unit, sizes) in STAGES.items():
        figures = medians.loc[[key(stage, size) for size in sizes]]
        seconds, peaks = figures["seconds"].to_numpy(), figures["peak_mb"].to_numpy()
        exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        per_unit_mb = (peaks[-1] - peaks[0]) / (sizes[-1] - sizes[0])
        lines.append(
            f"| {stage} | {', '.join(map(str, sizes))} {unit}"
            f" | {', '.join(f'{s:.2g}' for s in seconds)} | {exponent:.2f}"
            f" | {', '.join(f'{peak:.0f}' for peak in peaks)} | {per_unit_mb:.2f} |"
        )
    return [*lines, ""]
