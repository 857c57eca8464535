"""The tasks that networks are trained for: all in which they differ, one entry each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stemlens.model_name import ModelName
from stemlens.moods.quadrants import QUADRANTS
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL


@dataclass(frozen=True)
class Task:
    """What a network is trained for.

    Attributes
    ----------
    name
        As in the paths of its files.
    classes
        What the outputs of its networks stand for.
    target_type
        Of its examples, see `stemlens.target_type`.
    network
        Name of the architecture that is studied.
    ablations
        Names of those that are compared with it.
    training
        How its networks are trained: the config's section ``training``.
    similarity_figure
        Name of the figure of similarity by layer and class.
    """

    name: str
    classes: Sequence[str]
    target_type: str
    network: str
    ablations: Sequence[str]
    training: Mapping[str, Any]
    similarity_figure: str


def configured_tasks(config: Mapping[str, Any]) -> dict[str, Task]:
    """List the tasks of a run by name, the one whose classes are the stimuli's first.

    Without a network to study there is none.
    """
    experiment, mood = config["experiment"], config["mood"]
    tasks = [
        Task(
            name="instrument",
            classes=[item["name"] for item in config["corpus"]["classes"]],
            target_type=MULTI_LABEL,
            network=experiment["network"],
            ablations=experiment["ablations"],
            training=config["training"],
            similarity_figure="figure2",
        ),
        Task(
            name="mood",
            classes=QUADRANTS,
            target_type=SINGLE_LABEL,
            network=mood["network"] or experiment["network"],
            ablations=[],
            training={**config["training"], **mood["training"], "holdout": "none"},
            similarity_figure="figure4",
        ),
    ]
    if experiment["network"] is None:
        return {}
    return {task.name: task for task in tasks if task.name != "mood" or mood_layout(config)}


def mood_layout(config: Mapping[str, Any]) -> str | None:
    """Layout of the corpus of songs with moods; ``None`` where the run has none."""
    layout = config["mood"]["layout"]
    # Moods of rendered songs say nothing about real stems.
    return None if layout == "demo" and config["corpus"]["layout"] != "demo" else layout


def configured_models(config: Mapping[str, Any]) -> list[ModelName]:
    """List the models of a run: each task's network with its controls, then its ablations."""
    tasks, experiment = configured_tasks(config).values(), config["experiment"]
    trainings = ["trained", *experiment["controls"]]
    groups = [(task.name, task.network, training) for task in tasks for training in trainings]
    groups += [(task.name, name, "trained") for task in tasks for name in task.ablations]
    return [ModelName(*group, seed) for group in groups for seed in experiment["seeds"]]
