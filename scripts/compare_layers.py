"""Compare layers with each other, and each layer with that of a control, by linear CKA.

Inputs
------
grams : HDF5 files from ``compare_stimuli``, at ``…/<task>/<network>/<training>-seed<k>.h5``.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``seed``, ``training_a``, ``layer_a``, ``depth_a``,
    ``training_b``, ``layer_b``, ``depth_b``, ``cka``, ``note`` (why it is undefined): all
    pairs of layers of one model, and the same layer of the trained network and of its controls.
"""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from stemlens.activations.stimuli import folds_of
from stemlens.job_log import job_log
from stemlens.model_name import ModelName
from stemlens.representations.cka import debiased_cka, note_on_cka
from stemlens.similarity.gram import Gram
from stemlens.similarity.gram_store import read_grams
from stemlens.tables import write_table


def main(grams: list[str], table: str) -> None:
    """Compare within each model, then each trained one with its controls."""
    models = {}
    for path in grams:
        models[ModelName.from_path(path)], stimuli = read_grams(path)
    # All models got the same stimuli.
    folds = folds_of(stimuli)
    rows = []
    for model, layers in models.items():
        for layer_a, layer_b in combinations_with_replacement(layers, 2):
            rows.append(compare(model, layers, layer_a, model.training, layers, layer_b, folds))
    for control, layers in models.items():
        trained = ModelName(control.task, control.network, "trained", control.seed)
        if control != trained:
            rows += [
                compare(trained, models[trained], layer, control.training, layers, layer, folds)
                for layer in layers
            ]
    write_table(table, pd.DataFrame(rows), sources=grams)


def compare(
    model: ModelName,
    layers_a: dict[str, Gram],
    layer_a: str,
    training_b: str,
    layers_b: dict[str, Gram],
    layer_b: str,
    folds: np.ndarray,
) -> dict[str, object]:
    """Compare two layers; a row of the table."""
    products = layers_a[layer_a].products, layers_b[layer_b].products
    return {
        "task": model.task,
        "network": model.network,
        "seed": model.seed,
        "training_a": model.training,
        "layer_a": layer_a,
        "depth_a": list(layers_a).index(layer_a),
        "training_b": training_b,
        "layer_b": layer_b,
        "depth_b": list(layers_b).index(layer_b),
        "cka": debiased_cka(*products, folds),
        "note": note_on_cka(*products, folds),
    }


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.grams, snakemake.output.table)
