"""A whole run of small models by the scripts' main functions, from splits to tables."""

from dataclasses import dataclass
from pathlib import Path

import torch
from bootstrap_similarity import main as bootstrap_similarity
from collect_performance import main as collect_performance
from collect_probes import main as collect_probes
from collect_similarity import main as collect_similarity
from compare_layers import main as compare_layers
from compare_networks import main as compare_networks
from compare_stimuli import main as compare_stimuli
from evaluate_class_prior import main as evaluate_class_prior
from evaluate_model import main as evaluate_model
from extract_activations import main as extract_activations
from initialise_model import main as initialise_model
from measure_separability import main as measure_separability
from mel_splits import CLASSES, N_BANDS, N_FRAMES, SMALL, write_random_split
from probe_layers import main as probe_layers
from select_stimuli import main as select_stimuli
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.cnn import CNN
from stemlens.target_type import MULTI_LABEL
from stemlens.training.training import TrainingSettings
from train_model import main as train_model

SEEDS = (0, 1)
TRAININGS = ("trained", "untrained")
SETTINGS = TrainingSettings(epochs=3, batch_size=8, learning_rate=0.01, l2=0.001, standardise=True)
TEST_SONGS = {"Zoë": 2, "007": 1, "Ann": 3, "Eva": 1, "Gil": 2, "Ida": 1}
DRAWS = {"n_replicates": 40, "seed": 0}
CONFIDENCE = 0.9
PROBE = {"n_folds": 3, "c": 1.0}
MIXES = {"most": 15, "seed": 0}


@dataclass(frozen=True)
class Results:
    folder: Path

    def of_model(self, step: str, seed: int, suffix: str, training: str = "trained") -> str:
        name = f"{training}-seed{seed}{suffix}"
        return str(self.folder / step / "instrument" / "small" / name)

    def of_models(
        self, step: str, suffix: str, trainings: tuple[str, ...] = TRAININGS
    ) -> list[str]:
        return [self.of_model(step, seed, suffix, name) for name in trainings for seed in SEEDS]

    def mels(self, split: str) -> str:
        return str(self.folder / "mel" / f"{split}.h5")

    def table(self, name: str) -> str:
        return str(self.folder / "tables" / f"{name}.csv")

    def network(self, seed: int, training: str = "trained") -> CNN:
        path = self.of_model("models", seed, "/checkpoint.pt", training)
        return load_checkpoint(path, torch.device("cpu")).network


def run_models(folder: Path) -> Results:
    """Two trained models and their untrained twins."""
    results = Results(folder)
    write_random_split(Path(results.mels("train")), {"Bea": 3, "Cid": 2, "Dan": 1}, seed=1)
    write_random_split(Path(results.mels("test")), TEST_SONGS, seed=2)
    select_stimuli(
        {"test": results.mels("test")}, results.table("stimuli"), selection="most_active"
    )
    for seed in SEEDS:
        train(results, results.of_model("models", seed, "/checkpoint.pt"), seed=seed)
        initialise(results, results.of_model("models", seed, "/checkpoint.pt", "untrained"), seed)
        for training in TRAININGS:
            read_model(results, seed, training)
    class_prior = str(results.folder / "class_prior.csv")
    predicted = str(results.folder / "predictions" / "instrument" / "class_prior.csv")
    splits = {split: [results.mels(split)] for split in ("train", "test")}
    evaluate_class_prior(splits, class_prior, predicted, task="instrument")
    intervals = {**DRAWS, "confidence": CONFIDENCE}
    collect_performance(
        [class_prior, *results.of_models("models", "/performance.csv")],
        [predicted, *results.of_models("predictions", ".csv")],
        results.table("performance"),
        results.table("performance_over_seeds"),
        target_types={"instrument": MULTI_LABEL},
        **intervals,
    )
    tables = ["similarity", "contrast", "similarity_over_seeds", "contrast_over_seeds"]
    collect_similarity(
        results.of_models("bootstrap", ".h5"),
        {name: results.table(name) for name in tables},
        confidence=CONFIDENCE,
    )
    compare_layers(results.of_models("grams", ".h5"), results.table("cka"))
    measure_separability(
        results.of_models("grams", ".h5"), results.table("separability"), **intervals
    )
    collect_probes(results.of_models("probes", ".csv"), results.table("probe"), **intervals)
    compare_networks(
        results.of_models("predictions", ".csv", ("trained",)),
        results.table("networks"),
        networks={"small": SMALL.settings()},
        reference="small",
        spectrogram=(N_BANDS, N_FRAMES),
        n_outputs=len(CLASSES),
        **intervals,
    )
    return results


def train(results: Results, checkpoint: str, *, seed: int = 0, **changes: object) -> None:
    """Train a network; `changes` replace arguments of the script."""
    train_model(
        results.mels("train"),
        checkpoint,
        str(Path(checkpoint).with_name("history.csv")),
        **{
            "network": SMALL.settings(),
            "settings": SETTINGS,
            "holdout": "none",
            "shuffle_targets": False,
            "seed": seed,
            "n_threads": 1,
            "code": "digest",
            **changes,
        },
    )


def initialise(
    results: Results, checkpoint: str, seed: int = 0, holdout: str | list[str] = "none"
) -> None:
    """Build an untrained network."""
    initialise_model(
        results.mels("train"),
        checkpoint,
        network=SMALL.settings(),
        standardise=True,
        holdout=holdout,
        seed=seed,
        n_threads=1,
    )


def read_model(results: Results, seed: int, training: str) -> None:
    def path(step: str, suffix: str) -> str:
        return results.of_model(step, seed, suffix, training)

    checkpoint = path("models", "/checkpoint.pt")
    evaluate_model(
        [checkpoint],
        {split: [results.mels(split)] for split in ("train", "test")},
        path("models", "/performance.csv"),
        path("predictions", ".csv"),
        model={
            "task": "instrument",
            "network": "small",
            "training": training,
            "seed": str(seed),
        },
        n_threads=1,
    )
    sources = ([checkpoint], results.mels("test"), results.table("stimuli"))
    as_read = {"tap": "pool", "logits": False, "n_threads": 1}
    extracted = path("activations", ".h5"), path("mix_grams", ".h5")
    extract_activations(*sources, *extracted, **as_read)
    compare_stimuli(path("activations", ".h5"), path("grams", ".h5"), path("similarity", ".csv"))
    bootstrap_similarity(
        path("similarity", ".csv"), path("bootstrap", ".h5"), classes=CLASSES, **DRAWS
    )
    stimuli, probes = results.table("stimuli"), path("probes", ".csv")
    probe_layers(extracted[1], stimuli, probes, classes=CLASSES, mixes=MIXES, **PROBE)
