"""What stands in the results folder after a run."""

import h5py
import pandas as pd
import pytest
from snakemake_project import Project

MODEL = "instrument/paper/trained-seed0"
LAYERS = ["input", "conv1", "conv2", "dense1", "output"]
MEASURES = [
    "pearson",
    "cosine",
    "mse",
    "mse_pair_max_over_layers",
    "mse_peak",
    "mse_layer_max",
]


def test_a_second_run_has_nothing_to_do(finished: Project) -> None:
    assert finished.planned() == {}


@pytest.mark.parametrize("suffix", ["png", "pdf"])
@pytest.mark.parametrize(
    "figure",
    ["figure1", "figure2", "figure3", "training_history", "segments_train", "segments_test"],
)
def test_every_figure_stands_there_whole(finished: Project, figure: str, suffix: str) -> None:
    content = (finished.folder / f"results/demo/figures/{figure}.{suffix}").read_bytes()
    ends = {"png": (b"\x89PNG", b"IEND\xaeB`\x82"), "pdf": (b"%PDF", b"%%EOF\n")}[suffix]
    assert content.startswith(ends[0])
    assert content.endswith(ends[1])


def test_the_segment_table_lists_every_candidate_of_every_song(finished: Project) -> None:
    table = pd.read_csv(finished.folder / "results/demo/tables/segments.csv")
    assert len(table) == 7 * 2  # 7 songs of 21 s
    assert list(table.columns[:4]) == ["song", "split", "segment", "start_s"]
    wavs = list((finished.folder / "results/demo/segments").glob("*/*/*.wav"))
    assert len(wavs) == 4 * table["kept"].sum()
    assert (table["reason"].isna() == table["kept"]).all()


def test_the_performance_table_has_the_network_beside_the_majority_baseline(
    finished: Project,
) -> None:
    table = pd.read_csv(finished.folder / "results/demo/tables/performance.csv")
    columns = ["task", "network", "training", "seed", "split", "class", "metric", "value"]
    assert list(table.columns) == columns
    assert set(table["network"]) == {"paper", "majority"}
    assert set(table["split"]) == {"train", "test"}
    assert set(table["metric"]) == {"f1", "average_precision", "roc_auc", "exact_match"}
    averages = {"macro", "micro", "samples"}
    assert set(table["class"]) == {"drums", "bass", "vocals", "rest"} | averages


def test_the_similarity_table_has_a_row_per_layer_class_and_measure(finished: Project) -> None:
    table = pd.read_csv(finished.folder / "results/demo/tables/similarity.csv")
    keys = ["task", "network", "training", "seed", "layer", "depth", "class_a", "class_b"]
    assert list(table.columns) == [*keys, "measure", "mean", "std", "n_pairs", "n_songs"]
    assert len(table) == len(LAYERS) * 4 * len(MEASURES)
    assert list(table["layer"].unique()) == LAYERS
    assert list(table["measure"].unique()) == MEASURES


def test_the_summary_is_the_mean_of_the_pairs(finished: Project) -> None:
    results = finished.folder / "results/demo"
    pairs = pd.read_csv(results / f"similarity/{MODEL}.csv")
    table = pd.read_csv(results / "tables/similarity.csv")
    row = table.query("layer == 'conv2' and class_a == 'vocals' and measure == 'cosine'").iloc[0]
    values = pairs.query("layer == 'conv2' and class_a == 'vocals'")["cosine"]
    assert row["mean"] == pytest.approx(values.mean(), rel=1e-7)
    assert row["n_pairs"] == len(values) == row["n_songs"] * (row["n_songs"] - 1) / 2


def test_the_activation_file_holds_a_dataset_per_layer_in_its_own_shape(
    finished: Project,
) -> None:
    results = finished.folder / "results/demo"
    n_stimuli = len(pd.read_csv(results / "stimuli.csv"))
    with h5py.File(results / f"activations/{MODEL}.h5") as file:
        shapes = {name: layer.shape for name, layer in file["layers"].items()}
    assert shapes == {
        "input": (n_stimuli, 1, 80, 300),
        "conv1": (n_stimuli, 4, 20, 30),
        "conv2": (n_stimuli, 8, 5, 3),
        "dense1": (n_stimuli, 16),
        "output": (n_stimuli, 4),
    }


def test_every_job_has_a_log_and_a_benchmark(finished: Project) -> None:
    results = finished.folder / "results/demo"
    logs = {p.relative_to(results / "logs").with_suffix("") for p in results.glob("logs/**/*.log")}
    times = results / "benchmarks"
    assert logs == {p.relative_to(times).with_suffix("") for p in times.glob("**/*.tsv")}
    assert len(logs) == 7 * 2 + 18


def test_no_half_written_file_is_left(finished: Project) -> None:
    hidden = list((finished.folder / "results").glob("**/.*"))
    assert [p for p in hidden if p.name != ".snakemake_timestamp"] == []
