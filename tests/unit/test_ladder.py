"""The ladder: CKA with the studied network, and all that is known by relative depth."""

import numpy as np
import pandas as pd
import pytest
from collect_ladder import main as collect_ladder
from collect_probes import main as collect_probes
from stemlens.figures.ladder import plot_ladder
from stemlens.figures.style import save_figure
from stemlens.representations.cka import debiased_cka
from stemlens.representations.ladder import cka_with_reference, ladder
from stemlens.similarity.gram import gram
from stemlens.similarity.gram_store import write_grams
from stemlens.tables import read_table, write_table

MODEL = ("other", "own", "trained")


def grams(*layers):
    return {f"layer{n}": gram([values]) for n, values in enumerate(layers)}


def compare(reference, layers, songs, confidence=0.95):
    return cka_with_reference(
        grams(*reference), {MODEL: [grams(*layers)]}, songs, confidence=confidence
    )


def test_every_layer_is_compared_with_every_layer_of_the_reference():
    rng = np.random.default_rng(0)
    a, b, c = (rng.normal(size=(12, n)) for n in (5, 7, 3))
    table = compare([a, b], [a, c], np.tile(np.arange(6), 2))
    found = table.set_index(["layer", "reference_layer"])["value"]
    for layer, values in (("layer0", a), ("layer1", c)):
        for reference_layer, others in (("layer0", a), ("layer1", b)):
            expected = debiased_cka(values @ values.T, others @ others.T)
            assert found[layer, reference_layer] == pytest.approx(expected)
    assert found["layer0", "layer0"] == pytest.approx(1)
    assert (table["n_songs"] == 6).all()


@pytest.mark.parametrize("n_songs", [13, 47])
def test_intervals_cover_the_cka_of_all_songs(n_songs):
    """Of Gaussian features, linear CKA is ‖Σ_ab‖² ÷ (‖Σ_aa‖ ‖Σ_bb‖) in the population."""
    rng = np.random.default_rng(n_songs)
    map_a, map_b = rng.normal(size=(2, 6, 8))
    norms = np.linalg.norm(map_a.T @ map_a), np.linalg.norm(map_b.T @ map_b)
    truth = np.linalg.norm(map_a.T @ map_b) ** 2 / np.prod(norms)
    hits = []
    for _ in range(120):
        # Two stimuli of a song share half of what they are.
        song = rng.normal(size=(n_songs, 6)).repeat(2, axis=0)
        latent = (song + rng.normal(size=(2 * n_songs, 6))) / np.sqrt(2)
        songs = np.arange(n_songs).repeat(2)
        row = compare([latent @ map_a], [latent @ map_b], songs).iloc[0]
        hits.append(row["ci_low"] <= truth <= row["ci_high"])
    assert 0.9 <= np.mean(hits) <= 0.99


def test_few_songs_have_no_interval():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(8, 3))
    table = compare([values], [values], np.tile(np.arange(4), 2))
    assert table["value"].iloc[0] == pytest.approx(1)
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)


def test_a_layer_that_tells_nothing_apart_has_no_cka_and_a_note():
    rng = np.random.default_rng(0)
    table = compare([rng.normal(size=(12, 3))], [np.ones((12, 2))], np.tile(np.arange(6), 2))
    row = table.iloc[0]
    assert np.isnan(row[["value", "ci_low", "ci_high"]].to_numpy(float)).all()
    assert "equal" in row["note"]


@pytest.fixture
def table():
    """Two networks, one with a twin; a control that the ladder leaves out."""
    rows = []
    for task, network, training, n_layers in [
        ("instrument", "paper", "trained", 3),
        ("instrument", "paper", "untrained", 3),
        ("instrument", "paper", "shuffled", 3),
        ("other", "own", "trained", 5),
    ]:
        for depth in range(n_layers):
            model = {"task": task, "network": network, "training": training}
            layer = {"layer": f"layer{depth}", "depth": depth, "n_songs": 9, "n_seeds": 1}
            values = {"ci_low": depth - 1, "ci_high": depth + 1, "note": ""}
            rows += [
                {**model, **layer, **values, "class": name, "measure": measure}
                | {"contrast": depth / 10, "balanced_accuracy": 0.5 + depth / 10}
                for name in ("bass", "drums")
                for measure in ("pearson", "cosine", "mse")
            ]
    contrast = pd.DataFrame(rows)
    probe = contrast[contrast["measure"] == "pearson"].drop(columns="measure")
    rng = np.random.default_rng(0)
    songs = np.tile(np.arange(6), 2)
    cka = cka_with_reference(
        grams(*rng.normal(size=(3, 12, 4))),
        {
            ("instrument", "paper", "trained"): [grams(*rng.normal(size=(3, 12, 4)))],
            ("other", "own", "trained"): [grams(*rng.normal(size=(5, 12, 4)))],
        },
        songs,
        confidence=0.95,
    )
    return ladder(contrast, probe, cka)


