"""What several rules need: the checked config, the songs, and the digests of library code."""

import os
import sys
from functools import cache

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.utils import update_config

sys.path.insert(0, f"{PROJECT}/scripts")
# Some clusters' file systems have no locks. None are needed: HDF5 files appear when they are whole.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

from stemlens.atomic import is_taken
from stemlens.corpora.identity import identities
from stemlens.corpora.songs import (
    SPLITS,
    absent_songs,
    demo_songs,
    left_out,
    list_songs,
)
from stemlens.corpora.stem_check import check_stems
from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.names import some
from stemlens.workflow.code_digest import code_digest
from stemlens.workflow.configuration import (
    check_config,
    check_hypotheses,
    spectrogram_size,
)
from stemlens.workflow.named_songs import check_named_songs
from stemlens.workflow.variants import changes_activations, other_variants
from stemlens.yaml_file import read_yaml

try:
    if workflow.is_main_process:
        # Snakemake reads the same files, and of a key that stands there twice takes the second.
        for file in workflow.configfiles:
            read_yaml(file)
    # A module gets the config that its user hands over, and nothing of config.yaml.
    given, config = config, read_yaml(f"{PROJECT}/config.yaml")
    update_config(config, given)
    check_config(config, f"{PROJECT}/schemas/config.schema.yaml")
    # Relative, so that a project that is moved as a whole has nothing to rerun.
    # A module's prefix is for results only.
    HYPOTHESES = local(
        config["hypotheses"]["file"] or os.path.relpath(f"{PROJECT}/hypotheses.yaml")
    )
    check_hypotheses(read_hypotheses(HYPOTHESES), HYPOTHESES, config["networks"])
except InputError as error:
    raise WorkflowError(str(error))

CORPUS = config["corpus"]
CLASSES = [item["name"] for item in CORPUS["classes"]]
FETCHES = CORPUS["fetch"] and CORPUS["layout"] != "demo"
STEMS = [item["stem"] for item in CORPUS["classes"]]
DEMO_STEMS = ["drums", "bass", "other", "vocals"]
EXPERIMENT = config["experiment"]
NETWORKS = [EXPERIMENT["network"], *EXPERIMENT["ablations"]]
MOOD = config["mood"]
# Moods of rendered songs say nothing about real stems.
MOOD_LAYOUT = (
    None if MOOD["layout"] == "demo" and CORPUS["layout"] != "demo" else MOOD["layout"]
)
TASKS = ["instrument", "mood"] if MOOD_LAYOUT else ["instrument"]
TRAININGS = ["trained", *EXPERIMENT["controls"]]
DRAWS = {key: config["bootstrap"][key] for key in ("n_replicates", "seed")}
MODEL = "{task}/{network}/{training}-seed{seed}"
UNTRAINED_MODEL = MODEL.replace("{training}", "untrained")
VARIANTS = other_variants(config)


def corpus_root():
    """Folder that holds train and test."""
    if CORPUS["layout"] == "demo":
        return "<results>/corpus"
    root = CORPUS["root"] or os.environ.get("MUSDB_PATH")
    if not root:
        raise WorkflowError(
            "corpus.root: neither it nor the environment variable MUSDB_PATH is set;"
            " expected the folder that holds train/ and test/: set one of them"
        )
    return os.path.expanduser(root)


def must_fetch():
    """Whether the corpus is one to fetch and is not there yet."""
    return FETCHES and not is_taken(corpus_root())


@cache
def songs():
    """All songs, as (split, slug) → Song."""
    try:
        found = demo_corpus_songs() if CORPUS["layout"] == "demo" else listed_songs()
        check_named_songs(config, found)
    except InputError as error:
        raise WorkflowError(str(error))
    return {(song.split, song.slug): song for song in found}


def demo_corpus_songs():
    """The songs that will be rendered."""
    n_songs = {split: config["demo"][f"n_{split}_songs"] for split in SPLITS}
    return demo_songs(corpus_root(), n_songs, STEMS)


def listed_songs():
    """The songs of a corpus that is there, whatever else is there told once."""
    where, skips = (corpus_root(), CORPUS["layout"]), CORPUS["broken_songs"] == "skip"
    found = list_songs(*where, STEMS, some_may_lack=skips)
    check_stems(found, CORPUS["layout"], STEMS, some_may_lack=skips)
    absent, others = absent_songs(*where), left_out(*where)
    if absent and workflow.is_main_process:
        logger.warning(
            f"corpus.root: left out, since they cannot be read: {some(absent)}"
        )
    if others and workflow.is_main_process:
        logger.info(f"corpus.root: left out, since they are no songs: {some(others)}")
    return found


