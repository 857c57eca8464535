"""Folds: as many networks as folds, each song tested on the one that did not learn it."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from collect_training import main as collect_training
from evaluate_class_prior import main as evaluate_class_prior
from evaluate_model import main as evaluate_model
from layout_files import classes, run_songs, write_medleydb_song
from mel_splits import CLASSES, random_network, write_random_split
from select_stimuli import main as select_stimuli
from sklearn.metrics import f1_score
from stemlens.activations.cnn_extraction import write_cnn_activations
from stemlens.activations.stimuli import find_stimuli
from stemlens.activations.store import read_layer, read_stimuli
from stemlens.audio.mel_store import read_targets
from stemlens.audio.mixes import mix_targets
from stemlens.corpora.multitrack import Multitrack
from stemlens.corpora.song_splits import demand_pairs, with_folds
from stemlens.corpora.songs import Song
from stemlens.errors import InputError
from stemlens.model.checkpoint import save_checkpoint
from stemlens.representations.cka import cka_without_each_song, debiased_cka, note_on_cka
from stemlens.representations.probe import probe_table
from stemlens.representations.probe_mixes import probe_mixes
from stemlens.representations.separability import distance_ratio, mean_over_folds, silhouette
from stemlens.similarity.gram import Gram, gram
from stemlens.similarity.gram_store import read_grams, write_grams
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.pairs import compare_pairs
from stemlens.splits import choose_folds
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from stemlens.tables import read_table, write_table
from stemlens.workflow.named_songs import check_named_songs

SONGS_OF_FOLDS = {1: {"Ann": 2, "Zoë": 1}, 2: {"007": 3, "Bob": 1, "Eva": 2}}
FOLD_OF = {song: fold for fold, songs in SONGS_OF_FOLDS.items() for song in songs}
AS_READ = {"tap": "pool", "logits": False}


def songs(n: int, n_artists: int) -> list[Multitrack]:
    return [
        Multitrack(f"song {i}", f"/{i}", (), artist=f"artist {i % n_artists}") for i in range(n)
    ]


@pytest.mark.parametrize(("n", "n_folds"), [(9, 3), (13, 4), (23, 5), (4, 2)])
def test_folds_hold_each_song_once_and_about_as_many_songs(n: int, n_folds: int) -> None:
    folded = with_folds(songs(n, n), n_folds=n_folds, seed=0, by="song")
    sizes = Counter(song.fold for song in folded)
    assert [song.name for song in folded] == [f"song {i}" for i in range(n)]
    assert sorted(sizes) == list(range(1, n_folds + 1))
    assert max(sizes.values()) - min(sizes.values()) <= 1
    assert {song.split for song in folded} == {"test"}


def test_songs_of_an_artist_are_in_one_fold_and_large_groups_do_not_make_one_fold_larger() -> None:
    sizes = {"A": 5, "B": 1, "C": 1, "D": 2, "E": 1, "F": 4}
    fold_of = choose_folds(sizes, n_folds=3, seed=0)
    n_songs = Counter()
    for name, size in sizes.items():
        n_songs[fold_of[name]] += size
    assert sorted(n_songs.values()) == [4, 5, 5]
    folded = with_folds(songs(12, 4), n_folds=2, seed=0, by="artist")
    assert len({(song.artist, song.fold) for song in folded}) == 4


def test_the_seed_decides_which_songs_share_a_fold() -> None:
    def partition(seed: int) -> list[int]:
        return [s.fold for s in with_folds(songs(9, 9), n_folds=3, seed=seed, by="song")]

    assert partition(0) == partition(0)
    assert len({tuple(partition(seed)) for seed in range(5)}) > 1


@pytest.mark.parametrize(
    ("listed", "n_folds", "by", "message"),
    [
        (songs(5, 5), 3, "song", r"corpus\.split\.folds: found 3 for 5 songs, .* set at most 2$"),
        (songs(6, 1), 2, "artist", r"leaves 0 in a fold; .* or corpus\.split\.by: song$"),
    ],
)
def test_folds_without_a_pair_are_refused(
    listed: list[Multitrack], n_folds: int, by: str, message: str
) -> None:
    divided = with_folds(listed, n_folds=n_folds, seed=0, by=by)
    with pytest.raises(InputError, match=message):
        demand_pairs(divided, n_folds=n_folds, by=by)


def test_songs_that_are_left_out_may_leave_a_fold_without_a_pair(tmp_path: Path) -> None:
    bleeding = ["Ann_A", "Bob_B"]
    for song in (*bleeding, "Cid_C", "Dee_D"):
        instruments = ["drum set", "electric bass"]
        has_bleed = "yes" if song in bleeding else "no"
        write_medleydb_song(tmp_path, song, instruments, has_bleed=has_bleed)
    wanted = classes(drums={"instruments": ["drum*"]}, bass={"instruments": ["*bass"]})
    split = {"folds": 2}
    listed, _ = run_songs(tmp_path, "medleydb", classes=wanted, split=split)
    assert Counter(song.fold for song in listed) == {1: 2, 2: 2}
    message = r"^corpus\.split\.folds: found 2 for 2 songs, which leaves [01] in a fold"
    with pytest.raises(InputError, match=message):
        run_songs(tmp_path, "medleydb", classes=wanted, split=split, bleed="leave_out")


def test_songs_of_one_name_in_two_splits_are_told_apart() -> None:
    listed = [
        Multitrack(name, f"/{split}/{name}", (), split=split)
        for split, names in {"train": "ABC", "test": "A"}.items()
        for name in names
    ]
    folded = with_folds(listed, n_folds=2, seed=0, by="song")
    assert [song.name for song in folded] == ["train/A", "train/B", "train/C", "test/A"]
    assert Counter(song.fold for song in folded) == {1: 2, 2: 2}


def random_stimuli(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Stimuli of five songs in two folds, in no order, and activations of three features."""
    rng = np.random.default_rng(seed)
    rows = [(name, song, FOLD_OF[song]) for name in CLASSES for song in FOLD_OF]
    stimuli = pd.DataFrame(rows, columns=["class", "song", "fold"])
    return stimuli, rng.normal(size=(len(stimuli), 3)) + 1


