"""The mood experiment's scripts: from audio to examples, from activations to moods and verdicts."""

import shutil
from pathlib import Path

import h5py
import librosa
import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from assign_moods import main as assign_moods
from collect_confusion import main as collect_confusion
from collect_mood_songs import main as collect_mood_songs
from collect_moods import main as collect_moods
from compare_tasks import main as compare_tasks
from compute_mel_filters import main as compute_mel_filters
from compute_mood_mels import main as compute_mood_mels
from judge_hypotheses import main as judge_hypotheses
from mel_splits import CLASSES, N_BANDS, N_FRAMES, SMALL, write_random_split
from pandas.testing import assert_frame_equal
from scipy.stats import entropy
from stemlens.activations.extraction import write_activations
from stemlens.activations.stimuli import select_stimuli
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mel_store import read_attributes, read_examples
from stemlens.audio.segment_table import read_segment_table
from stemlens.errors import InputError
from stemlens.model.cnn import CNN
from stemlens.moods.quadrants import QUADRANTS
from stemlens.similarity.replicate_store import read_replicates, write_replicates
from stemlens.similarity.task_difference import task_difference
from stemlens.statistics.estimate import Estimate
from stemlens.tables import read_table, write_table
from stemlens.target_type import SINGLE_LABEL

RATE_HZ = 8000
SETTINGS = MelSettings(RATE_HZ, 256, 200, 12, 0.0, 4000.0, -100.0)
TEST_SONGS = {"Ann": 2, "Bea": 1, "Cid": 1, "Dan": 1, "Eva": 2, "Gil": 1}
DRAWS = {"n_replicates": 60, "seed": 0}
LAYERS = ["input", "conv1", "conv2", "conv3", "conv4", "dense1", "dense2", "output"]


def write_noise(path: Path, duration_s: float, seed: int) -> str:
    noise = np.random.default_rng(seed).normal(0, 0.1, round(duration_s * RATE_HZ))
    soundfile.write(path, noise, RATE_HZ, subtype="FLOAT")
    return str(path)


@pytest.fixture
def shard(tmp_path):
    """Songs of a shard: name, file, quadrant; the third is too short, the fourth damaged."""
    (tmp_path / "bad.wav").write_bytes(b"RIFF?")
    return [
        ["long", write_noise(tmp_path / "long.wav", 5.5, 0), "Q3"],
        ["one", write_noise(tmp_path / "one.wav", 2.0, 1), "Q1"],
        ["short", write_noise(tmp_path / "short.wav", 1.9, 2), "Q2"],
        ["bad", str(tmp_path / "bad.wav"), "Q4"],
    ]


def compute(songs, folder, *, broken_songs="skip"):
    compute_mel_filters(str(folder / "filters.h5"), settings=SETTINGS)
    compute_mood_mels(
        [[name, f"corpus/{name}.wav", quadrant] for name, _, quadrant in songs],
        [file for _, file, _ in songs],
        str(folder / "filters.h5"),
        str(folder / "mels.h5"),
        str(folder / "songs.csv"),
        split="train",
        broken_songs=broken_songs,
        per_song=2,
        position="start",
        duration_s=2.0,
        target_type=SINGLE_LABEL,
        settings=SETTINGS,
    )
    return read_table(folder / "songs.csv").set_index("song")


def librosa_mel(samples):
    power = librosa.feature.melspectrogram(
        y=samples, sr=RATE_HZ, n_fft=256, hop_length=200, n_mels=12, fmin=0, fmax=4000
    )
    return 10 * np.log10(np.maximum(power, 1e-10))[:, :80]


def test_excerpts_become_the_mels_of_librosa_with_the_songs_mood(shard, tmp_path):
    compute(shard, tmp_path)
    examples = read_examples(tmp_path / "mels.h5")
    assert examples.target_type == SINGLE_LABEL
    assert read_attributes(tmp_path / "mels.h5")[0] == list(QUADRANTS)
    table = read_segment_table(tmp_path / "mels.h5")
    assert list(table["song"]) == ["long", "long", "one"]
    assert list(table["start_s"]) == [0, 2, 0]
    assert [QUADRANTS[n] for n in examples.targets.argmax(axis=1)] == ["Q3", "Q3", "Q1"]
    assert (examples.targets.sum(axis=1) == 1).all()
    for mel, song, start_s in zip(examples.mels, table["song"], table["start_s"], strict=True):
        samples, _ = soundfile.read(tmp_path / f"{song}.wav")
        first = round(start_s * RATE_HZ)
        expected = librosa_mel(samples[first : first + 2 * RATE_HZ])
        np.testing.assert_allclose(mel, expected, atol=1e-3)


