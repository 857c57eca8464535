"""What stands in the results folder after a run."""

import h5py
import pandas as pd
import pytest
from snakemake_project import ROOT, Project
from stemlens.hypotheses.catalogue import read_hypotheses

MODEL = "instrument/paper/trained-seed0"
TRAININGS = ["trained", "untrained"]
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
    [
        "figure1",
        "figure2",
        "figure3",
        "figure4",
        *(
            f"{name}_{task}"
            for name in ("contrast", "probe", "representations", "training_history")
            for task in ("instrument", "mood")
        ),
        "confusion",
        "assigned_moods",
        "both_networks",
        "segments_train",
        "segments_test",
    ],
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


def test_the_performance_table_has_the_network_beside_the_class_prior(
    finished: Project,
) -> None:
    table = pd.read_csv(finished.folder / "results/demo/tables/performance.csv")
    columns = ["task", "network", "training", "seed", "split", "class", "metric", "value"]
    assert list(table.columns) == [*columns, "note"]
    assert set(table["network"]) == {"paper", "class_prior"}
    assert set(table["split"]) == {"train", "test"}
    averages = {"macro", "micro", "samples"}
    classes = {"instrument": {"drums", "bass", "vocals", "rest"}, "mood": {"Q1", "Q2", "Q3", "Q4"}}
    right = {"instrument": "subset_accuracy", "mood": "accuracy"}
    for task, of_task in table.groupby("task"):
        assert set(of_task["class"]) == classes[task] | averages
        metrics = {"f1", "average_precision", "roc_auc", right[task]}
        assert set(of_task["metric"]) == metrics


def test_the_training_table_compares_the_saved_network_with_its_last_epoch(
    finished: Project,
) -> None:
    """Four steps: moving averages would still hold two thirds of their initial values."""
    results = finished.folder / "results/demo"
    table = pd.read_csv(results / "tables/training.csv").set_index("task")
    assert list(table.index) == ["instrument", "mood"]
    assert table["note"].isna().all()
    performance = pd.read_csv(results / "tables/performance.csv").query(
        "training == 'trained' and network == 'paper' and split == 'train'"
        " and `class` == 'macro' and metric == 'f1'"
    )
    for task, row in table.iterrows():
        assert (row["network"], row["training"], row["seed"]) == ("paper", "trained", 0)
        history = pd.read_csv(results / f"models/{task}/paper/trained-seed0/history.csv")
        assert row["n_epochs"] == len(history) == 2
        assert row["last_epoch_macro_f1"] == history["macro_f1"].iloc[-1]
        of_checkpoint = performance.loc[performance["task"] == task, "value"].item()
        assert row["saved_macro_f1"] == pytest.approx(of_checkpoint)


def test_the_similarity_table_has_a_row_per_model_layer_class_pair_and_measure(
    finished: Project,
) -> None:
    table = pd.read_csv(finished.folder / "results/demo/tables/similarity.csv")
    keys = ["task", "network", "training", "seed", "layer", "depth", "class_a", "class_b"]
    statistics = ["mean", "ci_low", "ci_high", "std", "n_pairs", "n_songs", "note"]
    assert list(table.columns) == [*keys, "measure", *statistics]
    n_class_pairs = 4 + 6
    assert len(table) == 2 * len(TRAININGS) * len(LAYERS) * n_class_pairs * len(MEASURES)
    assert list(table["task"].unique()) == ["instrument", "mood"]
    assert list(table["training"].unique()) == TRAININGS
    assert list(table["layer"].unique()) == LAYERS
    assert list(table["measure"].unique()) == MEASURES


def test_the_summary_is_the_mean_of_the_pairs(finished: Project) -> None:
    results = finished.folder / "results/demo"
    pairs = pd.read_csv(results / f"similarity/{MODEL}.csv")
    table = pd.read_csv(results / "tables/similarity.csv")
    group = "layer == 'conv2' and class_a == class_b == 'vocals'"
    model = "task == 'instrument' and training == 'trained'"
    row = table.query(f"{group} and measure == 'cosine' and {model}").iloc[0]
    values = pairs.query(group)["cosine"]
    assert row["mean"] == pytest.approx(values.mean(), rel=1e-7)
    assert row["n_pairs"] == len(values) == row["n_songs"] * (row["n_songs"] - 1) / 2
    assert row["ci_low"] < row["mean"] < row["ci_high"]


def test_with_one_seed_the_means_over_seeds_are_those_of_the_seed(finished: Project) -> None:
    tables = finished.folder / "results/demo/tables"
    for name, columns in {
        "similarity": ["mean", "ci_low", "ci_high", "n_songs"],
        "contrast": ["same", "different", "contrast", "ci_low", "ci_high", "n_songs"],
    }.items():
        of_seed = pd.read_csv(tables / f"{name}.csv")
        over_seeds = pd.read_csv(tables / f"{name}_over_seeds.csv")
        pd.testing.assert_frame_equal(of_seed[columns], over_seeds[columns], rtol=1e-6)
        assert (over_seeds["n_seeds"] == 1).all()
        assert over_seeds["seed_std"].isna().all()