def with_other_products(products: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """The same, with nonsense where the stimuli of two folds meet."""
    across = folds[:, None] != folds
    nonsense = np.random.default_rng(5).normal(0, 100, products.shape)
    return np.where(across, nonsense + nonsense.T, products)


def of_fold(stimuli: pd.DataFrame, fold: int) -> tuple[np.ndarray, pd.DataFrame]:
    own = (stimuli["fold"] == fold).to_numpy()
    return own, stimuli[own].drop(columns="fold").reset_index(drop=True)


def test_pairs_are_those_of_each_fold_by_itself() -> None:
    stimuli, values = random_stimuli()
    pairs = compare_pairs({"input": gram([values])}, stimuli)
    apart = []
    for fold in SONGS_OF_FOLDS:
        own, of_own = of_fold(stimuli, fold)
        apart.append(compare_pairs({"input": gram([values[own]])}, of_own))
    keys = ["class_a", "class_b", "song_a", "song_b"]
    # Divided by the largest of all pairs that are compared.
    compared = [name for name in MEASURES if name != "mse_layer_max"]
    pd.testing.assert_frame_equal(
        pairs.sort_values(keys, ignore_index=True)[[*keys, *compared]],
        pd.concat(apart).sort_values(keys, ignore_index=True)[[*keys, *compared]],
    )
    assert (pairs["song_a"].map(FOLD_OF) == pairs["song_b"].map(FOLD_OF)).all()


def hsic1(a: np.ndarray, b: np.ndarray) -> float:
    """The unbiased estimate as Song et al. write it (2012, equation 4)."""
    n = len(a)
    a, b = a - np.diag(np.diag(a)), b - np.diag(np.diag(b))
    one = np.ones(n)
    terms = (
        np.trace(a @ b)
        + (one @ a @ one) * (one @ b @ one) / ((n - 1) * (n - 2))
        - 2 / (n - 2) * (one @ a @ b @ one)
    )
    return terms / (n * (n - 3))


def test_cka_takes_the_ratio_of_mean_hsic_over_folds_and_ignores_products_across_them() -> None:
    stimuli, values = random_stimuli()
    others = values @ np.random.default_rng(1).normal(size=(3, 4)) + 0.3 * values[:, :1] ** 2
    folds = stimuli["fold"].to_numpy()
    a, b = (with_other_products(each @ each.T, folds) for each in (values, others))

    def expected(kept: np.ndarray) -> float:
        rows_of_folds = [np.flatnonzero(kept & (folds == fold)) for fold in SONGS_OF_FOLDS]
        hsic = []
        for rows in (rows for rows in rows_of_folds if len(rows) >= 4):
            # Of unit variance, since folds have networks of different scales.
            x, y = (each[rows] / np.sqrt(each[rows].var(axis=0).sum()) for each in (values, others))
            x, y = x @ x.T, y @ y.T
            hsic.append([hsic1(x, y), hsic1(x, x), hsic1(y, y)])
        of_both, of_first, of_second = np.mean(hsic, axis=0)
        return of_both / np.sqrt(of_first * of_second)

    everyone = np.ones(len(stimuli), bool)
    assert debiased_cka(a, b, folds) == pytest.approx(expected(everyone))
    names = stimuli["song"].to_numpy()
    found = cka_without_each_song([a], [b], names, folds)
    for song, value in zip(np.unique(names), found[:, 0, 0], strict=True):
        assert value == pytest.approx(expected(names != song))
    assert debiased_cka(a, b, np.zeros(len(a))) == debiased_cka(a, b)


def test_the_scale_of_a_folds_network_does_not_change_cka() -> None:
    stimuli, values = random_stimuli()
    folds = stimuli["fold"].to_numpy()
    scaled = np.where(folds[:, None] == 1, 10, 1) * values
    a, b = values @ values.T, scaled @ scaled.T
    assert debiased_cka(a, b, folds) == pytest.approx(1)
    constant = np.where(folds[:, None] == 1, 3.7, values)
    assert debiased_cka(a, constant @ constant.T, folds) < 1


def test_cka_leaves_out_folds_of_fewer_than_four_stimuli() -> None:
    a = gram([np.random.default_rng(0).normal(size=(10, 4))]).products
    b = gram([np.random.default_rng(1).normal(size=(10, 4))]).products
    folds = np.array([1] * 7 + [2] * 3)
    assert debiased_cka(a, b, folds) == pytest.approx(debiased_cka(a[:7, :7], b[:7, :7]))
    assert note_on_cka(a, b, np.arange(10) // 3) == "fewer than four stimuli"


@pytest.mark.parametrize("measure", [silhouette, distance_ratio])
def test_separability_is_the_mean_over_folds_weighed_by_their_songs(measure) -> None:
    stimuli, values = random_stimuli()
    folds = stimuli["fold"].to_numpy()
    apart = np.linalg.norm(values[:, None] - values, axis=2)
    noisy = np.abs(with_other_products(apart, folds))
    classes, names = stimuli["class"].to_numpy(), stimuli["song"].to_numpy()
    # In the second replicate fold 1 has one song, in the third no fold has two.
    weights = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 1, 2], [3, 0, 0, 0, 2.0]])
    found = mean_over_folds(measure, noisy, classes, names, folds, weights)
    of_folds = []
    for fold in SONGS_OF_FOLDS:
        own, of_own = of_fold(stimuli, fold)
        n_songs = of_own["song"].nunique()
        (value,) = measure(
            apart[np.ix_(own, own)],
            of_own["class"].to_numpy(),
            of_own["song"].to_numpy(),
            np.ones((1, n_songs)),
        )
        of_folds.append((value, n_songs))
    expected = sum(value * n for value, n in of_folds) / sum(n for _, n in of_folds)
    assert found[0] == pytest.approx(expected)
    own, of_own = of_fold(stimuli, 2)
    in_order = [np.flatnonzero(np.unique(names) == s)[0] for s in np.unique(names[own])]
    (alone,) = measure(apart[np.ix_(own, own)], classes[own], names[own], weights[1:2, in_order])
    assert found[1] == pytest.approx(alone)
    assert np.isnan(found[2])