def test_broken_songs_are_left_out_by_name_where_that_is_wanted(shard, tmp_path):
    table = compute(shard, tmp_path)
    assert list(table["n_excerpts"]) == [2, 1, 0, 0]
    assert table["left_out"].isna().tolist() == [True, True, False, False]
    assert table["left_out"]["short"].startswith("lasts 1.90 s, shorter than an excerpt of 2 s")
    assert table["left_out"]["bad"].startswith("cannot be decoded")
    assert (table["split"] == "train").all()


def test_a_table_says_the_same_wherever_the_corpus_lies(shard, tmp_path):
    here = compute(shard, tmp_path)
    there = tmp_path / "elsewhere"
    there.mkdir()
    moved = [[name, shutil.move(file, there), quadrant] for name, file, quadrant in shard]
    pd.testing.assert_frame_equal(compute(moved, tmp_path), here)
    assert list(here["file"]) == [f"corpus/{name}.wav" for name in here.index]


def test_broken_songs_stop_the_job_where_that_is_wanted_and_are_named(shard, tmp_path):
    message = (
        r"^2 of 4 songs cannot be used .*short\.wav: lasts 1\.90 s.*bad\.wav: cannot be decoded"
    )
    with pytest.raises(InputError, match=message) as error:
        compute(shard, tmp_path, broken_songs="stop")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "mels.h5").exists()


def test_a_song_whose_excerpt_is_silent_is_a_broken_one(shard, tmp_path):
    """Its spectrogram would be constant, and yet carry a mood."""
    samples, _ = soundfile.read(tmp_path / "long.wav")
    samples[2 * RATE_HZ :] = 0
    soundfile.write(tmp_path / "long.wav", samples, RATE_HZ, subtype="FLOAT")
    table = compute(shard[:2], tmp_path)
    assert list(table["n_excerpts"]) == [0, 1]
    reason = "from 2.00 s on: nothing in its spectrogram is louder than mel.floor_db"
    assert table["left_out"]["long"].startswith(reason)
    assert list(read_segment_table(tmp_path / "mels.h5")["song"]) == ["one"]
    with pytest.raises(InputError, match=r"^1 of 2 songs cannot be used .* mel\.floor_db, -100 dB"):
        compute(shard[:2], tmp_path, broken_songs="stop")


def test_of_many_broken_songs_the_first_three_are_named_and_the_log_has_all(tmp_path, caplog):
    songs = [[name, str(tmp_path / f"{name}.wav"), "Q1"] for name in "abcde"]
    with pytest.raises(InputError, match=r"^5 of 5 .*a\.wav.*b\.wav.*c\.wav") as error:
        compute(songs, tmp_path, broken_songs="stop")
    assert "d.wav" not in str(error.value)
    assert all(f"{name}.wav" in caplog.text for name in "abcde")


def test_a_shard_of_broken_songs_is_empty_and_every_song_is_listed(shard, tmp_path):
    compute(shard[2:], tmp_path)
    assert read_examples(tmp_path / "mels.h5").mels.shape == (0, 12, 80)
    collect_mood_songs(
        [str(tmp_path / "songs.csv")],
        str(tmp_path / "all.csv"),
        left_out=[["other", "other.mp3", None, "no label"]],
        origins=[["bad", "311", "1999"], ["other", None, "None"], ["short", "NA", "short"]],
    )
    table = read_table(tmp_path / "all.csv")
    assert list(table)[:4] == ["song", "artist", "piece", "file"]
    assert list(table["song"]) == ["bad", "other", "short"]
    assert table["artist"].fillna("").tolist() == ["311", "", "NA"]
    assert list(table["piece"]) == ["1999", "None", "short"]
    assert list(table["split"].fillna("")) == ["train", "", "train"]
    assert table["left_out"][1] == "no label"
    assert table["n_excerpts"].sum() == 0


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
    stimuli = select_stimuli(
        read_segment_table(folder / "test.h5"), CLASSES, selection="most_active"
    )
    write_table(folder / "stimuli.csv", stimuli)
    for seed in (0, 1):
        write_activations(
            folder / f"activations{seed}.h5",
            mood_network(seed),
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
        write_activations(
            activations, mood_network(0), stems / "test.h5", stimuli, tap="pool", logits=logits
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