def test_the_contrast_is_that_of_the_similarity_table(finished: Project) -> None:
    tables = finished.folder / "results/demo/tables"
    contrast = pd.read_csv(tables / "contrast.csv")
    similarity = pd.read_csv(tables / "similarity.csv")
    model = "task == 'mood' and training == 'untrained'"
    group = f"{model} and layer == 'conv1' and measure == 'pearson'"
    row = contrast.query(f"{group} and `class` == 'bass'").iloc[0]
    means = similarity.query(f"{group} and (class_a == 'bass' or class_b == 'bass')")
    is_same = means["class_a"] == means["class_b"]
    same, different = means.loc[is_same, "mean"].item(), means.loc[~is_same, "mean"].mean()
    assert row["contrast"] == pytest.approx(same - different)


def test_every_hypothesis_of_the_task_has_a_verdict_on_each_model(finished: Project) -> None:
    results = finished.folder / "results/demo"
    table = pd.read_csv(results / "tables/hypotheses.csv")
    catalogue = read_hypotheses(ROOT / "hypotheses.yaml")
    for task in ("instrument", "mood"):
        tested = [h for h in catalogue if h.of_task(task) and not h.is_about_networks]
        of_task = table[(table["task"] == task) & ~table["id"].str.startswith("A")]
        for measure, expected in {
            "as configured": tested,
            "mse_peak": [h for h in tested if h.is_about_errors],
        }.items():
            rows = of_task[(of_task["mse_measure"] == "mse_peak") == (measure == "mse_peak")]
            names = [hypothesis.id for hypothesis in expected]
            assert list(rows["id"]) == [*names, *names]
            assert list(rows["training"]) == ["trained"] * len(names) + ["untrained"] * len(names)
    assert list(table["id"][-3:]) == ["A1a", "A1b", "A2"]
    by_id = table[table["training"] == "trained"].drop_duplicates("id").set_index("id")
    assert by_id.loc["H9", "n_songs"] == 5
    assert by_id.loc["H5", "verdict"] == "not applicable"
    assert by_id.loc["H5", "note"] == "conv4 is missing"
    assert "no_conv4 is missing" in by_id.loc["A1b", "note"]
    page = (results / "hypotheses.md").read_text("utf-8")
    # Nothing is said of networks that the run does not have.
    assert page.count("\n## ") == len([h for h in catalogue if h.task != "other"])
    assert page.index("about this one training") < page.index("| H1 |")


def test_representations_are_measured_in_every_layer(finished: Project) -> None:
    tables = finished.folder / "results/demo/tables"
    cka = pd.read_csv(tables / "cka.csv")
    itself = cka.query("training_a == training_b and layer_a == layer_b")
    assert len(itself) == 2 * len(TRAININGS) * len(LAYERS)
    assert itself["cka"].to_numpy() == pytest.approx(1)
    control = cka.query("training_b == 'untrained' and training_a == 'trained'")
    assert list(control["layer_a"]) == list(control["layer_b"]) == 2 * LAYERS
    at_input = control[control["layer_a"] == "input"]["cka"]
    assert at_input.to_numpy() == pytest.approx([1, 1])  # The input is no one's work.
    separability = pd.read_csv(tables / "separability.csv")
    assert len(separability) == 2 * len(TRAININGS) * len(LAYERS) * 2
    probe = pd.read_csv(tables / "probe.csv")
    assert len(probe) == 2 * len(TRAININGS) * len(LAYERS) * 4
    assert probe["balanced_accuracy"].between(0, 1).all()


def test_the_network_table_tells_cost_and_score(finished: Project) -> None:
    tables = finished.folder / "results/demo/tables"
    row = pd.read_csv(tables / "networks.csv").iloc[0]
    # Weights of 3 × 3 filters, 120 inputs of 16 units, 16 of 4; batch norm; biases.
    weights = 9 * 4 + 9 * 4 * 8 + 8 * 5 * 3 * 16 + 16 * 4
    assert row["n_parameters"] == weights + 2 * (4 + 8 + 16) + 4
    performance = pd.read_csv(tables / "performance.csv")
    macro_f1 = performance.query(
        "task == 'instrument' and network == 'paper' and training == 'trained' and split == 'test'"
        " and `class` == 'macro' and metric == 'f1'"
    )["value"].item()
    assert row["macro_f1"] == pytest.approx(macro_f1)


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
    assert len(logs) == 7 * 2 + 116


def test_no_half_written_file_is_left(finished: Project) -> None:
    hidden = list((finished.folder / "results").glob("**/.*"))
    known = (".snakemake_timestamp", ".lock", ".sizes.tsv")
    assert [path for path in hidden if path.name not in known] == []
