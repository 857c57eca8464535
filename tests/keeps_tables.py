"""The tables of what layers keep, with made-up values: several networks, their twins, gaps."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from result_tables import CLASSES, LAYERS
from stemlens.keeps.names import ALWAYS, NEVER, OPEN_INTERVAL
from stemlens.notes import FEW_SONGS
from stemlens.tables import read_table, write_table

NETWORKS = {
    ("instrument", "paper"): LAYERS,
    ("mood", "paper"): LAYERS,
    ("other", "musicnn"): ["input", "front_end", *(f"cnn{n}" for n in (1, 2, 3)), "mean_pool"],
    ("other", "crepe"): ["input", *(f"conv{n}" for n in range(1, 7)), "classifier"],
    ("other", "vggish"): ["input", *(f"features.{n}" for n in range(0, 16, 2)), "embeddings"],
}
"""Task and network → its layers."""
TRANSFORMATIONS: dict[str, tuple[list[float], str]] = {
    "pitch_shift": ([1, 4], "semitones"),
    "time_shift": ([1], "s"),
    "time_stretch": ([1.1], "×"),
    "gain": ([-12], "dB"),
    "low_pass": ([2000], "Hz"),
    "high_pass": ([500], "Hz"),
    "reverberation": ([1], "s"),
    "mp3": ([32], "kbit/s"),
    "noise": ([20], "dB"),
    "polarity_inversion": ([1], ""),
    "left_channel": ([1], ""),
}
GAINS_DB = [-30, -24, -18, -12, -6, 0, 6, 12]
CONCEPTS = {
    "tempo": 3,
    "key": 12,
    "mode": 2,
    "chord": 4,
    "register": 3,
    "loudness": 3,
    "note_density": 3,
    "instrument": 5,
}
"""Concept → how many levels it has."""
JOBS = ("audio_matching", "music_similarity", "instrument")
CHANCE = {"audio_matching": 0.2, "music_similarity": 0.22, "instrument": 0.35}
SCORES = ["hit_rate_at_1", "hit_rate_at_10", "mean_reciprocal_rank", "mean_average_precision"]
MEASURES = ["pearson", "cosine", "mse"]
TIMES = ["kept", "averaged"]

Networks = Mapping[tuple[str, str], Sequence[str]]


def _by_layer(networks: Networks, **columns: Sequence[Any]) -> pd.DataFrame:
    """Rows by network, training, layer and other columns, and `learned`, 0 to 1 with the depth."""
    rows = [
        (task, network, training, layer, depth, depth / (len(layers) - 1), *values)
        for (task, network), layers in networks.items()
        for training in ("trained", "untrained")
        for depth, layer in enumerate(layers)
        for values in itertools.product(*columns.values())
    ]
    names = ["task", "network", "training", "layer", "depth", "learned", *columns]
    table = pd.DataFrame(rows, columns=names)
    table.loc[table["training"] == "untrained", "learned"] *= 0.2
    return table


def _estimated(
    table: pd.DataFrame, value: str, half_width: float, seed: int, low: float, high: float
) -> pd.DataFrame:
    """Scatter a value within its limits; few songs have no interval, and a layer is undefined."""
    rng = np.random.default_rng(seed)
    scattered = table[value] + half_width / 4 * rng.normal(size=len(table))
    few = table["network"] == "vggish"
    undefined = (table["network"] == "crepe") & (table["layer"] == "classifier")
    table[value] = scattered.clip(low, high).mask(undefined)
    widths = half_width * (0.7 + 0.6 * rng.random((2, len(table))))
    return table.drop(columns="learned").assign(
        ci_low=(table[value] - widths[0]).clip(low).mask(few),
        ci_high=(table[value] + widths[1]).clip(upper=high).mask(few),
        seed_std=np.nan,
        n_seeds=1,
        n_songs=np.where(few, 4, 9),
        note=np.select([undefined, few], ["an activation is constant", FEW_SONGS], ""),
    )


def _share(table: pd.DataFrame, column: str) -> pd.Series:
    """Place of a value among those of its column, 0 to 1."""
    codes, values = pd.factorize(table[column])
    return pd.Series(codes / max(1, len(values) - 1), index=table.index)


def gains_table(networks: Networks = NETWORKS, classes: Sequence[str] = CLASSES) -> pd.DataFrame:
    """Similarity of a mix to the class alone and to the mix without it, and probes, by gain."""
    compared = [(m, other) for m in ("pearson", "cosine") for other in ("alone", "without")]
    kinds = [*compared, ("balanced_accuracy", "")]
    table = _by_layer(networks, **{"class": classes}, gain_db=GAINS_DB, kind=kinds)
    table[["measure", "compared_with"]] = table.pop("kind").to_list()
    middle_db = 10 * _share(table, "class") - 12 * table["learned"]
    share = 1 / (1 + np.exp(-(table["gain_db"] - middle_db) / 4))
    table["value"] = np.select(
        [table["compared_with"] == "alone", table["compared_with"] == "without"],
        [0.1 + 0.85 * share, 0.98 - 0.8 * share],
        0.5 + 0.48 * share,
    )
    return _estimated(table, "value", 0.08, 0, 0, 1)


def gain_thresholds_table(
    networks: Networks = NETWORKS, classes: Sequence[str] = CLASSES
) -> pd.DataFrame:
    """Gains from which on a class is heard: some never, some always, some intervals open."""
    table = _by_layer(networks, **{"class": classes}).assign(accuracy=0.75)
    table["threshold_db"] = 8 - 16 * table["learned"] - 5 * _share(table, "class")
    table = _estimated(table, "threshold_db", 6, 1, -40, 20).drop(columns="seed_std")
    never, always = table["threshold_db"] > 12, table["threshold_db"] < -12
    never |= (table["class"] == "vocals") & (table["depth"] <= 1)
    table.loc[never, "note"] = NEVER
    table.loc[always, "note"] = ALWAYS
    table.loc[never & (table["depth"] == 1), "note"] = f"{NEVER}; {OPEN_INTERVAL}"
    table.loc[never | always, ["threshold_db", "ci_low", "ci_high"]] = np.nan
    table["ci_high"] = table["ci_high"].where(table["ci_high"] <= 12)
    return table


def invariance_table(
    networks: Networks = NETWORKS, classes: Sequence[str] = CLASSES
) -> pd.DataFrame:
    """Invariance to each strength of each transformation, and the means over strengths."""
    kinds = [
        (name, strength, unit)
        for name, (strengths, unit) in TRANSFORMATIONS.items()
        for strength in (*strengths, np.nan)
    ]
    table = _by_layer(
        networks, time=TIMES, **{"class": [*classes, "mix"]}, measure=MEASURES, kind=kinds
    )
    table[["transformation", "strength", "unit"]] = table.pop("kind").to_list()
    easy = 0.5 + 0.5 * np.cos(5 * _share(table, "transformation") + 1)
    is_shift = table["transformation"].isin(["time_shift", "time_stretch"])
    averaged = (table["time"] == "averaged") & is_shift
    # Shifts in time are removed by averaging over it.
    reached = (0.9 * easy - 0.3 + 0.7 * table["learned"]).mask(averaged, 0.97)
    harder = 0.15 * (table["strength"] == 4)
    table["invariance"] = reached - harder
    table["different_songs"] = 0.3
    table = _estimated(table, "invariance", 0.1, 2, -0.4, 1)
    table["same_song"] = 0.3 + 0.7 * table["invariance"]
    return table


def retrieval_table(
    networks: Networks = NETWORKS, classes: Sequence[str] = CLASSES
) -> pd.DataFrame:
    """Scores of the jobs, audio matching by transformation too, instruments with time kept."""
    queries = [("audio_matching", name, s) for name in TRANSFORMATIONS for s in (np.nan, 1.0)]
    queries += [(job, "", np.nan) for job in JOBS]
    kinds = [
        (*query, name)
        for query in queries
        for name in [*classes, *([] if query[0] == "instrument" else ["mix"])]
    ]
    table = _by_layer(networks, time=TIMES, measure=MEASURES, score=SCORES, kind=kinds)
    table[["job", "transformation", "strength", "class"]] = table.pop("kind").to_list()
    table = table[(table["job"] != "instrument") | (table["time"] == "kept")]
    table = table.reset_index(drop=True)
    start = table["job"].map({"audio_matching": 0.95, "music_similarity": 0.3, "instrument": 0.35})
    rise = table["job"].map({"audio_matching": -0.4, "music_similarity": 0.25, "instrument": 0.55})
    table["value"] = start + rise * table["learned"]
    table["chance"] = table["job"].map(CHANCE)
    table = _estimated(table, "value", 0.12, 3, 0, 1)
    return table.assign(n_candidates=table["n_songs"], share_tied=0.0)


def concepts_table(networks: Networks = NETWORKS) -> pd.DataFrame:
    """Balanced accuracy of probes for each concept of rendered songs."""
    table = _by_layer(networks, time=TIMES, concept=[*CONCEPTS])
    table["chance"] = 1 / table["concept"].map(CONCEPTS)
    easy = 0.2 + 0.5 * _share(table, "concept")
    reached = easy + 0.4 * table["learned"] * np.cos(6 * _share(table, "concept"))
    table["balanced_accuracy"] = table["chance"] + (1 - table["chance"]) * reached
    table = _estimated(table, "balanced_accuracy", 0.07, 4, 0, 1)
    return table.assign(n_songs=144)


def keeps_tables(
    networks: Networks = NETWORKS, classes: Sequence[str] = CLASSES
) -> dict[str, pd.DataFrame]:
    """All five, by their names."""
    return {
        "gains": gains_table(networks, classes),
        "gain_thresholds": gain_thresholds_table(networks, classes),
        "invariance": invariance_table(networks, classes),
        "retrieval": retrieval_table(networks, classes),
        "concepts": concepts_table(networks),
    }


def read_back(tables: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, pd.DataFrame]:
    """Write tables and read them as scripts do: what is missing is missing, whatever it was."""
    for name, table in tables.items():
        write_table(folder / f"{name}.csv", table)
    return {name: read_table(folder / f"{name}.csv") for name in tables}
