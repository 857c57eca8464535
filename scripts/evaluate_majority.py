"""Score the majority baseline on the examples of both splits.

Inputs
------
train, test : HDF5 of the splits.

Outputs
-------
performance : CSV as from ``evaluate_model``; ``network`` is ``majority``, ``seed`` is empty.
"""

import pandas as pd
from stemlens.audio.mel_store import read_attributes, read_targets
from stemlens.job_log import job_log
from stemlens.network.performance import majority_probabilities, scores
from stemlens.tables import write_table


def main(train: str, test: str, performance: str, *, task: str) -> None:
    """Score the prediction that each class is as frequent as in training."""
    classes, labelling, _ = read_attributes(train)
    train_targets = read_targets(train)
    tables = []
    for split, mels in {"train": train, "test": test}.items():
        targets = read_targets(mels)
        probabilities = majority_probabilities(train_targets, len(targets))
        table = scores(targets, probabilities, classes, labelling)
        model = {"task": task, "network": "majority", "training": "trained", "seed": ""}
        tables.append(table.assign(**model, split=split))
    columns = ["task", "network", "training", "seed", "split", "class", "metric", "value"]
    write_table(performance, pd.concat(tables)[columns])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.train,
            snakemake.input.test,
            snakemake.output.performance,
            task=snakemake.wildcards.task,
        )