def test_a_probe_is_fitted_within_each_fold() -> None:
    stimuli = pd.DataFrame(
        [
            (name, song, 0.0, row, FOLD_OF[song])
            for name in CLASSES
            for row, song in enumerate(FOLD_OF)
        ],
        columns=["class", "song", "start_s", "row", "fold"],
    )
    targets = mix_targets(len(CLASSES))
    mixes = probe_mixes(stimuli, CLASSES, targets)
    values = np.random.default_rng(0).normal(size=(len(mixes), 6))
    folds = mixes["fold"].to_numpy()
    products = with_other_products(values @ values.T, folds)
    found = probe_table({"input": products}, mixes, CLASSES, targets, n_folds=3, c=1.0)
    for fold in SONGS_OF_FOLDS:
        own, of_own = of_fold(mixes, fold)
        inside = {"input": values[own] @ values[own].T}
        pd.testing.assert_frame_equal(
            found[found["song"].map(FOLD_OF) == fold].reset_index(drop=True),
            probe_table(inside, of_own, CLASSES, targets, n_folds=3, c=1.0).reset_index(drop=True),
        )


@pytest.mark.parametrize("sizes", [[3] * 4, [2] * 5, [6] * 4])
def test_intervals_cover_the_mean_over_pairs_of_folds_that_differ(sizes: list[int]) -> None:
    # A pair is as alike as its songs, its fold's network and chance make it; the mean is 0.
    rng = np.random.default_rng(0)
    names = np.array([f"{number:02}" for number in range(sum(sizes))])
    folds = np.repeat(np.arange(len(sizes)), sizes)
    first, second = np.triu_indices(len(names), k=1)
    kept = folds[first] == folds[second]
    first, second = first[kept], second[kept]
    weights = draw_weights(len(names), n_replicates=300, seed=0)
    n_samples, n_covered = 200, 0
    columns = {"layer": "input", "depth": 0, "n_features": 9, "class_a": "a", "class_b": "a"}
    for _ in range(n_samples):
        of_song, of_fold = rng.normal(size=len(names)), rng.normal(0, 0.5, len(sizes))
        values = of_song[first] + of_song[second] + of_fold[folds[first]]
        values = values + rng.normal(0, 0.5, len(values))
        pairs = pd.DataFrame({"song_a": names[first], "song_b": names[second], **columns})
        pairs = pairs.assign(**dict.fromkeys(MEASURES, values))
        table, replicates = summarise(pairs, ["a"], names, weights)
        estimate = Estimate(table["mean"].to_numpy()[None], replicates, table["n_songs"].to_numpy())
        low, high = estimate.interval(0.95)
        n_covered += low[0] <= 0 <= high[0]
    assert n_covered >= 0.93 * n_samples


