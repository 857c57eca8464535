"""Tables such as the workflow collects, with made-up values, to draw and read."""

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from stemlens.similarity.measures import MEASURES

CLASSES = ["drums", "bass", "vocals", "rest"]
LAYERS = ["input", "conv1", "conv2", "conv3", "conv4", "dense1", "dense2", "output"]
TRAININGS = ["trained", "untrained", "shuffled"]


def with_interval(rows: pd.DataFrame, value: str, half_width: float = 0.05) -> pd.DataFrame:
    """The same rows with an interval around a column, of another width on each side."""
    low, high = rows[value] - half_width, rows[value] + 2 * half_width
    return rows.assign(ci_low=low, ci_high=high, n_seeds=1, n_songs=10, note="")


def similarity_table(
    trainings: Iterable[str] = TRAININGS, classes: Sequence[str] = CLASSES
) -> pd.DataFrame:
    """Means over seeds by layer and class pair; alike classes grow more alike with depth."""
    rng = np.random.default_rng(0)
    pairs = itertools.combinations_with_replacement(classes, 2)
    rows = [
        {
            "training": training,
            "layer": layer,
            "depth": depth,
            "class_a": a,
            "class_b": b,
            "measure": measure,
            "mean": 0.2 + 0.07 * depth * (a == b) * (training == "trained") + 0.1 * rng.random(),
        }
        for training, (depth, layer), (a, b), measure in itertools.product(
            trainings, enumerate(LAYERS), list(pairs), MEASURES
        )
    ]
    return with_interval(pd.DataFrame(rows), "mean")


def contrast_table(
    trainings: Iterable[str] = TRAININGS,
    classes: Sequence[str] = CLASSES,
    layers: Sequence[str] = LAYERS,
) -> pd.DataFrame:
    """Contrasts over seeds by layer and class."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "training": training,
            "layer": layer,
            "depth": depth,
            "class": name,
            "measure": measure,
            "different": 0.2 + 0.1 * rng.random(),
            "contrast": 0.08 * depth * (training == "trained") + 0.1 * rng.normal(),
        }
        for training, (depth, layer), name, measure in itertools.product(
            trainings, enumerate(layers), classes, MEASURES
        )
    )
    return with_interval(rows.assign(same=rows["different"] + rows["contrast"]), "contrast")


def probe_table(trainings: Iterable[str] = TRAININGS) -> pd.DataFrame:
    """Balanced accuracy of a linear probe by layer and class."""
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        {
            "training": training,
            "layer": layer,
            "depth": depth,
            "class": name,
            "balanced_accuracy": 0.55 + 0.03 * depth * (training == "trained") + 0.1 * rng.random(),
        }
        for training, (depth, layer), name in itertools.product(
            trainings, enumerate(LAYERS), CLASSES
        )
    )
    return with_interval(rows, "balanced_accuracy")


def cka_table(trainings: Sequence[str] = TRAININGS, seeds: Iterable[int] = (0, 1)) -> pd.DataFrame:
    """CKA of all pairs of layers within a training, and of the trained layer with a control's."""
    rng = np.random.default_rng(3)
    within = [
        (training, a, training, b)
        for training in trainings
        for a, b in itertools.combinations_with_replacement(range(len(LAYERS)), 2)
    ]
    across = [("trained", a, other, a) for other in trainings[1:] for a in range(len(LAYERS))]
    rows = []
    for seed, (training_a, a, training_b, b) in itertools.product(seeds, within + across):
        is_itself = training_a == training_b and a == b
        rows.append(
            {
                "seed": seed,
                "training_a": training_a,
                "layer_a": LAYERS[a],
                "depth_a": a,
                "training_b": training_b,
                "layer_b": LAYERS[b],
                "depth_b": b,
                "cka": 1.0 if is_itself else 0.8 ** (1 + abs(a - b)) - 0.1 * rng.random(),
            }
        )
    return pd.DataFrame(rows).assign(note="")


def separability_table(trainings: Iterable[str] = TRAININGS) -> pd.DataFrame:
    """Silhouette and ratio of distances by layer."""
    rng = np.random.default_rng(4)
    rows = pd.DataFrame(
        {
            "training": training,
            "layer": layer,
            "depth": depth,
            "measure": measure,
            "value": lowest + 0.06 * depth * (training == "trained") + 0.05 * rng.random(),
        }
        for training, (depth, layer), (measure, lowest) in itertools.product(
            trainings, enumerate(LAYERS), [("silhouette", 0), ("distance_ratio", 1)]
        )
    )
    return with_interval(rows, "value")


def networks_table(names: Sequence[str]) -> pd.DataFrame:
    """Costs and scores of networks."""
    position = np.arange(len(names))
    rows = pd.DataFrame(
        {
            "network": names,
            "n_parameters": 178_321 - 12_345 * position,
            "multiply_adds": 61_234_567 - 3_000_000 * position,
            "macro_f1": 0.9 - 0.02 * position,
        }
    )
    return with_interval(rows, "macro_f1", 0.02)


def verdict_rows(verdicts: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Variant → hypothesis → verdict, as rows."""
    return pd.DataFrame(
        [
            {"variant": variant, "id": name, "verdict": verdict}
            for variant, of_variant in verdicts.items()
            for name, verdict in of_variant.items()
        ]
    )
