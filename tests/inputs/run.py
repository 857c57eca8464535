"""What a run checks before its first job, without Snakemake: the calls of rules/*.smk in order."""

import os
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from snakemake.utils import update_config
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.model_name import ModelName
from stemlens.workflow.configuration import check_config, check_hypotheses
from stemlens.workflow.corpus import corpus_root, corpus_songs
from stemlens.workflow.mood_corpus import MoodCorpus
from stemlens.workflow.named_songs import check_named_songs
from stemlens.workflow.others import (
    is_file_of_activations,
    module_identity,
    module_settings,
    other_models,
    other_networks,
)
from stemlens.workflow.tasks import configured_models, configured_tasks, mood_layout
from stemlens.workflow.variants import other_variants
from stemlens.yaml_file import read_yaml

PROJECT = Path(__file__).parents[2]
CONFIG = read_yaml(PROJECT / "config.yaml")
SCHEMA = PROJECT / "schemas/config.schema.yaml"


def merged(given: Mapping[str, Any]) -> dict[str, Any]:
    """The default config with other values on top of it, as Snakemake merges them."""
    config = deepcopy(CONFIG)
    update_config(config, deepcopy(dict(given)))
    return config


def before_first_job(config: dict[str, Any], environment: Mapping[str, str]) -> list[ModelName]:
    """Check a whole config and what it names; return the models that the run would make."""
    check_config(config, SCHEMA)
    hypotheses = config["hypotheses"]["file"] or PROJECT / "hypotheses.yaml"
    check_hypotheses(
        read_hypotheses(hypotheses), hypotheses, config["networks"], config["experiment"]["others"]
    )
    tasks = configured_tasks(config)
    is_demo = config["corpus"]["layout"] == "demo"
    root = "results/corpus" if is_demo else corpus_root(config["corpus"], environment)
    if is_demo or not config["corpus"]["fetch"] or os.path.lexists(root):
        songs, _ = corpus_songs(config, root)
        check_named_songs(config, songs)
    for name, network in other_networks(config).items():
        if not is_file_of_activations(network):
            settings = module_settings(name, network, environment)
            module_identity(name, settings, str, uses_weights=True)
    other_variants(config)
    if "mood" in tasks:
        of_demo = mood_layout(config) == "demo"
        MoodCorpus.from_config(
            config["mood"], "results/mood_corpus" if of_demo else config["mood"]["root"]
        )
    return configured_models(config) + other_models(config)