@pytest.fixture(scope="module")
def splits(tmp_path_factory) -> dict[str, list[str]]:
    """For each fold a training split of the other fold's songs and a test split of its own."""
    folder = tmp_path_factory.mktemp("folds")
    files: dict[str, list[str]] = {"train": [], "test": []}
    for fold, own in SONGS_OF_FOLDS.items():
        for split, listed in {"train": SONGS_OF_FOLDS[3 - fold], "test": own}.items():
            path = folder / f"fold{fold}" / f"{split}.h5"
            # The same spectrograms for the same songs.
            write_random_split(path, listed, seed=fold if split == "test" else 3 - fold)
            files[split].append(str(path))
    write_random_split(folder / "test.h5", {**SONGS_OF_FOLDS[1], **SONGS_OF_FOLDS[2]}, seed=7)
    files["all"] = [str(folder / "test.h5")]
    return files


@pytest.fixture
def stimuli(tmp_path: Path, splits: dict[str, list[str]]) -> pd.DataFrame:
    path = str(tmp_path / "stimuli.csv")
    (whole,) = splits["all"]
    select_stimuli({"test": whole}, path, selection="first", folds=splits["test"])
    return read_table(path)


def test_every_song_has_a_stimulus_per_class_and_its_fold(stimuli: pd.DataFrame) -> None:
    assert len(stimuli) == len(FOLD_OF) * len(CLASSES)
    assert stimuli["fold"].tolist() == stimuli["song"].map(FOLD_OF).tolist()


def test_a_fold_with_one_song_that_has_segments_is_refused(
    tmp_path: Path, splits: dict[str, list[str]]
) -> None:
    write_random_split(tmp_path / "one.h5", {"Ann": 1})
    with pytest.raises(
        InputError, match=r"^fold 2: has 1 songs with a segment \(Ann\), expected 2 "
    ):
        select_stimuli(
            {"test": splits["all"][0]},
            str(tmp_path / "stimuli.csv"),
            selection="first",
            folds=[splits["test"][1], str(tmp_path / "one.h5")],
        )


def test_each_stimulus_goes_through_the_network_of_its_fold(
    tmp_path: Path, splits: dict[str, list[str]], stimuli: pd.DataFrame
) -> None:
    networks = [random_network(seed) for seed in (1, 2)]
    (whole,) = splits["all"]
    path = tmp_path / "activations.h5"
    write_cnn_activations(path, networks, whole, stimuli, **AS_READ, sources=[])
    assert read_stimuli(path)["fold"].tolist() == stimuli["fold"].tolist()
    for fold, network in enumerate(networks, start=1):
        own = (stimuli["fold"] == fold).to_numpy()
        write_cnn_activations(tmp_path / f"{fold}.h5", [network], whole, stimuli[own], **AS_READ)
        for layer in ("input", "conv2", "output"):
            expected = read_layer(tmp_path / f"{fold}.h5", layer)
            np.testing.assert_allclose(read_layer(path, layer)[own], expected, rtol=1e-5, atol=1e-6)
    one = tmp_path / "one.h5"
    write_cnn_activations(one, networks[:1], whole, stimuli, **AS_READ)
    assert not np.allclose(read_layer(one, "output"), read_layer(path, "output"))


