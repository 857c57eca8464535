import numpy as np
import pandas as pd
import pytest
from collect_training import main as collect_training
from stemlens.tables import read_table, write_table
from stemlens.training.history import FALL_ALLOWED, fall_note, training_row


def history(last_epoch, saved):
    """Three epochs, the last with the saved network's scores."""
    return pd.DataFrame(
        {
            "epoch": [1, 2, 3],
            "loss": [0.9, 0.5, 0.4],
            "macro_f1": [0.2, 0.99, last_epoch],
            "subset_accuracy": [0.1, 0.5, 0.6],
            "saved_loss": [np.nan, np.nan, 0.3],
            "saved_macro_f1": [np.nan, np.nan, saved],
            "saved_subset_accuracy": [np.nan, np.nan, 0.7],
        }
    )


@pytest.mark.parametrize("saved", [0.8 - 0.99 * FALL_ALLOWED, 0.8, 0.95])
def test_a_network_about_as_good_as_its_last_epoch_or_better_has_no_note(saved):
    assert fall_note(history(0.8, saved)) == ""


@pytest.mark.parametrize("saved", [0.8 - 1.01 * FALL_ALLOWED, 0.1, np.nan])
def test_a_network_that_falls_short_of_its_last_epoch_is_noted_with_both_scores(saved):
    note = fall_note(history(0.8, saved))
    assert f"is {saved:.3f}; it was 0.800 in the last epoch: more than 0.05 is lost" in note


def test_the_training_table_has_a_row_per_training(tmp_path):
    paths = [tmp_path / f"models/mood/paper/{t}-seed2/history.csv" for t in ("trained", "shuffled")]
    for path, saved in zip(paths, (0.7, 0.81), strict=True):
        write_table(path, history(0.8, saved))
    collect_training([str(path) for path in paths], str(tmp_path / "training.csv"))
    table = read_table(tmp_path / "training.csv")
    assert list(table) == [
        "task",
        "network",
        "training",
        "seed",
        "n_epochs",
        "last_epoch_loss",
        "saved_loss",
        "last_epoch_macro_f1",
        "saved_macro_f1",
        "note",
    ]
    trained, shuffled = table.to_dict("records")
    model = {"task": "mood", "network": "paper", "training": "trained", "seed": 2}
    scores = {"last_epoch_loss": 0.4, "saved_loss": 0.3, "last_epoch_macro_f1": 0.8}
    note = fall_note(history(0.8, 0.7))
    assert trained == {**model, "n_epochs": 3, **scores, "saved_macro_f1": 0.7, "note": note}
    assert (shuffled["training"], shuffled["saved_macro_f1"]) == ("shuffled", 0.81)
    assert pd.isna(shuffled["note"])
    assert training_row(history(0.8, 0.81))["note"] == ""
