from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from judge_hypotheses import main as judge_hypotheses
from stemlens.similarity.replicate_store import write_replicates
from stemlens.tables import read_table

CLASSES = ["drums", "rest"]
LAYERS = ["input", "block.0", "block.1"]
MODELS = [
    "other/vgg/trained-seed0",
    "other/vgg/untrained-seed0",
    "other/vgg/untrained-seed1",
    "other/taken/trained-seed0",
]


@pytest.fixture
def judged(tmp_path):
    """Judge a run that trains no network: one with two twins, and one without."""
    rng = np.random.default_rng(0)
    paths = []
    for model in MODELS:
        rises = not model.startswith("other/vgg/untrained")
        rows = [
            {
                "layer": layer,
                "depth": depth,
                "class_a": a,
                "class_b": b,
                "measure": measure,
                "mean": 0.2 + 0.3 * depth * (a == b) * rises,
                "n_songs": 12,
                "note": "",
            }
            for depth, layer in enumerate(LAYERS)
            for a, b in (("drums", "drums"), ("drums", "rest"), ("rest", "rest"))
            for measure in ("pearson", "cosine")
        ]
        table = pd.DataFrame(rows)
        path = tmp_path / f"{model}.h5"
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn = table["mean"].to_numpy() + 0.01 * rng.normal(size=(200, len(table)))
        write_replicates(path, table, drawn)
        paths.append(str(path))
    outputs = [str(tmp_path / name) for name in ("verdicts.csv", "claims.csv", "page.md")]
    judge_hypotheses(
        str(Path(__file__).parents[2] / "hypotheses.yaml"),
        paths,
        [],
        [],
        *outputs,
        networks={},
        mse_measure="mse",
        confidence=0.95,
        n_replicates=200,
        seed=0,
    )
    return read_table(outputs[0]), Path(outputs[2]).read_text("utf-8")


def test_networks_that_the_run_does_not_train_are_judged_without_one_that_it_trains(judged):
    verdicts, _ = judged
    of_transformed = verdicts["id"].str.startswith("K")
    assert (verdicts.loc[of_transformed, "verdict"] == "not applicable").all()
    verdicts = verdicts[~of_transformed]
    columns = ["task", "network", "training", "id", "verdict"]
    assert verdicts[columns].to_numpy().tolist() == [
        ["other", "vgg", "trained", "E1", "supported"],
        ["other", "vgg", "trained", "E2", "supported"],
        ["other", "vgg", "trained", "E3", "supported"],
        ["other", "vgg", "untrained", "E1", "undecided"],
        ["other", "vgg", "untrained", "E2", "not applicable"],
        ["other", "vgg", "untrained", "E3", "undecided"],
        ["other", "taken", "trained", "E1", "supported"],
        ["other", "taken", "trained", "E2", "not applicable"],
        ["other", "taken", "trained", "E3", "supported"],
    ]
    effects = verdicts[verdicts["verdict"] == "supported"]["effect"]
    np.testing.assert_allclose(effects, 0.6, atol=1e-6)
    notes = verdicts.set_index(["network", "training", "id"])["note"]
    assert notes["vgg", "trained", "E1"].endswith("holds from block.0 on; holds in 1 of 1 seeds")
    assert notes["vgg", "trained", "E2"].endswith("holds from block.0 on; holds in 2 of 2 seeds")
    assert "clearest in block.1" in notes["vgg", "trained", "E3"]
    assert notes["vgg", "untrained", "E2"] == "compares the network with itself"
    assert notes["taken", "trained", "E2"] == "untrained is missing"


def test_their_page_shows_no_empty_table_of_the_papers_findings(judged):
    _, page = judged
    assert "| H1 |" not in page
    assert "|  | Hypothesis |" not in page
    assert "| taken | trained | ✓ supported | ○ not applicable | ✓ supported |" in page
