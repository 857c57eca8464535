"""Networks that a run does not train: the user's and published ones, and what identifies them."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stemlens.corpora.identity import identities
from stemlens.errors import InputError
from stemlens.given_paths import is_file
from stemlens.layers.pooling import PoolingRules
from stemlens.model_name import OTHER, ModelName

WAVEFORM = "waveform"
MODELS_FOLDER = "STEMLENS_MODELS"
"""Environment variable with the folder of weights that are named by a relative path."""


def is_built_from_blocks(network: Mapping[str, Any]) -> bool:
    """Whether a network of the config is one that the workflow trains."""
    return "conv" in network


def is_file_of_activations(network: Mapping[str, Any]) -> bool:
    """Whether only its activations are known."""
    return "activations" in network


def other_networks(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Settings of each network in ``experiment.others``, by name."""
    return {name: config["networks"][name] for name in config["experiment"]["others"]}


def other_models(config: Mapping[str, Any]) -> list[ModelName]:
    """List their models: each network as it is, and its untrained twins where it has some."""
    models = []
    for name, network in other_networks(config).items():
        models.append(ModelName(OTHER, name, "trained", 0))
        if not is_file_of_activations(network) and network.get("twin", True):
            seeds = config["experiment"]["seeds"]
            models += [ModelName(OTHER, name, "untrained", seed) for seed in seeds]
    return models


def check_others(config: Mapping[str, Any]) -> None:
    """Check that each of ``experiment.others`` is there and no network to train; and pooling.

    Raises
    ------
    InputError
        If it is not.
    """
    for name in config["experiment"]["others"]:
        network = config["networks"].get(name)
        others = [n for n, each in config["networks"].items() if not is_built_from_blocks(each)]
        if network is None or is_built_from_blocks(network):
            raise InputError(
                f"config key experiment.others: found {name!r}; expected a network with a factory"
                f" or a file of activations under networks ({', '.join(others) or 'none is there'})"
            )
        if network.get("input") == WAVEFORM and "sample_rate_hz" not in network:
            raise InputError(
                f"config key networks.{name}: sample_rate_hz is missing; expected the rate of the"
                " waveforms that the network takes"
            )

    network, songs = config["experiment"]["network"], config["stimuli"]["songs"]
    if network is None and not config["experiment"]["others"]:
        raise InputError(
            "config key experiment.network: found null, and no experiment.others; expected a"
            " network to train, or others to analyse"
        )
    takes_mels = any(n.get("input") == "mel" for n in other_networks(config).values())
    if songs == "all" and (network is not None or takes_mels):
        raise InputError(
            "config key stimuli.songs: found 'all'; expected 'test', where a network is trained on"
            " the other songs (experiment.network) or takes mel spectrograms (input: mel)"
        )
    poolings = {
        f"networks.{name}": network.get("pooling") for name, network in config["networks"].items()
    }
    for section, pooling in {**poolings, "activations": config["activations"]["pooling"]}.items():
        try:
            PoolingRules.from_settings(pooling)
        except InputError as error:
            raise InputError(f"config key {section}.{error}") from error


def module_settings(
    name: str, network: Mapping[str, Any], environ: Mapping[str, str]
) -> dict[str, Any]:
    """Settings of a network with a factory, as `stemlens.model.module_settings` takes them.

    Weights are looked for beside the run, then in the folder `MODELS_FOLDER`.

    Raises
    ------
    InputError
        If the file of its weights is not there.
    """
    settings = {key: value for key, value in network.items() if key != "twin"}
    weights = settings.get("weights")
    if weights:
        folder = environ.get(MODELS_FOLDER, "")
        places = [Path(weights), *([Path(folder) / weights] if folder else [])]
        found = [place for place in places if is_file(place)]
        if not found:
            raise InputError(
                f"config key networks.{name}.weights: found no file"
                f" {' or '.join(map(str, places))}; expected weights: docs/published_models.md says"
                f" where to get published ones; {MODELS_FOLDER} may name their folder"
            )
        settings["weights"] = str(found[0])
    return settings


def module_identity(
    name: str,
    settings: Mapping[str, Any],
    digest_of: Callable[[str], str],
    *,
    uses_weights: bool,
    only_network: bool = False,
) -> dict[str, Any]:
    """What a change of which makes another network of a factory.

    Parameters
    ----------
    name
        Of the network.
    settings
        From `module_settings`.
    digest_of
        Name of a module → a digest of its code and packages.
    uses_weights
        Whether the network has its weights; its twin has initial ones.
    only_network
        Whether no layer is read.
    """
    source = settings["factory"].rpartition(":")[0]
    is_code = source.endswith(".py")
    if is_code and not is_file(source):
        raise InputError(
            f"config key networks.{name}.factory: found no file {source}; expected the Python file"
            " that holds the function"
        )
    code = hashlib.sha256(Path(source).read_bytes()).hexdigest() if is_code else digest_of(source)
    weights = settings.get("weights")
    of_twin = ("factory", "arguments", "input", "sample_rate_hz", "window_s", "hop_s")
    keys = of_twin if only_network else set(settings) - {"weights"}
    return {
        "settings": {key: settings[key] for key in sorted(keys) if key in settings},
        "code": code,
        "weights": identities({"weights": weights}) if weights and uses_weights else {},
    }
