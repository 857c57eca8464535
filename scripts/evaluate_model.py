"""Score a network on the examples of both splits.

Inputs
------
checkpoints : the network, or that of each fold.
train, test : HDF5 of its splits, one each per checkpoint.

Outputs
-------
performance : CSV, columns ``task``, ``network``, ``training``, ``seed``, ``split``, ``class``,
    ``metric``, ``value``, ``note``.
predictions : CSV, a row per test example and class: ``song``, ``start_s``, ``mix``, ``class``,
    ``target``, ``probability``.
"""

import pandas as pd
from stemlens.audio.mel_store import read_examples
from stemlens.audio.segment_table import read_segment_table
from stemlens.evaluation.outcomes import Outcomes, prediction_table
from stemlens.evaluation.performance import scores
from stemlens.evaluation.prediction import predict
from stemlens.job_log import job_log
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.cnn import EVALUATION_BATCH_SIZE
from stemlens.model.device import choose_device
from stemlens.tables import write_table


def main(
    checkpoints: list[str],
    splits: dict[str, list[str]],
    performance: str,
    predictions: str,
    *,
    model: dict[str, str],
    n_threads: int,
) -> None:
    """Score the network; `model` names its task, network, training and seed.

    What the networks of all folds predict is scored as a whole.
    """
    device = choose_device(n_threads)
    networks = [load_checkpoint(checkpoint, device) for checkpoint in checkpoints]
    tables = []
    for split, files in splits.items():
        of_folds = []
        for loaded, mels in zip(networks, files, strict=True):
            examples, segments = read_examples(mels), read_segment_table(mels)
            probabilities = predict(loaded.network, examples.mels, batch_size=EVALUATION_BATCH_SIZE)
            of_folds.append(
                prediction_table(segments, examples.targets, probabilities, loaded.classes)
            )
        predicted = pd.concat(of_folds, ignore_index=True)
        of_split = scores(Outcomes.from_table(predicted, examples.target_type))
        tables.append(pd.DataFrame({**model, "split": split, **of_split}))
    write_table(performance, pd.concat(tables), sources=checkpoints)
    # Those of the last split, whose songs the networks do not know.
    write_table(predictions, predicted, sources=checkpoints)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.checkpoints,
            {"train": snakemake.input.train, "test": snakemake.input.test},
            snakemake.output.performance,
            snakemake.output.predictions,
            model=dict(snakemake.wildcards.items()),
            n_threads=snakemake.threads,
        )
