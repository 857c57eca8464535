"""The default run, whole."""

from pathlib import Path

import pandas as pd
import pytest
from snakemake_project import ROOT, copy_project
from stemlens.hypotheses.catalogue import read_hypotheses

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_project(tmp_path_factory.mktemp("demo"))
    project.succeed()
    return project.folder / "results/demo"


def test_the_demo_ends_with_a_network_that_knows_its_instruments(results: Path) -> None:
    table = pd.read_csv(results / "tables/performance.csv")
    of_mixes = table.query("task == 'instrument' and split == 'test' and metric == 'f1'")
    of_mixes = of_mixes.query("`class` == 'macro'").fillna({"training": ""})
    macro_f1 = of_mixes.set_index(["network", "training"])["value"]
    assert macro_f1["paper", "trained"] >= 0.9
    assert macro_f1["paper", "trained"] > macro_f1["class_prior", ""]
    assert macro_f1["paper", "trained"] > macro_f1["paper", "untrained"] + 0.2


def test_the_demo_ends_with_a_network_that_knows_its_moods(results: Path) -> None:
    table = pd.read_csv(results / "tables/performance.csv")
    of_songs = table.query("task == 'mood' and split == 'test' and metric == 'accuracy'")
    accuracy = of_songs.fillna({"training": ""}).set_index(["network", "training"])["value"]
    assert accuracy["class_prior", ""] == pytest.approx(0.25)
    # Three seeds gave 0.88 to 0.93, and processors round differently. Who guesses the moods of 60
    # songs has 0.45 or more less than once in a thousand times.
    assert accuracy["paper", "trained"] >= 0.7
    assert accuracy["paper", "trained"] > accuracy["paper", "untrained"] + 0.2


def test_no_saved_network_of_the_demo_falls_short_of_its_last_epoch(results: Path) -> None:
    table = pd.read_csv(results / "tables/training.csv")
    assert list(table["task"]) == ["instrument", "mood"]
    assert table["note"].isna().all()


@pytest.mark.parametrize("measure", ["pearson", "cosine"])
@pytest.mark.parametrize("name", ["drums", "bass", "vocals", "rest"])
def test_training_raises_the_contrast_of_every_class_in_the_last_dense_layer(
    results: Path, name: str, measure: str
) -> None:
    table = pd.read_csv(results / "tables/contrast.csv")
    table = table.query("task == 'instrument' and layer == 'dense2'")
    of_class = table[(table["class"] == name) & (table["measure"] == measure)]
    by_training = of_class.set_index("training")
    assert by_training.loc["trained", "ci_low"] > by_training.loc["untrained", "ci_high"]


def test_the_demo_has_a_verdict_on_every_hypothesis(results: Path) -> None:
    table = pd.read_csv(results / "tables/hypotheses.csv").query("not id.str.startswith('A')")
    # Untrained networks have no untrained twin to be compared with; only instrument networks are
    # asked what their layers keep.
    judged = table["verdict"] != "not applicable"
    unjudged = table.loc[~judged, ["id", "task", "training"]].to_numpy().tolist()
    assert unjudged == [
        *[[name, "instrument", "untrained"] for name in ("E2", "K2", "K4")],
        *[[name, "mood", "trained"] for name in ("K1", "K2", "K4")],
        *[[name, "mood", "untrained"] for name in ("M7", "E2", "K1", "K2", "K4")],
    ]
    assert table.loc[judged, "effect"].notna().all()
    catalogue = read_hypotheses(ROOT / "hypotheses.yaml")
    expected = {h.id for h in catalogue if not h.is_about_networks and h.task != "other"}
    assert set(table["id"]) == expected
    trained = table.query("training == 'trained' and task == 'instrument'").set_index("id")
    # At the input every network is alike: bass stands apart without training.
    assert trained.loc["H3", "verdict"] == "supported"
    assert "needs no training" in trained.loc["H3", "note"]


@pytest.mark.parametrize(
    "figure",
    [
        *(f"figure{number}" for number in range(1, 5)),
        *(
            f"{name}_{task}"
            for name in ("contrast", "probe", "representations", "training_history")
            for task in ("instrument", "mood")
        ),
        "confusion",
        "assigned_moods",
        "both_networks",
        "keeps_instrument",
        "invariance_map",
    ],
)
def test_the_demo_ends_with_its_figures(results: Path, figure: str) -> None:
    assert (results / f"figures/{figure}.png").exists()
