"""The scripts that tabulate invariance and retrieval."""

import numpy as np
import pandas as pd
import pytest
import torch
from collect_invariance import COLUMNS as INVARIANCE_COLUMNS
from collect_invariance import main as collect_invariance
from collect_retrieval import COLUMNS as RETRIEVAL_COLUMNS
from collect_retrieval import main as collect_retrieval
from stemlens.similarity.gram import gram
from stemlens.similarity.gram_store import write_grams
from stemlens.tables import read_table
from transformed_sets import Reader, item_table, write_compared

SONGS = [f"{number:03}" for number in range(6)]
BOOTSTRAP = {"n_replicates": 50, "seed": 0, "confidence": 0.9}
CONDITIONS = [("gain", -6.0), ("gain", 6.0), ("polarity_inversion", 1.0)]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two seeds of a network: transformed items, and Gram matrices of two classes."""
    folder = tmp_path_factory.mktemp("models")
    found = {"comparisons": [], "grams": []}
    items = item_table(SONGS, CONDITIONS, other_segments=SONGS[:5])
    inputs = np.random.default_rng(0).normal(size=(len(items), 4, 9)).astype(np.float32)
    stimuli = pd.DataFrame(
        [(name, song) for name in ("bass", "drums") for song in SONGS], columns=["class", "song"]
    )
    for seed in range(2):
        of_model = folder / f"compared{seed}" / "instrument" / "paper"
        of_model.mkdir(parents=True)
        torch.manual_seed(seed)
        path = write_compared(of_model, inputs, items, Reader(torch.nn.Conv1d(4, 3, 3), None))
        found["comparisons"].append(str(path.rename(of_model / f"trained-seed{seed}.h5")))
        vectors = np.random.default_rng(seed).normal(size=(len(stimuli), 8))
        grams = of_model / f"grams{seed}" / "instrument" / "paper" / f"trained-seed{seed}.h5"
        grams.parent.mkdir(parents=True)
        write_grams(grams, {"input": gram([vectors]), "layer": gram([vectors**2])}, stimuli)
        found["grams"].append(str(grams))
    return found


def test_invariance_has_a_row_per_layer_time_measure_and_strength(files, tmp_path):
    path = tmp_path / "invariance.csv"
    units = {"gain": "dB", "polarity_inversion": ""}
    collect_invariance(files["comparisons"], str(path), units=units, **BOOTSTRAP)
    table = read_table(path)
    assert table.columns.tolist() == INVARIANCE_COLUMNS
    # The layer's axes are unknown: it is not averaged.
    assert table[["layer", "time"]].drop_duplicates().to_numpy().tolist() == [
        ["input", "kept"],
        ["input", "averaged"],
        ["layer", "kept"],
    ]
    assert len(table) == 3 * 3 * 5
    assert (table["n_seeds"] == 2).all()
    assert table["unit"].fillna("").tolist()[:5] == ["dB", "dB", "dB", "", ""]
    assert (table["ci_low"] <= table["invariance"]).all()
    assert table["ci_high"].max() <= 1


def test_retrieval_has_the_three_jobs(files, tmp_path):
    path = tmp_path / "retrieval.csv"
    collect_retrieval(files["comparisons"], files["grams"], str(path), **BOOTSTRAP)
    table = read_table(path)
    assert table.columns.tolist() == RETRIEVAL_COLUMNS
    n_rows = table.groupby("job", sort=False).size()
    assert n_rows.to_dict() == {
        "audio_matching": 3 * 3 * 4 * 6,
        "music_similarity": 3 * 3 * 4,
        "instrument": 2 * 2 * 3 * 4,
    }
    of_job = table.set_index("job")
    assert (of_job.loc["music_similarity", "n_songs"] == 5).all()
    assert (of_job.loc["instrument", "n_candidates"] == 10).all()
    assert table["value"].between(0, 1).all()
    assert (of_job.loc["audio_matching", "chance"] <= 1).all()
