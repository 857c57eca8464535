"""The models of the run, as lists of their files. No rules: this is what others ask for."""

from stemlens.model_name import OTHER
from stemlens.workflow.others import (
    is_file_of_activations,
    module_identity,
    module_settings,
    other_models,
    other_networks,
)
from stemlens.workflow.tasks import configured_models

MODELS = configured_models(config)
OTHERS = other_networks(config)
OTHER_MODELS = other_models(config)
FILES_OF_ACTIVATIONS = [
    name for name, network in OTHERS.items() if is_file_of_activations(network)
]
STIMULUS_SPLITS = SPLITS if CORPUS_IS_ONE_SPLIT else ["test"]
try:
    MODULES = {
        name: module_settings(name, network, os.environ)
        for name, network in OTHERS.items()
        if name not in FILES_OF_ACTIVATIONS
    }
    # A file that is not there shall stop the run here, not inside a rule.
    for name, settings in MODULES.items():
        module_identity(name, settings, lambda source: "", uses_weights=True)
except InputError as error:
    raise WorkflowError(str(error))


def per_model(pattern, **parts):
    """A file for each model whose parts (task, network, training) are these, or among these.

    With {fold} in the pattern, for each of the networks that are trained for it.
    """
    wanted = {
        key: [part] if isinstance(part, str) else part for key, part in parts.items()
    }
    return [
        pattern.replace("<model>", model.path).replace("{fold}", fold)
        for model in MODELS
        if all(getattr(model, key) in values for key, values in wanted.items())
        for fold in (folds_of_task(model.task) if "{fold}" in pattern else [""])
    ]


def per_studied_model(pattern, **parts):
    """The same without ablations: of each task the network that is studied."""
    return [
        file
        for task in TASKS.values()
        if parts.get("task", task.name) == task.name
        for file in per_model(
            pattern, **{**parts, "task": task.name, "network": task.network}
        )
    ]


def shown_model(pattern, task="instrument"):
    """A file of the model whose history and feature maps the figures show; none without one."""
    files = per_studied_model(pattern, task=task, training="trained")
    return files[0] if files else []


# What all networks are compared with: the studied one, or the first where none is studied.
REFERENCE_MODELS = [m for m in MODELS if m.training == "trained"] + OTHER_MODELS


def per_other_model(pattern, networks=OTHERS):
    """A file for each model of these networks that the run does not train."""
    return [
        pattern.replace("<model>", model.path)
        for model in OTHER_MODELS
        if model.network in networks
    ]


def per_any_model(pattern):
    """A file for each model, trained by the run or not."""
    return per_model(pattern) + per_other_model(pattern)


def checkpoints_of_model(wildcards):
    """Input function: the checkpoint of a model, or one per fold."""
    path = "<results>/models/{task}/{network}/{training}-seed{seed}/{fold}checkpoint.pt"
    return per_fold(path)(wildcards)


def module_param(wildcards):
    """Param: a network with a factory, and what makes another one of it."""
    return module_identity(
        wildcards.network,
        MODULES[wildcards.network],
        digest_of_module,
        uses_weights=wildcards.training == "trained",
    )


def twin_param(wildcards):
    """Param: the same of an untrained twin, of which no layer is read yet."""
    return module_identity(
        wildcards.network,
        MODULES[wildcards.network],
        digest_of_module,
        uses_weights=False,
        only_network=True,
    )


def module_arguments(wildcards, input):
    """Param: the same with the path of its weights; one that depends on `input` is never compared."""
    return MODULES[wildcards.network]


def module_inputs(*splits):
    """Input function: what a network with a factory takes, of all songs of some splits."""

    def files(wildcards):
        settings = MODULES[wildcards.network]
        if settings["input"] == "mel":
            return {"mels": f"<results>/mel/instrument/{splits[0]}.h5"}
        folder = f"<results>/waveforms/{settings['sample_rate_hz']}"
        return {
            "waveforms": per_song(f"{folder}/{{split}}/{{song}}.h5", *splits)(wildcards)
        }

    return files


def module_stimuli(wildcards):
    """Input function: the stimuli as a network takes them, and the weights of an untrained twin."""
    return (
        module_inputs(*STIMULUS_SPLITS)(wildcards)
        | {"stimuli": "<results>/stimuli.csv"}
        | module_weights(wildcards)
    )


def module_weights(wildcards):
    """Input function: the weights of an untrained twin; those of others are no output of a rule."""
    if wildcards.training != "untrained":
        return {}
    path = f"{OTHER}/{wildcards.network}/untrained-seed{wildcards.seed}"
    return {"twin": f"<results>/models/{path}/checkpoint.pt"}
