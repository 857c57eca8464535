"""A model in the explorer: similarity of every two stimuli, and feature maps."""

import base64
import io
import json
from itertools import pairwise

import h5py
import numpy as np
import pandas as pd
import pytest
from encode_model import main as encode_model
from PIL import Image
from stemlens.activations.store import write_stimuli
from stemlens.errors import InputError
from stemlens.explorer.encoding import UNDEFINED
from stemlens.explorer.model import _averaged, encode_maps, encode_pairs
from stemlens.explorer.stimuli import shown_stimuli
from stemlens.tables import write_table

STIMULI = pd.DataFrame(
    {"class": ["drums", "drums", "bass", "bass"], "song": ["A", "B", "A", "B"], "start_s": 0.0}
)


def numbers(encoded):
    data = np.frombuffer(base64.b64decode(encoded["values"]), np.uint8).reshape(-1, 3)
    steps = data @ np.array([1, 2**8, 2**16], float)
    values = encoded["low"] + (encoded["high"] - encoded["low"]) * steps / (2**24 - 2)
    return np.where(steps == UNDEFINED, np.nan, values)


def pairs_table():
    columns = ["layer", "class_a", "song_a", "class_b", "song_b", "pearson", "mse"]
    rows = [
        ("conv1", "drums", "A", "drums", "B", 0.1, 10.0),
        ("conv1", "drums", "A", "bass", "B", 0.2, 20.0),
        # Named the other way round, and between the others.
        ("conv1", "bass", "A", "drums", "B", 0.3, 30.0),
        ("conv1", "bass", "A", "bass", "B", np.nan, 40.0),
        ("fc", "drums", "A", "drums", "B", -0.5, 5.0),
        ("fc", "drums", "A", "bass", "B", 0.0, 6.0),
        ("fc", "drums", "B", "bass", "A", 0.5, 7.0),
        ("fc", "bass", "A", "bass", "B", 1.0, 8.0),
    ]
    return pd.DataFrame(rows, columns=columns)


def test_pairs_stand_in_the_order_of_stimuli_and_those_of_one_song_have_no_value():
    encoded = encode_pairs(pairs_table(), STIMULI, ["pearson", "mse"])
    assert {measure: list(layers) for measure, layers in encoded.items()} == {
        "pearson": ["conv1", "fc"],
        "mse": ["conv1", "fc"],
    }
    # Pairs of stimuli 0-1, 0-2 (song A), 0-3, 1-2, 1-3 (song B), 2-3.
    nan = np.nan
    for measure, layer, expected in (
        ("pearson", "conv1", [0.1, nan, 0.2, 0.3, nan, nan]),
        ("mse", "conv1", [10, nan, 20, 30, nan, 40]),
        ("pearson", "fc", [-0.5, nan, 0, 0.5, nan, 1]),
        ("mse", "fc", [5, nan, 6, 7, nan, 8]),
    ):
        found = numbers(encoded[measure][layer])
        np.testing.assert_allclose(found, expected, atol=30 / 2**24)


def test_only_the_measures_that_are_asked_for_are_held():
    assert list(encode_pairs(pairs_table(), STIMULI, ["mse"])) == ["mse"]


@pytest.fixture
def activations(tmp_path):
    """A file with maps of two kinds, a layer of single values and one of units."""
    rng = np.random.default_rng(0)
    path = tmp_path / "activations.h5"
    layers = {
        "input": ((1, 10, 21), (1, 1)),
        "conv1": ((5, 5, 6), (2, 3)),
        "own": ((2, 3, 4), None),
        "pooled": ((6, 1, 1), (10, 21)),
        "fc": ((7,), None),
    }
    with h5py.File(path, "w") as file:
        write_stimuli(file, STIMULI)
        for depth, (name, (shape, stride)) in enumerate(layers.items()):
            data = rng.normal(size=(len(STIMULI), *shape)).astype(np.float32)
            file[f"layers/{name}"] = data
            file[f"layers/{name}"].attrs["depth"] = depth
            if stride:
                file[f"layers/{name}"].attrs["stride"] = stride
    return path


def test_layers_that_are_no_maps_are_left_out(activations):
    assert list(encode_maps(activations, range(len(STIMULI)), n_filters=8)) == ["conv1", "own"]


def test_maps_cover_what_their_strides_say_and_nothing_is_said_where_these_are_unknown(activations):
    encoded = encode_maps(activations, range(len(STIMULI)), n_filters=8)
    assert encoded["conv1"]["covers"] == [1, 18 / 21]
    assert encoded["own"]["covers"] is None


