"""The mood experiment's scripts: from activations to moods and verdicts."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from assign_moods import main as assign_moods
from collect_confusion import main as collect_confusion
from collect_moods import main as collect_moods
from compare_tasks import main as compare_tasks
from judge_hypotheses import main as judge_hypotheses
from mel_splits import CLASSES, N_BANDS, N_FRAMES, SMALL, write_random_split
from pandas.testing import assert_frame_equal
from scipy.stats import entropy
from stemlens.activations.cnn_extraction import write_cnn_activations
from stemlens.activations.stimuli import select_stimuli
from stemlens.audio.mel_store import read_mixes
from stemlens.audio.segment_table import read_segment_table
from stemlens.model.cnn import CNN
from stemlens.moods.quadrants import QUADRANTS
from stemlens.similarity.replicate_store import read_replicates, write_replicates
from stemlens.similarity.task_difference import task_difference
from stemlens.statistics.estimate import Estimate
from stemlens.tables import read_table, write_table
from stemlens.target_type import SINGLE_LABEL

TEST_SONGS = {"Ann": 2, "Bea": 1, "Cid": 1, "Dan": 1, "Eva": 2, "Gil": 1}
DRAWS = {"n_replicates": 60, "seed": 0}
LAYERS = ["input", "conv1", "conv2", "conv3", "conv4", "dense1", "dense2", "output"]


def test_confusion_is_counted_for_each_model(tmp_path):
    rows = pd.DataFrame(
        {"song": "a", "class": list(QUADRANTS), "target": [1, 0, 0, 0], "probability": 0.25}
    )
    paths = []
    for training in ("trained", "untrained"):
        path = tmp_path / "mood/small" / f"{training}-seed3.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        named = 2 if training == "trained" else 0
        rows.assign(probability=np.eye(4)[named]).to_csv(path, index=False)
        paths.append(str(path))
    collect_confusion(paths, str(tmp_path / "confusion.csv"))
    table = read_table(tmp_path / "confusion.csv")
    assert (table["seed"] == 3).all()
    found = table[table["n"] == 1]
    assert list(found["training"]) == ["trained", "untrained"]
    assert list(found["class"]) == ["Q1", "Q1"]
    assert list(found["predicted"]) == ["Q3", "Q1"]


def mood_network(seed):
    torch.manual_seed(seed)
    return CNN(SMALL, N_BANDS, N_FRAMES, len(QUADRANTS), target_type=SINGLE_LABEL).eval()


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    """A test split of stems, and activations of two mood networks."""
    folder = tmp_path_factory.mktemp("moods")
    write_random_split(folder / "test.h5", TEST_SONGS, seed=2)
    split = folder / "test.h5"
    stimuli = select_stimuli(
        read_segment_table(split), CLASSES, selection="most_active", targets=read_mixes(split)
    )
    write_table(folder / "stimuli.csv", stimuli)
    for seed in (0, 1):
        write_cnn_activations(
            folder / f"activations{seed}.h5",
            [mood_network(seed)],
            folder / "test.h5",
            stimuli,
            tap="pool",
            logits=False,
            batch_size=4,
        )
    return folder


def test_stimuli_are_assigned_to_their_most_probable_mood_and_counted(stems, tmp_path):
    moods = [str(tmp_path / f"mood/small/trained-seed{seed}.csv") for seed in (0, 1)]
    entropies = [path.replace(".csv", ".h5") for path in moods]
    assigned, bits = {}, {}
    for seed in (0, 1):
        activations = stems / f"activations{seed}.h5"
        assign_moods(str(activations), moods[seed], entropies[seed], classes=CLASSES, **DRAWS)
        with h5py.File(activations) as file:
            outputs = file["layers/output"][:]
            classes = file["stimuli/class"].asstr()[:]
        np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-5)
        expected = [QUADRANTS[n] for n in outputs.argmax(axis=1)]
        assert list(read_table(moods[seed])["mood"]) == expected
        for name in CLASSES:
            counts = [
                sum((m == mood) & (c == name) for m, c in zip(expected, classes, strict=True))
                for mood in QUADRANTS
            ]
            assigned[seed, name] = np.array(counts) / len(TEST_SONGS)
            bits[seed, name] = entropy(counts, base=2)
    tables = [str(tmp_path / f"{name}.csv") for name in ("assigned", "entropy")]
    collect_moods(moods, entropies, *tables)
    shares, found = (read_table(table) for table in tables)
    for (seed, name), expected in assigned.items():
        rows = shares[(shares["seed"] == seed) & (shares["class"] == name)]
        assert list(rows["mood"]) == list(QUADRANTS)
        np.testing.assert_allclose(rows["share"], expected)
    for name in CLASSES:
        row = found[found["class"] == name].iloc[0]
        assert row["entropy_bits"] == pytest.approx((bits[0, name] + bits[1, name]) / 2)
        assert (row["n_songs"], row["n_seeds"]) == (6, 2)
        assert row["seed_std"] == pytest.approx(np.std([bits[0, name], bits[1, name]], ddof=1))


def test_moods_are_assigned_alike_by_probabilities_and_by_logits(stems, tmp_path):
    found = []
    for logits in (False, True):
        activations = tmp_path / f"{logits}.h5"
        stimuli = read_table(stems / "stimuli.csv")
        write_cnn_activations(
            activations, [mood_network(0)], stems / "test.h5", stimuli, tap="pool", logits=logits
        )
        outputs = (tmp_path / f"{logits}.csv", tmp_path / f"moods{logits}.h5")
        assign_moods(str(activations), *map(str, outputs), classes=CLASSES, **DRAWS)
        found.append((read_table(outputs[0]), *read_replicates(outputs[1])))
    (moods, table, drawn), (moods_by_logits, table_by_logits, drawn_by_logits) = found
    assert_frame_equal(moods, moods_by_logits)
    assert_frame_equal(table, table_by_logits)
    np.testing.assert_array_equal(drawn, drawn_by_logits)


def write_summaries(folder: Path) -> dict[str, str]:
    """Random similarities of an instrument and a mood network, in the form of a run."""
    paths = {}
    for number, task in enumerate(("instrument", "mood")):
        rng = np.random.default_rng(number)
        rows = [
            (layer, depth, name, name, measure, rng.uniform(0, 1), 12)
            for depth, layer in enumerate(LAYERS)
            for name in ("drums", "bass", "vocals", "rest")
            for measure in ("pearson", "cosine", "mse")
        ]
        columns = ["layer", "depth", "class_a", "class_b", "measure", "mean", "n_songs"]
        table = pd.DataFrame(rows, columns=columns).assign(note="")
        paths[task] = folder / task / "paper/trained-seed0.h5"
        noise = rng.normal(0, 0.01, (200, len(table)))
        write_replicates(paths[task], table, table["mean"].to_numpy() + noise)
    bits = pd.DataFrame({"class_a": ["drums", "bass", "vocals", "rest"], "layer": "output"})
    bits = bits.assign(class_b=bits["class_a"], measure="mood_entropy", n_songs=12, note="")
    bits["mean"] = [1.5, 0.5, 1.5, 1.8]
    paths["entropies"] = folder / "moods/mood/paper/trained-seed0.h5"
    write_replicates(paths["entropies"], bits, np.tile(bits["mean"], (200, 1)))
    return {name: str(path) for name, path in paths.items()}


def test_the_networks_are_set_side_by_side(tmp_path):
    paths = write_summaries(tmp_path)
    table = str(tmp_path / "both.csv")
    compare_tasks([paths["instrument"]], [paths["mood"]], table, confidence=0.95)
    summaries = {task: [read_replicates(paths[task])] for task in ("instrument", "mood")}
    expected = task_difference(**summaries, confidence=0.95)
    found = read_table(table).fillna({"note": ""})
    assert set(found["network"]) == {"paper"}
    assert set(found["training"]) == {"trained"}
    assert_frame_equal(found[list(expected)], expected, check_dtype=False, rtol=1e-8)


def test_mood_findings_are_judged_beside_the_instrument_network_and_with_entropies(tmp_path):
    paths = write_summaries(tmp_path)
    predictions = tmp_path / "predictions/instrument/paper/trained-seed0.csv"
    predictions.parent.mkdir(parents=True)
    rng = np.random.default_rng(0)
    pd.DataFrame(
        {
            "song": np.repeat([f"song {n}" for n in range(6)], 8),
            "start_s": 0.0,
            "mix": np.tile(np.repeat([0, 1], 4), 6),
            "class": np.tile(["drums", "bass", "vocals", "rest"], 12),
            "target": rng.integers(0, 2, 48),
            "probability": rng.random(48),
        }
    ).to_csv(predictions, index=False)
    outputs = [str(tmp_path / name) for name in ("verdicts.csv", "claims.csv", "page.md")]
    judge_hypotheses(
        str(Path(__file__).parents[2] / "hypotheses.yaml"),
        [paths["instrument"], paths["mood"]],
        [paths["entropies"]],
        [str(predictions)],
        *outputs,
        networks={"instrument": "paper", "mood": "paper"},
        mse_measure="mse",
        confidence=0.95,
        n_replicates=50,
        seed=0,
    )
    verdicts, claims = read_table(outputs[0]), read_table(outputs[1])
    assert set(verdicts["id"]) >= {"H1", "H13", "M1", "M6", "A1a"}
    means, drawn = {}, {}
    for task in ("instrument", "mood"):
        table, replicates = read_replicates(paths[task])
        rows = table.reset_index().set_index(["class_a", "measure", "layer"])["index"]
        for name in ("drums", "bass", "vocals", "rest"):
            last, first = (rows[name, "cosine", layer] for layer in ("conv1", "input"))
            means[task, name] = table["mean"][last] - table["mean"][first]
            drawn[task, name] = replicates[:, last] - replicates[:, first]
    of_m2 = claims[claims["id"] == "M2"].set_index("class")
    for name, row in of_m2.iterrows():
        expected = means["mood", name] - means["instrument", name]
        assert row["effect"] == pytest.approx(expected, abs=1e-6)
        change = drawn["mood", name] - drawn["instrument", name]
        interval = Estimate(np.array([expected]), change, 12).interval(0.95)
        assert (row["ci_low"], row["ci_high"]) == pytest.approx(interval, abs=1e-6)
    is_entropy = (claims["id"] == "M5") & claims["claim"].str.contains("mood_entropy")
    effects = claims[is_entropy].set_index("class")["effect"]
    assert effects.to_dict() == {"drums": 1.0, "vocals": 1.0, "rest": pytest.approx(1.3)}
    assert "M5" in Path(outputs[2]).read_text("utf-8")