def test_layers_have_a_relative_depth_from_0_at_the_input_to_1_at_the_end(table):
    own = table[table["network"] == "own"].drop_duplicates("layer")
    assert list(own["relative_depth"]) == [0, 0.25, 0.5, 0.75, 1]
    paper = table[table["network"] == "paper"].drop_duplicates(["training", "layer"])
    assert list(paper["relative_depth"]) == [0, 0.5, 1] * 2


def test_contrasts_probes_and_cka_of_networks_and_twins_stand_in_one_table(table):
    assert set(table["training"]) == {"trained", "untrained"}
    assert set(table["measure"]) == {
        *("pearson_contrast", "cosine_contrast", "balanced_accuracy", "cka")
    }
    at_end = table[(table["network"] == "own") & (table["relative_depth"] == 1)]
    by_measure = at_end[at_end["class"] == "bass"].set_index("measure")["value"]
    assert by_measure["cosine_contrast"] == pytest.approx(0.4)
    assert by_measure["balanced_accuracy"] == pytest.approx(0.9)
    assert (table["reference_layer"].notna() == (table["measure"] == "cka")).all()


def test_the_figure_shows_a_panel_per_class_and_measure_and_a_map_per_network(table, tmp_path):
    figure = plot_ladder(table, ["bass", "drums"], "paper")
    titles = [axis.get_title(loc="left") for axis in figure.axes]
    assert titles.count("bass") == titles.count("drums") == 1
    assert {"paper", "own"} <= set(titles)
    (bass,) = [axis for axis in figure.axes if axis.get_title(loc="left") == "bass"]
    curves = [line for line in bass.lines if len(line.get_xdata()) in (3, 5)]
    assert sorted(len(line.get_xdata()) for line in curves) == [3, 3, 5]
    save_figure(figure, [tmp_path / "ladder.png"])


def test_of_several_trainings_the_studied_one_is_compared_with_the_others_alone(tmp_path):
    rng = np.random.default_rng(0)
    stimuli = pd.DataFrame({"class": ["a", "b"] * 6, "song": list("abcdef") * 2})
    values = rng.normal(size=(3, 12, 4))
    paths = []
    for seed, of_seed in enumerate(values):
        path = tmp_path / f"instrument/paper/trained-seed{seed}.h5"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_grams(path, grams(of_seed), stimuli)
        paths.append(str(path))
    row = {"task": "other", "network": "own", "training": "trained", "layer": "a", "depth": 0}
    known = pd.DataFrame([{**row, "class": "a"}])
    write_table(tmp_path / "contrast.csv", known.assign(measure="pearson", contrast=0.5))
    write_table(tmp_path / "probe.csv", known.assign(balanced_accuracy=0.5))
    table = str(tmp_path / "ladder.csv")
    tables = str(tmp_path / "contrast.csv"), str(tmp_path / "probe.csv")
    collect_ladder(*tables, paths[0], paths, table, confidence=0.95)
    first, *others = (each @ each.T for each in values)
    expected = np.mean([debiased_cka(first, other) for other in others])
    found = read_table(table).query("measure == 'cka'")
    assert found["value"].tolist() == pytest.approx([expected])


def test_networks_that_cannot_be_probed_have_contrasts_and_cka(tmp_path):
    """As those whose activations come from elsewhere, where the run has no others."""
    rng = np.random.default_rng(0)
    path = tmp_path / "other/own/trained-seed0.h5"
    path.parent.mkdir(parents=True)
    stimuli = pd.DataFrame({"class": ["a", "b"] * 6, "song": list("abcdef") * 2})
    write_grams(path, grams(rng.normal(size=(12, 4))), stimuli)
    row = {"task": "other", "network": "own", "training": "trained", "layer": "a", "depth": 0}
    contrast = pd.DataFrame([{**row, "class": "a", "measure": "pearson", "contrast": 0.5}])
    write_table(tmp_path / "contrast.csv", contrast)
    collect_probes([], str(tmp_path / "probe.csv"), n_replicates=10, seed=0, confidence=0.95)
    files = (tmp_path / "contrast.csv", tmp_path / "probe.csv", path)
    table = str(tmp_path / "ladder.csv")
    collect_ladder(*map(str, files), [str(path)], table, confidence=0.95)
    assert set(read_table(table)["measure"]) == {"pearson_contrast", "cka"}
