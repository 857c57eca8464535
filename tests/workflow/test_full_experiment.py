"""Every control, two seeds, an ablation and the robustness of verdicts, on the small run."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from snakemake_project import ROOT, Project
from stemlens.hypotheses.catalogue import read_hypotheses

SEEDS = [0, 1]
FULL = {
    "experiment": {
        "controls": ["untrained", "shuffled"],
        "ablations": ["no_dense"],
        "seeds": SEEDS,
    },
    "networks": {
        "no_dense": {
            "conv": [{"filters": 4, "kernel": [3, 3], "pool": [4, 10]}],
            "dense": [],
            "leaky_slope": 0.01,
            "dropout": 0,
        }
    },
}


INSTRUMENTS = {**FULL, "mood": {"layout": None}}
TABLES = "results/demo/tables"
TARGETS = [
    *(f"{TABLES}/{name}.csv" for name in ("performance", "similarity", "hypotheses")),
    "results/demo/figures/networks.png",
]


@pytest.fixture(scope="module")
def project(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The finished run, gone on until every network of instruments is there and has verdicts."""
    project = finished.copy(tmp_path_factory.mktemp("full") / "project")
    project.succeed(*TARGETS, config=INSTRUMENTS)
    return project


@pytest.fixture(scope="module")
def full(project: Project) -> Path:
    """Tables of the full experiment."""
    return project.folder / TABLES


@pytest.fixture(scope="module")
def robust(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of the finished run, gone on until other variants have verdicts too."""
    project = finished.copy(tmp_path_factory.mktemp("robust") / "project")
    project.succeed("robustness")
    assert (project.folder / "results/demo/figures/robustness.png").exists()
    return project.folder / TABLES


def scored_models(tables: Path) -> set[tuple[str, str, str, int]]:
    table = pd.read_csv(tables / "performance.csv").query("network != 'class_prior'")
    columns = ["task", "network", "training", "seed"]
    return set(table[columns].itertuples(index=False, name=None))


def expected_models(*tasks: str) -> set[tuple[str, str, str, int]]:
    trainings = ("trained", "untrained", "shuffled")
    kinds = [(task, "paper", training) for task in tasks for training in trainings]
    kinds.append(("instrument", "no_dense", "trained"))
    return {(*kind, seed) for kind in kinds for seed in SEEDS}


@pytest.mark.slow
def test_every_model_is_there_for_every_seed(full: Path) -> None:
    assert scored_models(full) == expected_models("instrument")


@pytest.mark.slow
def test_the_spread_over_seeds_is_that_of_their_means(full: Path) -> None:
    of_seeds = pd.read_csv(full / "similarity.csv")
    over_seeds = pd.read_csv(full / "similarity_over_seeds.csv")
    keys = ["task", "network", "training", "layer", "class_a", "class_b", "measure"]
    expected = of_seeds.groupby(keys)["mean"].agg(["mean", "std"])
    found = over_seeds.set_index(keys).loc[expected.index]
    assert (found["n_seeds"] == 2).all()
    pd.testing.assert_series_equal(found["mean"], expected["mean"], check_names=False)
    pd.testing.assert_series_equal(found["seed_std"], expected["std"], check_names=False)


@pytest.mark.slow
def test_shuffled_labels_leave_a_network_of_its_own(full: Path) -> None:
    table = pd.read_csv(full / "contrast_over_seeds.csv")
    table = table.query("task == 'instrument' and network == 'paper'")
    at_output = table.query("layer == 'output' and measure == 'cosine' and `class` == 'bass'")
    assert at_output["contrast"].nunique() == 3


@pytest.mark.slow
def test_an_ablation_stands_beside_the_network(full: Path) -> None:
    table = pd.read_csv(full / "networks.csv").set_index("network")
    paper, ablation = table.loc["paper"], table.loc["no_dense"]
    assert pd.isna(paper["difference"])
    assert ablation["difference"] == pytest.approx(ablation["macro_f1"] - paper["macro_f1"])
    low, high = ablation["difference_ci_low"], ablation["difference_ci_high"]
    assert low <= ablation["difference"] <= high
    assert ablation["multiply_adds"] < paper["multiply_adds"]


def test_every_variant_of_the_paper_has_its_verdicts(robust: Path) -> None:
    table = pd.read_csv(robust / "robustness.csv")
    variants = list(table["variant"].unique())
    assert variants[0] == "as_configured"
    assert len(variants) == 1 + 2 + 1 + 1 + 2 + 3  # taps, logits, pooling, segments, errors
    catalogue = [
        hypothesis
        for hypothesis in read_hypotheses(ROOT / "hypotheses.yaml")
        if not hypothesis.is_about_networks
        and not hypothesis.is_about_controls
        and not hypothesis.is_ours
    ]
    every = [hypothesis.id for hypothesis in catalogue]
    about_errors = [hypothesis.id for hypothesis in catalogue if hypothesis.is_about_errors]
    for variant, of_variant in table.groupby("variant"):
        changes_errors_only = variant.startswith("mse")
        assert list(of_variant["id"]) == (about_errors if changes_errors_only else every)
    configured = table[table["variant"] == "as_configured"].reset_index(drop=True)
    verdicts = pd.read_csv(robust / "hypotheses.csv")
    trained = verdicts.query("network == 'paper' and training == 'trained'")
    trained = trained[trained["mse_measure"].fillna("") != "mse_peak"]
    trained = trained[trained["id"].isin(every)].reset_index(drop=True)
    columns = ["id", "verdict", "effect", "ci_low", "ci_high"]
    pd.testing.assert_frame_equal(configured[columns], trained[columns])
    # Bass against the rest at the input does not depend on where layers are read.
    at_input = table[table["id"] == "H3"].set_index("variant")["effect"]
    assert at_input["before_pool"] == pytest.approx(at_input["as_configured"])
    assert at_input["first_segment"] != pytest.approx(at_input["last_segment"])


@pytest.mark.slow
def test_with_moods_the_full_experiment_runs_to_its_end(project: Project) -> None:
    project.succeed("all", "robustness", config=FULL)
    assert scored_models(project.folder / TABLES) == expected_models("instrument", "mood")
    assert project.planned(FULL, targets=["all", "robustness"]) == {}


def test_the_full_preset_plans_every_model_of_the_paper_and_its_open_questions(
    finished: Project,
) -> None:
    preset = yaml.safe_load((ROOT / "presets/full.yaml").read_text("utf-8"))
    ablations, seeds = preset["experiment"]["ablations"], preset["experiment"]["seeds"]
    assert {"no_conv4", "no_conv4_keep_pool", "no_dense2", "dense64"} == set(ablations)
    planned = finished.planned(preset)
    # Of the trained networks one is there already, and so is one untrained.
    of_instruments = (1 + len(ablations)) * len(seeds) + len(seeds) - 1
    of_moods = 2 * len(seeds) - 1
    assert planned["train_model"] == of_instruments + of_moods
    assert planned["initialise_model"] == 2 * (len(seeds) - 1)
