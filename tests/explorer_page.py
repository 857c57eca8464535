"""A small explorer by the scripts' main functions, of songs whose names look like markup."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import yaml
from bootstrap_similarity import main as bootstrap_similarity
from collect_similarity import main as collect_similarity
from compare_layers import main as compare_layers
from compare_stimuli import main as compare_stimuli
from encode_model import main as encode_model
from encode_stimuli import main as encode_stimuli
from encode_transformed import main as encode_transformed
from judge_hypotheses import main as judge_hypotheses
from keeps_tables import keeps_tables
from measure_separability import main as measure_separability
from mel_splits import CLASSES, N_BANDS, N_FRAMES, write_random_split
from select_stimuli import main as select_stimuli
from stemlens.activations.store import write_stimuli
from stemlens.audio.segment_columns import active_column
from stemlens.audio.segment_store import write_segments
from stemlens.keeps.item_inputs import write_inputs
from stemlens.provenance import provenance_of_job
from stemlens.tables import read_table, write_table
from write_explorer import main as write_explorer

SONGS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "1999",
    "None",
    'Zoë & "Ann" \u2028 <!--',
)
MODELS = ("instrument/paper/trained-seed0", "instrument/paper/untrained-seed0")
SECOND_SEED = "instrument/paper/trained-seed1"
"""In the tables alone: pairs and maps are those of the first seed."""
MEASURES = ["pearson", "cosine", "mse"]
MAPS = {"conv1": ((3, 6, 8), (2, 2)), "conv2": ((4, 3, 2), (4, 6))}
"""Layers with maps: shape of one stimulus, and the stride; the last frames get lost in conv2."""
UNITS = {"dense1": 7, "output": 3}
LAYERS = ["input", *MAPS, *UNITS]
TRANSFORMED = {("original", np.nan): 1, ("gain", -12): 0.25, ("pitch_shift", 12): 2}
"""Transformation and strength → by which an amplitude, or a frequency, is multiplied."""
CENTRES_HZ = np.geomspace(150, 3900, N_BANDS)
DURATION_S = 2.0
SAMPLE_RATE_HZ = 8000
TONES_HZ = dict(zip(CLASSES, (220, 440, 880), strict=True))
RUN = {
    "commit": "c0ffee" * 6 + "c0ff",
    "is_modified": True,
    "config": {"corpus": {"root": "/a/<b>/" + "long-name-of-a-folder-" * 5}},
    "corpus": {"name": "a & b <corpus>", "fingerprint": "f00d" * 16},
}
HYPOTHESES = [
    {
        "id": name,
        "task": "instrument",
        "wording": wording,
        "finding": "<b>Found</b> & stated.",
        "measures": measures,
        "classes": "all",
        "tests": [test],
    }
    for name, wording, measures, test in (
        ("H1", "Similarity <i>rises</i>.", ["pearson", "cosine"], "input < conv1"),
        ("H2", "The error falls.", ["mse"], "output < conv1"),
        ("H3", "Contrast rises.", ["pearson_contrast"], "input < dense1"),
        ("H4", "No flute is like another.", ["pearson"], "flute.input < flute.conv1"),
    )
]


@dataclass(frozen=True)
class Explorer:
    """The page and what it was made from."""

    folder: Path

    @property
    def page(self) -> Path:
        return self.folder / "explorer.html"

    @property
    def stimuli(self) -> pd.DataFrame:
        return read_table(self.folder / "stimuli.csv")

    def of_model(self, step: str, suffix: str, model: str = MODELS[0]) -> Path:
        return self.folder / step / f"{model}{suffix}"

    def table(self, name: str) -> pd.DataFrame:
        return read_table(self.folder / "tables" / f"{name}.csv")


def write_small_explorer(
    folder: Path, *, is_heard: bool = True, n_folds: int | None = None
) -> Explorer:
    """Make the page, of two models, and everything that it is made from."""
    made = Explorer(folder)
    mels = folder / "mel" / "test.h5"
    write_random_split(mels, dict.fromkeys(SONGS, 2), seed=3)
    stimuli = str(folder / "stimuli.csv")
    # Neighbours are in different folds.
    folds = [folder / "mel" / f"fold{number}.h5" for number in range(1, (n_folds or 0) + 1)]
    for number, fold in enumerate(folds):
        write_random_split(fold, dict.fromkeys(SONGS[number :: len(folds)], 1))
    select_stimuli({"test": str(mels)}, stimuli, selection="most_active", folds=folds)
    with h5py.File(folder / "filters.h5", "w") as file:
        file["centre_hz"] = CENTRES_HZ
    encode_stimuli(
        stimuli,
        {"test": str(mels)},
        str(folder / "filters.h5"),
        _write_songs(folder / "segments") if is_heard else {},
        str(folder / "stimuli.json"),
        duration_s=DURATION_S,
        n_songs=50,
    )
    for seed, model in enumerate((*MODELS, SECOND_SEED)):
        _read_model(made, model, seed)
    _write_tables(made)
    transformed = _write_transformed(folder) if is_heard else None
    (folder / "provenance.json").write_text(json.dumps(RUN), "utf-8")
    with provenance_of_job(folder / "logs/explorer.log"):
        write_explorer(
            str(folder / "hypotheses.yaml"),
            str(folder / "stimuli.json"),
            [str(made.of_model("explorer", ".json", model)) for model in MODELS],
            [str(path) for path in sorted((folder / "tables").glob("*.csv"))],
            str(made.page),
            corpus="a & b <corpus>",
            classes=CLASSES,
            networks={"instrument": "paper"},
            mse_measure="mse",
            measures=MEASURES,
            is_heard=is_heard,
            is_rendered=False,
            n_folds=n_folds,
            transformed=transformed,
        )
    return made


def tone(song: int, name: str) -> np.ndarray:
    """A song's stem of one class: a sine of the class's frequency, float32."""
    time_s = np.arange(round(20 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (0.15 * (1 + song) * np.sin(2 * np.pi * TONES_HZ[name] * time_s)).astype(np.float32)


def _write_transformed(folder: Path) -> str:
    """Transform the tones of two songs, each of which fills a file."""
    inputs = []
    for number, song in enumerate(SONGS[:2]):
        rows, signals = [], []
        for name in CLASSES:
            for (transformation, strength), factor in TRANSFORMED.items():
                rows.append((name, song, transformation, float(strength)))
                if transformation == "pitch_shift":
                    signals.append(tone(number, name)[::factor])
                else:
                    signals.append(tone(number, name) * factor)
        columns = ["class", "song", "transformation", "strength"]
        inputs.append(str(folder / f"transformed{number}.h5"))
        cut = np.stack([signal[: round(DURATION_S * SAMPLE_RATE_HZ)] for signal in signals])
        write_inputs(inputs[-1], cut, pd.DataFrame(rows, columns=columns))
    encoded = str(folder / "transformed.json")
    encode_transformed(inputs, encoded, sample_rate_hz=SAMPLE_RATE_HZ, n_songs=2)
    return encoded


def _write_songs(folder: Path) -> dict[str, str]:
    """Folder of each song's segments → their table."""
    tables = {}
    for number, song in enumerate(SONGS):
        of_song = folder / f"song{number}"
        segments = pd.DataFrame(
            {"song": song, "split": "test", "segment": [0, 1], "start_s": [0.0, 10.0]}
        ).assign(**{active_column(name): 5.0 for name in CLASSES}, kept=True, reason="")
        stems = np.stack([tone(number, name) for name in CLASSES])
        write_segments(
            of_song,
            stems,
            CLASSES,
            segments.to_dict("records"),
            sample_rate_hz=SAMPLE_RATE_HZ,
            duration_s=DURATION_S,
        )
        tables[str(of_song)] = str(folder / f"song{number}.csv")
        write_table(tables[str(of_song)], segments)
    return tables


