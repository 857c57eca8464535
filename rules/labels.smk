"""The labels of figures in the report (snakemake --report). No rules: this is what others ask for.

Labels are text: the report cannot sort numbers. It offers a switch, such as that from instrument to
mood, if all results of a subcategory form pairs that differ in one label only.
"""

TRAININGS = ["trained", *EXPERIMENT["controls"]]
STUDIED_NETWORKS = dict.fromkeys(task.network for task in TASKS.values())


def model_labels(
    figure, tasks, networks, trainings=TRAININGS, seeds=EXPERIMENT["seeds"]
):
    """Labels of a figure: what it shows, and of which models."""
    models = {"task": tasks, "network": networks, "training": trainings, "seed": seeds}
    return {
        "figure": figure,
        **{key: ", ".join(map(str, parts)) for key, parts in models.items()},
    }


def task_labels(figure, task, **parts):
    """The same for a figure of the studied network of a task."""
    return model_labels(figure, [task.name], [task.network], **parts)


def labels_without_model(figure):
    """Labels of a figure that shows no model."""
    return model_labels(figure, *[["–"]] * 4)


def shown_class(wildcards):
    """Param: the class whose stimuli a figure of feature maps shows."""
    number = {"figure1": 1, "figure3": 0}[wildcards.figure]
    return config["figures"][wildcards.figure]["class"] or CLASSES[number]
