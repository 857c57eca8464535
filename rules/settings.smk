"""The config, checked, and what all rules share: tasks, growing resources, code digests."""

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.settings.types import DeploymentMethod
from snakemake.utils import update_config

sys.path.insert(0, f"{PROJECT}/scripts")
# Some clusters' file systems have no locks. None are needed: HDF5 files appear when they are whole.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.workflow.code_digest import code_digest
from stemlens.workflow.configuration import check_config, check_hypotheses
from stemlens.workflow.definitions import ALL, ON_IMPORT, Library
from stemlens.workflow.package_versions import (
    PACKAGES,
    installed_version,
    pinned_versions,
)
from stemlens.workflow.tasks import configured_tasks, mood_layout
from stemlens.yaml_file import read_yaml

try:
    if workflow.is_main_process:
        # Snakemake reads the same files, but lets the last of several equal keys win.
        for file in workflow.configfiles:
            read_yaml(file)
    # A module gets the config that its user hands over, and nothing of config.yaml.
    given, config = config, read_yaml(f"{PROJECT}/config.yaml")
    update_config(config, given)
    check_config(config, f"{PROJECT}/schemas/config.schema.yaml")
    # Relative, so that a project that is moved as a whole has nothing to rerun.
    # A module's prefix is for results only.
    # By content, not by date, which is that of the checkout: HYPOTHESES_DIGEST.
    HYPOTHESES = ancient(
        local(
            config["hypotheses"]["file"]
            or os.path.relpath(f"{PROJECT}/hypotheses.yaml")
        )
    )
    check_hypotheses(
        read_hypotheses(HYPOTHESES),
        HYPOTHESES,
        config["networks"],
        config["experiment"]["others"],
    )
    HYPOTHESES_DIGEST = hashlib.sha256(Path(HYPOTHESES).read_bytes()).hexdigest()
except InputError as error:
    raise WorkflowError(str(error))

CORPUS = config["corpus"]
CLASSES = [item["name"] for item in CORPUS["classes"]]
MIXES = config["mixes"]
if MIXES["most"] >= 2 ** len(CLASSES) - 1:
    # All of them: neither how many others there might be nor a seed changes anything.
    MIXES = {"most": 2 ** len(CLASSES) - 1, "seed": 0}
# Of jobs that hold the spectrograms of a corpus of MUSDB18's size, of 15 mixes or more each.
MEMORY_OF_MELS_MB = round(12_000 * max(1, MIXES["most"] / 15))
EXPERIMENT = config["experiment"]
TASKS = configured_tasks(config)
TRAINED_TASKS = "|".join(TASKS) or "()"
MOOD = config["mood"]
MOOD_LAYOUT = mood_layout(config)
LIBRARY = Library(f"{PROJECT}/scripts")
DRAWS = {key: config["bootstrap"][key] for key in ("n_replicates", "seed")}


def figures(*names):
    """A figure's two files, or those of several."""
    return expand(
        "<results>/figures/{name}.{suffix}", name=names, suffix=["png", "pdf"]
    )


def growing(amount):
    """Resource: this much, twice as much in the second attempt, four times from the third on."""
    return lambda wildcards, attempt: amount * 2 ** min(attempt - 1, 2)


def digest(rule):
    """Param: what changes with the code that a rule's script uses, and with its packages."""
    return lambda wildcards: digest_of_script(rule)


@cache
def digest_of_script(script, name=ON_IMPORT):
    """SHA-256 over code and versions; of the environments' pins where conda makes them."""
    return code_digest(script, LIBRARY, version_of(), name)


@cache
def version_of():
    """Function: version of the package that brings a module, where jobs run."""
    if DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method:
        return pinned_versions(f"{PROJECT}/envs").get
    return installed_version


def digest_of_module(module):
    """The same of all that a module of the library holds; of others, the package's version."""
    return digest_of_script(module, ALL)
