import re
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from stemlens.workflow.configuration import check_config
from stemlens.workflow.readings import (
    ALL_SEGMENTS,
    READINGS,
    changes_activations,
    other_readings,
)

ROOT = Path(__file__).parents[2]
SCHEMA_PATH = ROOT / "schemas" / "config.schema.yaml"
SCHEMA = yaml.safe_load(SCHEMA_PATH.read_text("utf-8"))
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
PLACES = sorted({(section, key) for section, key, _ in READINGS.values()})


def configured(section, key, value):
    config = deepcopy(CONFIG)
    config[section][key] = value
    return config


def flat(config, path=()):
    """Every value by its path; a list counts as one value."""
    if not isinstance(config, dict):
        return {path: config}
    return {
        place: value for key in config for place, value in flat(config[key], (*path, key)).items()
    }


@pytest.mark.parametrize(("section", "key"), PLACES)
def test_readings_are_all_values_that_the_schema_allows(section, key):
    schema = SCHEMA["properties"][section]["properties"][key]
    allowed = [False, True] if schema.get("type") == "boolean" else schema["enum"]
    values = [value for *place, value in READINGS.values() if place == [section, key]]
    assert sorted(set(values) - {ALL_SEGMENTS}) == sorted(allowed)


def test_what_the_paper_leaves_open_after_training_is_four_choices():
    assert PLACES == [
        ("activations", "logits"),
        ("activations", "tap"),
        ("similarity", "mse_measure"),
        ("stimuli", "selection"),
    ]


def test_names_of_readings_fit_the_wildcard_of_the_workflow():
    (pattern,) = re.findall(r'reading="(.+)"', (ROOT / "Snakefile").read_text("utf-8"))
    assert all(re.fullmatch(pattern, name) for name in READINGS)


@pytest.mark.parametrize(
    ("section", "key", "value"), [r for r in READINGS.values() if r[2] != ALL_SEGMENTS]
)
def test_every_reading_but_the_configured_ones_changes_one_key(section, key, value):
    config = configured(section, key, value)
    before = deepcopy(config)
    readings = other_readings(config)
    assert config == before

    follows = {name for name, (s, k, v) in READINGS.items() if config[s][k] == v}
    assert len(follows) == len(PLACES)
    assert list(readings) == [name for name in READINGS if name not in follows]
    for name, reading in readings.items():
        if name != "all_segments":
            check_config(reading, SCHEMA_PATH)
        changed = {
            (*place, there)
            for place, there in flat(reading).items()
            if flat(config)[place] != there
        }
        assert changed == {READINGS[name]}


def test_readings_share_nothing_with_the_config_or_each_other():
    config = deepcopy(CONFIG)
    first, *others = other_readings(config).values()
    before = deepcopy(others)
    for section in first.values():
        section.clear()
    assert config == CONFIG
    assert others == before


def test_only_another_normalisation_of_the_error_needs_no_activations_of_its_own():
    for name, reading in other_readings(CONFIG).items():
        assert changes_activations(CONFIG, reading) == (not name.startswith("mse"))
    assert not changes_activations(CONFIG, deepcopy(CONFIG))
