"""Tables such as the workflow collects, with made-up values, to draw and read."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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


def _by_layer(
    trainings: Iterable[str], layers: Sequence[str] = LAYERS, **columns: Iterable[Any]
) -> tuple[pd.DataFrame, pd.Series]:
    """Rows by training, layer and other columns, and the depth of the trained layers, else 0."""
    values = itertools.product(trainings, layers, *columns.values())
    rows = pd.DataFrame(values, columns=["training", "layer", *columns])
    rows["depth"] = rows["layer"].map(list(layers).index)
    return rows, rows["depth"] * (rows["training"] == "trained")


def similarity_table(
    trainings: Iterable[str] = TRAININGS, classes: Sequence[str] = CLASSES
) -> pd.DataFrame:
    """Means over seeds by layer and class pair; alike classes grow more alike with depth."""
    pairs = [*itertools.combinations_with_replacement(classes, 2)]
    rows, trained_depth = _by_layer(trainings, pair=pairs, measure=MEASURES)
    rows[["class_a", "class_b"]] = rows.pop("pair").to_list()
    noise = np.random.default_rng(0).random(len(rows))
    rise = 0.07 * trained_depth * (rows["class_a"] == rows["class_b"])
    return with_interval(rows.assign(mean=0.2 + rise + 0.1 * noise), "mean")


def contrast_table(
    trainings: Iterable[str] = TRAININGS,
    classes: Sequence[str] = CLASSES,
    layers: Sequence[str] = LAYERS,
) -> pd.DataFrame:
    """Contrasts over seeds by layer and class."""
    rows, trained_depth = _by_layer(trainings, layers, **{"class": classes}, measure=MEASURES)
    rng = np.random.default_rng(1)
    rows["different"] = 0.2 + 0.1 * rng.random(len(rows))
    rows["contrast"] = 0.08 * trained_depth + 0.1 * rng.normal(size=len(rows))
    return with_interval(rows.assign(same=rows["different"] + rows["contrast"]), "contrast")


def probe_table(trainings: Iterable[str] = TRAININGS) -> pd.DataFrame:
    """Balanced accuracy of a linear probe by layer and class."""
    rows, trained_depth = _by_layer(trainings, **{"class": CLASSES})
    noise = np.random.default_rng(2).random(len(rows))
    rows["balanced_accuracy"] = 0.55 + 0.03 * trained_depth + 0.1 * noise
    return with_interval(rows, "balanced_accuracy")


def cka_table(trainings: Sequence[str] = TRAININGS, seeds: Iterable[int] = (0, 1)) -> pd.DataFrame:
    """CKA of all pairs of layers within a training, and of the trained layer with a control's."""
    places = [*enumerate(LAYERS)]
    pairs = [*itertools.combinations_with_replacement(places, 2)]
    rows = [(training, *a, training, *b) for training in trainings for a, b in pairs]
    rows += [("trained", *place, other, *place) for other in trainings[1:] for place in places]
    columns = [f"{name}_{side}" for side in "ab" for name in ("training", "depth", "layer")]
    table = pd.DataFrame(rows, columns=columns).merge(pd.DataFrame({"seed": seeds}), how="cross")
    steps = (table["depth_a"] - table["depth_b"]).abs()
    is_itself = (steps == 0) & (table["training_a"] == table["training_b"])
    values = 0.8 ** (1 + steps) - 0.1 * np.random.default_rng(3).random(len(table))
    return table.assign(cka=np.where(is_itself, 1, values), note="")


def separability_table(trainings: Iterable[str] = TRAININGS) -> pd.DataFrame:
    """Silhouette and ratio of distances by layer."""
    lowest = {"silhouette": 0, "distance_ratio": 1}
    rows, trained_depth = _by_layer(trainings, measure=lowest)
    noise = np.random.default_rng(4).random(len(rows))
    rows["value"] = rows["measure"].map(lowest) + 0.06 * trained_depth + 0.05 * noise
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