@pytest.mark.parametrize(("n_filters", "expected"), [(1, [1, 1]), (3, [3, 2]), (8, [5, 2])])
def test_no_more_filters_are_held_than_asked_for(activations, n_filters, expected):
    encoded = encode_maps(activations, range(len(STIMULI)), n_filters=n_filters)
    assert [layer["filters"] for layer in encoded.values()] == expected
    assert [len(layer["low"]) for layer in encoded.values()] == expected
    assert [len(layer["high"]) for layer in encoded.values()] == expected


def test_maps_come_back_from_their_pictures(activations):
    encoded = encode_maps(activations, range(len(STIMULI)), n_filters=3)["conv1"]
    assert (encoded["filters"], encoded["bands"], encoded["frames"]) == (3, 5, 6)
    with h5py.File(activations) as file:
        maps = file["layers/conv1"][:, :3]
    # Black and white are those of a filter over all stimuli.
    assert encoded["low"] == maps.min(axis=(0, 2, 3)).tolist()
    assert encoded["high"] == maps.max(axis=(0, 2, 3)).tolist()
    low, high = (np.array(encoded[end])[:, None, None] for end in ("low", "high"))
    assert len(encoded["images"]) == len(STIMULI)
    for image, expected in zip(encoded["images"], maps, strict=True):
        with Image.open(io.BytesIO(base64.b64decode(image))) as picture:
            pixels = np.asarray(picture.convert("L"), float).reshape(3, 5, 6)[:, ::-1]
        back = low + (high - low) * pixels / 255
        assert (np.abs(back - expected) <= 1.01 * (high - low) / 255).all()


def test_large_maps_are_averaged_down_to_what_a_screen_shows():
    maps = np.arange(2 * 1000, dtype=float).reshape(1, 1, 2, 1000)
    averaged = _averaged(maps, 3, 300)
    assert averaged.shape == (1, 1, 2, 300)
    ends = [*np.linspace(0, 1000, 300, endpoint=False).astype(int), 1000]
    for number, (first, last) in enumerate(pairwise(ends)):
        expected = maps[..., first:last].mean(axis=3)
        np.testing.assert_allclose(averaged[..., number], expected)
    assert _averaged(maps, 3, 1000) is maps


def test_maps_with_frames_before_bands_are_turned(activations):
    before = encode_maps(activations, [0], n_filters=1)["own"]
    with h5py.File(activations, "a") as file:
        file["layers/own"].attrs["axes"] = "channel time band"
    turned = encode_maps(activations, [0], n_filters=1)["own"]
    assert (turned["bands"], turned["frames"]) == (before["frames"], before["bands"])


def test_the_first_songs_are_shown_and_only_their_stimuli_held(activations):
    assert list(shown_stimuli(STIMULI, n_songs=1).index) == [0, 2]
    assert shown_stimuli(STIMULI, n_songs=2).equals(STIMULI)
    images = encode_maps(activations, [0, 2], n_filters=8)["conv1"]["images"]
    of_all = encode_maps(activations, range(len(STIMULI)), n_filters=8)["conv1"]
    assert len(images) == 2
    assert len(of_all["images"]) == len(STIMULI)
    # Those of a song that is left out are in no pair.
    assert encode_pairs(pairs_table(), shown_stimuli(STIMULI, n_songs=1), ["mse"]) == {"mse": {}}


def encode(activations, tmp_path, stimuli):
    write_table(tmp_path / "pairs.csv", pairs_table())
    write_table(tmp_path / "stimuli.csv", stimuli)
    files = (activations, tmp_path / "pairs.csv", tmp_path / "stimuli.csv", tmp_path / "model.json")
    encode_model(*map(str, files), measures=["pearson"], n_filters=2, n_songs=50)
    return json.loads(files[-1].read_text("utf-8"))


def test_the_script_lists_layers_pairs_and_maps(activations, tmp_path):
    encoded = encode(activations, tmp_path, STIMULI)
    assert encoded.keys() == {"layers", "pairs", "maps"}
    layers = {layer["layer"]: layer["shape"] for layer in encoded["layers"]}
    assert layers == {
        "input": [1, 10, 21],
        "conv1": [5, 5, 6],
        "own": [2, 3, 4],
        "pooled": [6, 1, 1],
        "fc": [7],
    }


@pytest.mark.parametrize(
    "other", [STIMULI[::-1], STIMULI[:3], STIMULI.assign(song=["A", "B", "A", "C"])]
)
def test_activations_of_other_stimuli_are_refused(activations, tmp_path, other):
    with pytest.raises(InputError, match=r"activations\.h5: its stimuli are not those of"):
        encode(activations, tmp_path, other)
    assert not (tmp_path / "model.json").exists()
