"""The models of the run, as lists of their files. No rules: this is what others ask for."""

from stemlens.workflow.tasks import configured_models

MODELS = configured_models(config)


def per_model(pattern, **parts):
    """A file for each model whose parts (task, network, training) are these, or among these."""
    wanted = {
        key: [part] if isinstance(part, str) else part for key, part in parts.items()
    }
    return [
        pattern.replace("<model>", model.path)
        for model in MODELS
        if all(getattr(model, key) in values for key, values in wanted.items())
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
    """A file of the model whose history and feature maps the figures show."""
    first, *_ = per_studied_model(pattern, task=task, training="trained")
    return first
