"""Score the class prior on the examples of both splits.

Inputs
------
train, test : HDF5 of the splits, or those of each fold.

Outputs
-------
performance : CSV as from ``evaluate_model``; ``network`` is ``class_prior``, ``training`` and
    ``seed`` are empty.
predictions : CSV as from ``evaluate_model``.
"""

import pandas as pd
from stemlens.audio.mel_store import read_attributes, read_targets
from stemlens.audio.segment_table import read_segment_table
from stemlens.evaluation.outcomes import Outcomes, prediction_table
from stemlens.evaluation.performance import class_prior_probabilities, scores
from stemlens.job_log import job_log
from stemlens.tables import write_table


def main(splits: dict[str, list[str]], performance: str, predictions: str, *, task: str) -> None:
    """Score the prediction that each class is as frequent as in training."""
    classes, target_type, _ = read_attributes(splits["train"][0])
    model = {"task": task, "network": "class_prior", "training": "", "seed": ""}
    tables = []
    for split, files in splits.items():
        of_folds = []
        for train, mels in zip(splits["train"], files, strict=True):
            targets = read_targets(mels)
            probabilities = class_prior_probabilities(read_targets(train), len(targets))
            of_folds.append(
                prediction_table(read_segment_table(mels), targets, probabilities, classes)
            )
        predicted = pd.concat(of_folds, ignore_index=True)
        of_split = scores(Outcomes.from_table(predicted, target_type))
        tables.append(pd.DataFrame({**model, "split": split, **of_split}))
    write_table(performance, pd.concat(tables))
    write_table(predictions, predicted)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            {"train": snakemake.input.train, "test": snakemake.input.test},
            snakemake.output.performance,
            snakemake.output.predictions,
            task=snakemake.wildcards.task,
        )