def per_song(pattern, *splits):
    """Input function: a file for each song of the splits, fetching the corpus first if need be."""

    def files(wildcards):
        if must_fetch():
            checkpoints.fetch_corpus.get()
        wanted = splits or [wildcards.split]
        return [
            pattern.format(split=s, song=slug) for s, slug in songs() if s in wanted
        ]

    return files


def song_files(wildcards):
    """Input function: the audio files of a song, where a rule makes them.

    Those of other corpora are no inputs: neither their folder nor the order of their dates matters.
    """
    song = songs()[wildcards.split, wildcards.song]
    return song.files.values() if CORPUS["layout"] == "demo" else []


def song_identity(wildcards):
    """Param: name of a song; name, size and date of its files."""
    song = songs()[wildcards.split, wildcards.song]
    files = {} if CORPUS["layout"] == "demo" else identities(song.files)
    return {"name": song.name, "files": files}


def song_path(wildcards, input):
    """Param: where a song lies now; one that depends on `input` is read by jobs, never compared."""
    if CORPUS["layout"] == "demo":
        return os.path.dirname(input.stems[0])
    return songs()[wildcards.split, wildcards.song].path


def training_settings(task):
    """How the networks of a task are trained."""
    if task == "mood":
        return {**config["training"], **MOOD["training"], "holdout": "none"}
    return config["training"]


def expand_models(pattern, networks, trainings, tasks=("instrument",)):
    """A file for each model: every seed of these networks and trainings."""
    return expand(
        pattern.replace("{model}", MODEL),
        task=tasks,
        network=networks,
        training=trainings,
        seed=EXPERIMENT["seeds"],
    )


def per_model(pattern):
    """A file for each model: the network with its controls, for each task, and the ablations."""
    return expand_models(
        pattern, EXPERIMENT["network"], TRAININGS, TASKS
    ) + expand_models(pattern, EXPERIMENT["ablations"], "trained")


def fitted_models(pattern):
    """A file for each model that is trained, on true labels or on shuffled ones."""
    trainings = [training for training in TRAININGS if training != "untrained"]
    return expand_models(
        pattern, EXPERIMENT["network"], trainings, TASKS
    ) + expand_models(pattern, EXPERIMENT["ablations"], "trained")


def trained_models(pattern):
    """A file for each trained instrument network: the one that is studied and its ablations."""
    return expand_models(pattern, NETWORKS, "trained")


def mood_models(pattern, trainings=TRAININGS):
    """A file for each mood network of these trainings; none without a mood experiment."""
    if not MOOD_LAYOUT:
        return []
    return expand_models(pattern, EXPERIMENT["network"], trainings, "mood")


def variant_files():
    """The replicates of every variant, as configured first: name → a file per seed."""
    configured = expand_models(
        "<results>/bootstrap/{model}.h5", EXPERIMENT["network"], "trained", TASKS
    )
    files = {"as_configured": configured}
    for name, variant in VARIANTS.items():
        pattern = f"<results>/robustness/{name}/{{model}}.h5"
        files[name] = (
            expand_models(pattern, EXPERIMENT["network"], "trained", TASKS)
            if changes_activations(config, variant)
            else configured
        )
    return files


def shown_model(pattern, task="instrument"):
    """A file of the model whose history and feature maps the figures show."""
    return pattern.replace("{model}", MODEL).format(
        task=task,
        network=EXPERIMENT["network"],
        training="trained",
        seed=EXPERIMENT["seeds"][0],
    )


def growing(amount):
    """Resource: this much, twice as much in the second attempt, four times from the third on."""
    return lambda wildcards, attempt: amount * 2 ** min(attempt - 1, 2)


def stored_segments(folder):
    """Output: a song's segments, for good or until its spectrograms are made."""
    return directory(folder) if CORPUS["keep_segments"] else temp(directory(folder))


@cache
def digest(rule):
    """SHA-256 over the library modules that a rule's script uses."""
    return code_digest(f"{PROJECT}/scripts/{rule}.py")


# A corpus that is not there shall stop the run here, not inside a rule.
if not must_fetch():
    songs()
