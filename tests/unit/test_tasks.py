from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from stemlens.model_name import ModelName
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL
from stemlens.workflow.tasks import configured_models, configured_tasks, mood_layout

CONFIG = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))


def config_with(**sections):
    config = deepcopy(CONFIG)
    for section, changes in sections.items():
        config[section] |= changes
    return config


def test_the_default_run_has_the_two_experiments_of_the_paper():
    instrument, mood = configured_tasks(CONFIG).values()
    assert (instrument.name, mood.name) == ("instrument", "mood")
    assert (instrument.target_type, mood.target_type) == (MULTI_LABEL, SINGLE_LABEL)
    assert (instrument.similarity_figure, mood.similarity_figure) == ("figure2", "figure4")
    assert list(instrument.classes) == ["drums", "bass", "vocals", "rest"]
    assert list(mood.classes) == ["Q1", "Q2", "Q3", "Q4"]


def test_moods_are_trained_with_their_own_settings_and_hold_no_song_out():
    config = config_with(training={"epochs": 9, "l2": 0.5, "holdout": ["Ann"]})
    instrument, mood = (task.training for task in configured_tasks(config).values())
    assert (instrument["epochs"], instrument["holdout"]) == (9, ["Ann"])
    assert (mood["epochs"], mood["holdout"]) == (CONFIG["mood"]["training"]["epochs"], "none")
    assert mood["l2"] == instrument["l2"] == 0.5


def test_moods_have_the_network_of_instruments_or_one_of_their_own():
    for own, expected in ((None, "paper"), ("dense64", "dense64")):
        tasks = configured_tasks(config_with(mood={"network": own}))
        assert (tasks["instrument"].network, tasks["mood"].network) == ("paper", expected)


@pytest.mark.parametrize(
    ("stems", "moods", "expected"),
    [
        ("demo", "demo", "demo"),
        ("musdb18", "demo", None),
        ("musdb18", "deam", "deam"),
        ("demo", None, None),
    ],
)
def test_rendered_moods_go_with_rendered_stems_only(stems, moods, expected):
    config = config_with(corpus={"layout": stems}, mood={"layout": moods})
    assert mood_layout(config) == expected
    assert ("mood" in configured_tasks(config)) == (expected is not None)


def test_models_are_the_networks_with_their_controls_then_trained_ablations():
    experiment = {"controls": ["untrained"], "ablations": ["no_dense2"], "seeds": [0, 5]}
    models = configured_models(config_with(experiment=experiment, mood={"network": "dense64"}))
    assert [model.path for model in models] == [
        "instrument/paper/trained-seed0",
        "instrument/paper/trained-seed5",
        "instrument/paper/untrained-seed0",
        "instrument/paper/untrained-seed5",
        "mood/dense64/trained-seed0",
        "mood/dense64/trained-seed5",
        "mood/dense64/untrained-seed0",
        "mood/dense64/untrained-seed5",
        "instrument/no_dense2/trained-seed0",
        "instrument/no_dense2/trained-seed5",
    ]
    assert [ModelName.from_path(f"grams/{model.path}.h5") for model in models] == models


def test_without_a_network_to_study_there_is_no_task_and_no_model():
    config = config_with(experiment={"network": None})
    assert configured_tasks(config) == {}
    assert configured_models(config) == []