def _read_model(made: Explorer, model: str, seed: int) -> None:
    """Write what a network could have made of the stimuli, and compare it."""
    stimuli = made.stimuli
    paths = {
        step: made.of_model(step, suffix, model)
        for step, suffix in (
            ("activations", ".h5"),
            ("grams", ".h5"),
            ("similarity", ".csv"),
            ("bootstrap", ".h5"),
            ("explorer", ".json"),
        )
    }
    write_activations(paths["activations"], stimuli, seed)
    activations, grams, similarity, bootstrap, encoded = map(str, paths.values())
    compare_stimuli(activations, grams, similarity)
    bootstrap_similarity(similarity, bootstrap, classes=CLASSES, n_replicates=150, seed=0)
    encode_model(
        activations,
        similarity,
        str(made.folder / "stimuli.csv"),
        encoded,
        measures=MEASURES,
        n_filters=3,
        n_songs=50,
    )


def write_activations(path: Path, stimuli: pd.DataFrame, seed: int) -> None:
    """Random layers in which a class grows more alike with depth; the last one is partly silent."""
    rng = np.random.default_rng(seed)
    shapes: Mapping[str, tuple[int, ...]] = {
        "input": (1, N_BANDS, N_FRAMES),
        **{layer: shape for layer, (shape, _) in MAPS.items()},
        **{layer: (units,) for layer, units in UNITS.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        write_stimuli(file, stimuli)
        for depth, (layer, shape) in enumerate(shapes.items()):
            of_class = {name: rng.normal(size=shape) for name in CLASSES}
            values = np.stack([depth * of_class[name] for name in stimuli["class"]])
            values += rng.normal(size=values.shape)
            if layer == "output":
                # A constant has no correlation.
                values[stimuli["class"] == CLASSES[-1]] = 0.5
            dataset = file.create_dataset(f"layers/{layer}", data=values.astype(np.float32))
            dataset.attrs["depth"] = depth
            dataset.attrs["kind"] = "conv" if layer in MAPS else "dense" if depth else "input"
            dataset.attrs["axes"] = "channel, band, frame" if len(shape) == 3 else "unit"
            if len(shape) == 3:
                dataset.attrs["stride"] = MAPS[layer][1] if depth else (1, 1)


def _write_tables(made: Explorer) -> None:
    def of_models(step: str, suffix: str) -> list[str]:
        return [str(made.of_model(step, suffix, model)) for model in (*MODELS, SECOND_SEED)]

    def path(name: str) -> str:
        return str(made.folder / "tables" / f"{name}.csv")

    draws = {"n_replicates": 150, "seed": 0, "confidence": 0.9}
    names = ["similarity", "contrast", "similarity_over_seeds", "contrast_over_seeds"]
    collect_similarity(
        of_models("bootstrap", ".h5"), {name: path(name) for name in names}, confidence=0.9
    )
    compare_layers(of_models("grams", ".h5"), path("cka"))
    measure_separability(of_models("grams", ".h5"), path("separability"), **draws)
    catalogue = made.folder / "hypotheses.yaml"
    catalogue.write_text(yaml.safe_dump(HYPOTHESES), "utf-8")
    judge_hypotheses(
        str(catalogue),
        of_models("bootstrap", ".h5"),
        [],
        [],
        path("hypotheses"),
        path("hypothesis_claims"),
        str(made.folder / "hypotheses.md"),
        networks={"instrument": "paper"},
        mse_measure="mse",
        **draws,
    )
    kept = keeps_tables({("instrument", "paper"): LAYERS}, CLASSES)
    for name, table in {**_other_tables(), **kept}.items():
        write_table(path(name), table)


def _other_tables() -> dict[str, pd.DataFrame]:
    """Tables whose values need networks: made up, with the columns of a run."""
    rng = np.random.default_rng(5)
    ids = {"task": "instrument", "network": "paper"}
    interval = {"ci_low": 0.4, "ci_high": 0.8, "seed_std": np.nan, "n_seeds": 1, "n_songs": 5}
    trainings = ["trained", "untrained"]
    by_layer = pd.MultiIndex.from_product(
        [trainings, LAYERS, CLASSES], names=["training", "layer", "class"]
    ).to_frame(index=False)
    by_layer = by_layer.assign(**ids, depth=by_layer["layer"].map(LAYERS.index), note=np.nan)
    scores = pd.DataFrame(
        [
            {"training": training, "class": name, "metric": metric, "value": rng.random()}
            for training in trainings
            for metric in ("f1", "precision")
            for name in (*CLASSES, "macro")
        ]
    ).assign(**ids, note=np.nan)
    rows = len(by_layer)
    return {
        "probe": by_layer.assign(balanced_accuracy=0.5 + rng.random(rows) / 2, **interval),
        "ladder": pd.concat(
            [
                by_layer.assign(measure="pearson_contrast", reference_layer=np.nan),
                by_layer.assign(measure="cka", reference_layer="conv1", **{"class": np.nan}),
            ]
        ).assign(
            relative_depth=lambda table: table["depth"] / (len(LAYERS) - 1),
            value=rng.random(2 * rows),
            **interval,
        ),
        "performance": scores.assign(seed=0, split="test"),
        "performance_over_seeds": scores.assign(**interval),
        "training": pd.DataFrame([{**ids, "training": "trained", "seed": 0, "n_epochs": 3}]),
        "networks": pd.DataFrame([{"network": "paper", "n_parameters": 188_010, **interval}]),
        "assigned_moods": pd.DataFrame(
            [
                {
                    "task": "mood",
                    "network": "paper",
                    "training": "trained",
                    "seed": 0,
                    "class": name,
                    "mood": f"Q{quadrant}",
                    "share": quadrant / 10,
                }
                for name in CLASSES
                for quadrant in (1, 2, 3, 4)
            ]
        ),
        "segments": pd.DataFrame(
            {"song": SONGS, "split": "test", "kept": [True, False, True, True, False]}
        ),
    }
