"""How many segments each threshold keeps, from a song to the table of the corpus."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from collect_thresholds import main as collect_thresholds
from corpus_files import noise, noise_stems, write_wav_folder
from cut_segments import main as cut_segments
from plot_thresholds import main as plot_thresholds
from stemlens.audio.segments import SegmentSettings, candidate_segments
from stemlens.audio.threshold_sweep import summarise_sweep, sweep_song
from stemlens.errors import InputError
from stemlens.tables import read_table
from sweep_thresholds import main as sweep_thresholds

RATE_HZ = 16_384
SETTINGS = SegmentSettings(RATE_HZ, duration_s=2, min_active_s=1, frame_length=2048, hop_length=512)
OF_TWO_CLASSES = {"classes": ["drums", "bass"], "mixes": {"most": 15, "seed": 0}}
STOP = {"unequal_stems": "error", "broken_songs": "stop"}
THRESHOLDS_DB = [-70, -62.5, -55, -47.5, -40, -32.5, -25, -17.5]


def random_song(seed: int) -> np.ndarray:
    """Three stems of 23 s whose level changes by up to 60 dB each half second."""
    rng = np.random.default_rng(seed)
    n_samples = 23 * RATE_HZ
    levels_db = np.repeat(rng.uniform(-60, 0, (3, 46)), RATE_HZ // 2, axis=1)
    stems = [noise(10 * seed + i, 23, sample_rate_hz=RATE_HZ) for i in range(3)]
    return np.stack(stems) * 10 ** (levels_db[:, :n_samples] / 20)


def sine(rms_db: float, duration_s: float) -> np.ndarray:
    """A sine of which whole periods fill each frame and each hop."""
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    return np.sqrt(2) * 10 ** (rms_db / 20) * np.sin(2 * np.pi * RATE_HZ / 64 * time_s)


@pytest.mark.parametrize("seed", range(5))
def test_each_threshold_keeps_what_it_would_keep_in_a_run(seed: int) -> None:
    stems = random_song(seed)
    sweep = sweep_song(stems, THRESHOLDS_DB, SETTINGS)
    assert list(sweep["threshold_db"]) == THRESHOLDS_DB
    for row in sweep.itertuples():
        (candidates,) = candidate_segments(stems, [*"abc"], [row.threshold_db], SETTINGS)
        assert row.n_candidates == len(candidates) == 11
        assert row.n_segments == sum(candidate["kept"] for candidate in candidates)
    # The songs are such that the thresholds make a difference.
    assert sweep["n_segments"].nunique() > 3


@pytest.mark.parametrize("seed", range(5))
def test_a_higher_threshold_never_keeps_more(seed: int) -> None:
    kept = sweep_song(random_song(seed), THRESHOLDS_DB, SETTINGS)["n_segments"]
    assert (np.diff(kept) <= 0).all()


def test_the_order_of_the_thresholds_does_not_matter() -> None:
    rising = sweep_song(random_song(0), THRESHOLDS_DB, SETTINGS)
    falling = sweep_song(random_song(0), THRESHOLDS_DB[::-1], SETTINGS)
    pd.testing.assert_frame_equal(rising, falling[::-1].reset_index(drop=True))


def test_a_segment_is_kept_up_to_the_level_of_its_softest_stem() -> None:
    """Segment k of two sines is kept where the threshold lies below the softer one's RMS."""
    levels_db = [(-20.0, -30.0), (-50.0, -10.0), (-40.0, -40.0)]
    stems = np.stack([np.concatenate([sine(levels[i], 2) for levels in levels_db]) for i in (0, 1)])
    softest_db = [-30, -50, -40]
    thresholds_db = [level + step for level in (-50, -40, -30, -10) for step in (-0.001, 0.001)]
    sweep = sweep_song(stems, thresholds_db, SETTINGS)
    expected = [sum(t < level for level in softest_db) for t in thresholds_db]
    assert expected == [3, 2, 2, 1, 1, 0, 0, 0]
    assert list(sweep["n_segments"]) == expected


def test_a_song_shorter_than_a_segment_keeps_nothing_at_any_threshold() -> None:
    loud = np.stack([sine(-3, 1.9), sine(-3, 1.9)])
    sweep = sweep_song(loud, [-80, -60], SETTINGS)
    assert list(sweep["n_candidates"]) == [1, 1]
    assert list(sweep["n_segments"]) == [0, 0]


def test_a_split_counts_its_segments_its_songs_that_have_one_and_their_mixes() -> None:
    columns = ["song", "split", "threshold_db", "n_candidates", "n_segments", "reason"]
    rows = [
        ("Ann", "train", -60, 9, 5, None),
        ("Ann", "train", -40, 9, 0, None),
        ("Bea", "train", -60, 7, 2, None),
        ("Bea", "train", -40, 7, 1, None),
        ("Cid", "train", -60, 8, 0, None),
        ("Cid", "train", -40, 8, 0, None),
        ("Ann", "test", -60, 4, 4, None),
        ("Ann", "test", -40, 4, 0, None),
        ("Dan", "train", -60, 0, 0, "Dan.stem.mp4: cannot be decoded"),
        ("Dan", "train", -40, 0, 0, "Dan.stem.mp4: cannot be decoded"),
    ]
    table = summarise_sweep(pd.DataFrame(rows, columns=columns), n_mixes=7)
    names = [
        "split",
        "threshold_db",
        "n_candidates",
        "n_segments",
        "n_songs",
        "n_mixes",
        "n_unread",
    ]
    assert list(table.columns) == names
    assert table.to_numpy().tolist() == [
        ["train", -60, 24, 7, 2, 49, 1],
        ["train", -40, 24, 1, 1, 7, 1],
        ["test", -60, 4, 4, 1, 28, 0],
        ["test", -40, 4, 0, 0, 0, 0],
    ]