def test_gram_matrices_remember_the_fold(tmp_path: Path) -> None:
    stimuli, values = random_stimuli()
    write_grams(tmp_path / "grams.h5", {"input": gram([values])}, stimuli)
    grams, read = read_grams(tmp_path / "grams.h5")
    pd.testing.assert_frame_equal(read, stimuli, check_dtype=False)
    assert isinstance(grams["input"], Gram)


@pytest.mark.parametrize(
    ("named", "expected"), [([], ["Ann", "Zoë"]), (["Eva", "007"], ["Eva", "007"])]
)
def test_a_figure_shows_two_songs_of_one_fold(named: list[str], expected: list[str]) -> None:
    stimuli, _ = random_stimuli()
    rows = find_stimuli(stimuli.sort_values("song", ignore_index=True), CLASSES[1], named)
    assert stimuli.sort_values("song", ignore_index=True)["song"][rows].tolist() == expected


def test_a_figure_of_songs_of_two_folds_is_refused_before_the_first_job() -> None:
    listed = [Song(name, "test", name, name, {}, fold=fold) for name, fold in FOLD_OF.items()]
    config = {
        "corpus": {"split": {"folds": 2}},
        "training": {"holdout": "none"},
        "figures": {"songs": ["Ann", "Zoë"]},
    }
    check_named_songs(config, listed)
    config["figures"] = {"songs": ["Ann", "Eva"]}
    message = r"^config key figures\.songs: 'Ann' and 'Eva' are of the folds 1 and 2, which"
    with pytest.raises(InputError, match=message):
        check_named_songs(config, listed)


def test_scores_are_of_what_the_networks_of_all_folds_predict_together(
    tmp_path: Path, splits: dict[str, list[str]]
) -> None:
    checkpoints = []
    for fold in SONGS_OF_FOLDS:
        checkpoints.append(str(tmp_path / f"fold{fold}" / "checkpoint.pt"))
        save_checkpoint(checkpoints[-1], random_network(fold), CLASSES)
    performance, predictions = str(tmp_path / "performance.csv"), str(tmp_path / "predictions.csv")
    of_folds = {split: splits[split] for split in ("train", "test")}
    model = {"task": "instrument", "network": "small", "training": "trained", "seed": "0"}
    evaluate_model(checkpoints, of_folds, performance, predictions, model=model, n_threads=1)
    predicted = read_table(predictions)
    assert Counter(predicted.drop_duplicates(["song", "start_s"])["song"]) == {
        **SONGS_OF_FOLDS[1],
        **SONGS_OF_FOLDS[2],
    }
    table = read_table(performance)
    f1 = table[(table["split"] == "test") & (table["metric"] == "f1")].set_index("class")["value"]
    for name in CLASSES:
        own = predicted[predicted["class"] == name]
        assert f1[name] == pytest.approx(f1_score(own["target"], own["probability"] >= 0.5))
    evaluate_class_prior(of_folds, performance, predictions, task="instrument")
    prior = read_table(predictions)
    shares = {
        fold: np.concatenate(read_targets(path)).reshape(-1, len(CLASSES)).mean(axis=0)
        for fold, path in zip(SONGS_OF_FOLDS, splits["train"], strict=True)
    }
    for fold, share in shares.items():
        own = prior[prior["song"].map(FOLD_OF) == fold]
        by_class = own.groupby("class")["probability"].unique()
        assert [by_class[name].tolist() for name in CLASSES] == [[pytest.approx(s)] for s in share]


def test_the_table_of_trainings_has_a_row_per_fold(tmp_path: Path) -> None:
    history = pd.DataFrame(
        {name: [0.5, 0.6] for name in ("loss", "macro_f1", "saved_loss", "saved_macro_f1")}
    )
    paths = [tmp_path / f"instrument/paper/trained-seed3/fold{n}/history.csv" for n in (1, 2)]
    paths.append(tmp_path / "mood/paper/trained-seed3/history.csv")
    for path in paths:
        write_table(path, history)
    collect_training([str(path) for path in paths], str(tmp_path / "training.csv"))
    table = read_table(tmp_path / "training.csv")
    assert table["task"].tolist() == ["instrument", "instrument", "mood"]
    assert table["seed"].tolist() == [3, 3, 3]
    np.testing.assert_array_equal(table["fold"], [1, 2, np.nan])
