"""What layers keep, in a finished run: its tables against the spectrograms themselves."""

import h5py
import numpy as np
import pandas as pd
import pytest
from snakemake_project import Project
from stemlens.keeps.names import MIX

CLASSES = ["drums", "bass", "vocals", "rest"]
LAYERS = ["input", "conv1", "conv2", "dense1", "output"]
MODELS = [
    (task, "paper", training)
    for task in ("instrument", "mood")
    for training in ("trained", "untrained")
]


def table(finished: Project, name: str) -> pd.DataFrame:
    return pd.read_csv(finished.folder / f"results/demo/tables/{name}.csv")


def of_input(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.query("task == 'instrument' and training == 'trained' and layer == 'input'")


@pytest.mark.parametrize(
    ("name", "per_layer"),
    [
        ("gains", len(CLASSES) * 2 * 5),
        ("gain_thresholds", len(CLASSES)),
        # A row per strength and one for their mean; as they are and averaged over time.
        ("invariance", 2 * (len(CLASSES) + 1) * 3 * 4),
        ("concepts", 2 * 8),
    ],
)
def test_tables_have_every_model_layer_and_class(
    finished: Project, name: str, per_layer: int
) -> None:
    found = table(finished, name)
    models = found[["task", "network", "training"]].drop_duplicates()
    assert list(models.itertuples(index=False, name=None)) == MODELS
    assert found["layer"].unique().tolist() == LAYERS
    assert (found.groupby(["task", "training", "layer"]).size() == per_layer).all()
    assert (found["n_seeds"] == 1).all()


def test_similarities_at_the_input_are_those_of_the_spectrograms(finished: Project) -> None:
    """The mix at 0 dB, and what it is compared with, stand in the file of spectrograms."""
    results = finished.folder / "results/demo"
    stimuli = pd.read_csv(results / "stimuli.csv").drop_duplicates("song")
    with h5py.File(results / "mel/instrument/test.h5") as file:
        mels, targets = file["mel"][:], file["target"][0]
    row_of = {tuple(target): row for row, target in enumerate(targets)}
    gains = of_input(table(finished, "gains")).query("gain_db == 0 and measure == 'pearson'")
    for number, name in enumerate(CLASSES):
        alone = np.eye(4, dtype=int)[number]
        for compared_with, target in (("alone", alone), ("without", 1 - alone)):
            expected = [
                np.corrcoef(
                    mels[row, row_of[1, 1, 1, 1]].ravel(), mels[row, row_of[tuple(target)]].ravel()
                )[0, 1]
                for row in stimuli["row"]
            ]
            is_asked = (gains["class"] == name) & (gains["compared_with"] == compared_with)
            found = gains[is_asked]
            assert found["value"].item() == pytest.approx(np.mean(expected), abs=1e-6)
            assert found["n_songs"].item() == len(stimuli)


def test_a_class_that_is_softer_is_less_like_itself_and_more_like_the_rest(
    finished: Project,
) -> None:
    gains = of_input(table(finished, "gains")).query("measure == 'pearson'")
    for _, of_class in gains.groupby(["class"]):
        value = of_class.set_index(["compared_with", "gain_db"])["value"]
        assert value["alone", -20] < value["alone", 0]
        assert value["without", -20] > value["without", 0]


def test_a_gain_hardly_changes_the_correlation_of_spectrograms_in_db_and_noise_does(
    finished: Project,
) -> None:
    found = of_input(table(finished, "invariance")).query("measure == 'pearson' and time == 'kept'")
    means = found[found["strength"].isna()].set_index(["transformation", "class"])["invariance"]
    assert found["class"].unique().tolist() == [*CLASSES, MIX]
    assert found["transformation"].unique().tolist() == ["gain", "noise"]
    assert (means["gain"] > 0.9).all()
    assert (means["noise"] < means["gain"]).all()


def test_songs_are_found_by_softer_versions_of_themselves(finished: Project) -> None:
    found = of_input(table(finished, "retrieval"))
    n_songs = pd.read_csv(finished.folder / "results/demo/stimuli.csv")["song"].nunique()
    matching = found.query(
        "job == 'audio_matching' and transformation == 'gain' and score == 'hit_rate_at_1'"
        " and measure == 'pearson' and strength == -12"
    )
    assert (matching["value"] == 1).all()
    np.testing.assert_allclose(matching["chance"], 1 / n_songs)
    instrument = found.query("job == 'instrument'")
    assert set(instrument["class"]) == set(CLASSES)
    assert (instrument["n_candidates"] == 4 * (n_songs - 1)).all()


def test_probes_read_the_register_of_rendered_songs_from_their_spectrograms(
    finished: Project,
) -> None:
    found = of_input(table(finished, "concepts")).set_index(["time", "concept"])
    register = found.loc["averaged", "register"]
    assert register["ci_low"] > register["chance"] == pytest.approx(1 / 4)
    assert register["n_songs"] == 144


def test_hypotheses_about_what_layers_keep_are_judged(finished: Project) -> None:
    verdicts = table(finished, "hypotheses").query("task == 'instrument' and training == 'trained'")
    judged = verdicts.set_index("id").loc[["K1", "K4"], "verdict"]
    assert (judged != "not applicable").all()
    # Nothing is transposed in this run.
    assert verdicts.set_index("id").loc["K2", "verdict"] == "not applicable"
    assert "K3" not in set(verdicts["id"])