def sweep_songs(
    folder: Path, songs: list[str], thresholds_db: list[float], **reading: str
) -> list[str]:
    """Sweep songs of a train split; the tables that this writes."""
    tables = [str(folder / f"{song}.csv") for song in songs]
    for song, table in zip(songs, tables, strict=True):
        sweep_thresholds(
            str(folder / song),
            table,
            song=song,
            split="train",
            classes=[{"name": stem, "stem": stem} for stem in ("bass", "vocals")],
            thresholds_db=thresholds_db,
            **{**STOP, **reading},
            settings=SETTINGS,
        )
    return tables


def test_the_scripts_count_what_cutting_the_songs_would_keep(tmp_path: Path) -> None:
    classes = [{"name": "low", "stem": "bass"}, {"name": "high", "stem": "vocals"}]
    thresholds_db = [-60, -19, -10]  # The noise has an RMS of −20 dBFS.
    kept = dict.fromkeys(thresholds_db, 0)
    for seed, song in enumerate(["1999", "Ann"]):
        stems = noise_stems(seed, 7)
        stems["bass"][2 * 44_100 : 4 * 44_100] *= 10 ** (-50 / 20)
        stems["vocals"][4 * 44_100 :] *= 3  # up to about −10.5 dBFS
        stems["bass"][4 * 44_100 :] *= 3
        stems["drums"][:] = 0  # no class of the run
        write_wav_folder(tmp_path / song, stems)
        for threshold_db in thresholds_db:
            table = tmp_path / "segments.csv"
            cut_segments(
                str(tmp_path / song),
                str(tmp_path / "segments"),
                str(table),
                song=song,
                split="train",
                classes=classes,
                **STOP,
                threshold_db=threshold_db,
                settings=SETTINGS,
            )
            kept[threshold_db] += pd.read_csv(table)["kept"].sum()

    songs = sweep_songs(tmp_path, ["1999", "Ann"], thresholds_db)

    assert list(pd.read_csv(songs[0], dtype={"song": str})["song"]) == ["1999"] * 3
    collect_thresholds(songs, str(tmp_path / "sweep.csv"), **OF_TWO_CLASSES)

    table = pd.read_csv(tmp_path / "sweep.csv")
    assert dict(zip(table["threshold_db"], table["n_segments"], strict=True)) == kept
    assert list(kept.values()) == [4, 2, 0]
    assert list(table["n_songs"]) == [2, 2, 0]
    assert list(table["n_mixes"]) == [12, 6, 0]

    figures = [tmp_path / "sweep.png", tmp_path / "sweep.pdf"]
    expected = {"train_segments": 3, "test_songs": None}
    plot_thresholds(str(tmp_path / "sweep.csv"), figures, threshold_db=-60, expected=expected)
    train, *_ = plt.gcf().axes[0].get_lines()
    assert list(train.get_xdata()) == thresholds_db
    assert list(train.get_ydata()) == [4, 2, 0]
    assert [figure.read_bytes()[:4] for figure in figures] == [b"\x89PNG", b"%PDF"]
    plt.close("all")


def test_a_song_that_cannot_be_read_stops_the_sweep_or_is_counted_with_its_reason(
    tmp_path: Path,
) -> None:
    write_wav_folder(tmp_path / "Ann", noise_stems(0, 3))
    write_wav_folder(tmp_path / "Bad", {"bass": noise_stems(1, 3)["bass"]})
    with pytest.raises(InputError, match=r"Bad: vocals\.wav is missing"):
        sweep_songs(tmp_path, ["Ann", "Bad"], [-60, -10])
    assert not (tmp_path / "Bad.csv").exists()

    tables = sweep_songs(tmp_path, ["Ann", "Bad"], [-60, -10], broken_songs="skip")

    reasons = read_table(tables[1])["reason"]
    assert list(reasons.str.contains("vocals.wav is missing")) == [True, True]
    collect_thresholds(tables, str(tmp_path / "sweep.csv"), **OF_TWO_CLASSES)
    sweep = read_table(tmp_path / "sweep.csv")
    assert list(sweep["n_segments"]) == [1, 0]
    assert list(sweep["n_unread"]) == [1, 1]
    with pytest.raises(
        InputError, match=r"split train: none of its songs can be read.*Bad: vocals"
    ):
        collect_thresholds(tables[1:], str(tmp_path / "sweep.csv"), **OF_TWO_CLASSES)
