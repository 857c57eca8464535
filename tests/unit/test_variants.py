import re
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from stemlens.workflow.configuration import check_config
from stemlens.workflow.variants import (
    VARIANTS,
    changes_activations,
    other_variants,
)

ROOT = Path(__file__).parents[2]
SCHEMA_PATH = ROOT / "schemas" / "config.schema.yaml"
SCHEMA = yaml.safe_load(SCHEMA_PATH.read_text("utf-8"))
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
PLACES = sorted({(section, key) for section, key, _ in VARIANTS.values()})


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


# Pooling can be anything; what the paper leaves open is whether time counts.
@pytest.mark.parametrize(
    ("section", "key"), [place for place in PLACES if place != ("activations", "pooling")]
)
def test_variants_are_all_values_that_the_schema_allows(section, key):
    schema = SCHEMA["properties"][section]["properties"][key]
    allowed = [False, True] if schema.get("type") == "boolean" else schema["enum"]
    values = [value for *place, value in VARIANTS.values() if place == [section, key]]
    assert sorted(set(values)) == sorted(allowed)


def test_what_the_paper_leaves_open_after_training_is_five_choices():
    assert PLACES == [
        ("activations", "logits"),
        ("activations", "pooling"),
        ("activations", "tap"),
        ("similarity", "mse_measure"),
        ("stimuli", "selection"),
    ]


def test_names_of_variants_fit_the_wildcard_of_the_workflow():
    (pattern,) = re.findall(r'variant="(.+)"', (ROOT / "Snakefile").read_text("utf-8"))
    assert re.fullmatch(pattern, "")
    assert all(re.fullmatch(pattern, f"variants/{name}/") for name in VARIANTS)


@pytest.mark.parametrize(("section", "key", "value"), VARIANTS.values())
def test_every_variant_but_the_configured_ones_changes_one_key(section, key, value):
    config = configured(section, key, value)
    before = deepcopy(config)
    variants = other_variants(config)
    assert config == before

    follows = {name for name, (s, k, v) in VARIANTS.items() if config[s][k] == v}
    assert len(follows) == len(PLACES)
    assert list(variants) == [name for name in VARIANTS if name not in follows]
    for name, variant in variants.items():
        check_config(variant, SCHEMA_PATH)
        changed = {
            (*place, there)
            for place, there in flat(variant).items()
            if flat(config)[place] != there
        }
        assert changed == {VARIANTS[name]}


def test_variants_share_nothing_with_the_config_or_each_other():
    config = deepcopy(CONFIG)
    first, *others = other_variants(config).values()
    before = deepcopy(others)
    for section in first.values():
        section.clear()
    assert config == CONFIG
    assert others == before


def test_only_another_normalisation_of_the_error_needs_no_activations_of_its_own():
    for name, variant in other_variants(CONFIG).items():
        assert changes_activations(CONFIG, variant) == (not name.startswith("mse"))
    assert not changes_activations(CONFIG, deepcopy(CONFIG))
