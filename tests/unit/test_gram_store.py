"""Gram matrices on disk."""

import h5py
import numpy as np
import pandas as pd
import pytest
from stemlens.errors import InputError
from stemlens.hdf5_file import new_hdf5
from stemlens.similarity import gram_store
from stemlens.similarity.gram import gram
from stemlens.similarity.gram_store import ARRAYS, compute_grams, read_grams, write_grams

STIMULI = pd.DataFrame({"class": ["bass", "drums", "bass"], "song": ["Zoë", "b", "a"]})
RNG = np.random.default_rng(0)
LAYERS = {"z_input": RNG.normal(size=(3, 40)), "b": RNG.normal(size=(3, 2)), "a": np.ones((3, 5))}


@pytest.fixture
def activations(tmp_path):
    path, weights = tmp_path / "activations.h5", tmp_path / "weights.pt"
    weights.write_bytes(b"weights")
    with new_hdf5(path, sources=[weights]) as file:
        for depth, (name, values) in enumerate(LAYERS.items()):
            file[f"layers/{name}"] = values.astype(np.float32)
            file[f"layers/{name}"].attrs["depth"] = depth
    return path


@pytest.mark.parametrize("folds", [None, [0, 1, 0]])
def test_what_is_read_is_what_was_computed_in_the_order_of_depth(
    activations, tmp_path, folds, monkeypatch
):
    monkeypatch.setattr(gram_store, "MAX_BLOCK_VALUES", 9)
    grams = compute_grams(activations)
    stimuli = STIMULI if folds is None else STIMULI.assign(fold=folds)
    write_grams(tmp_path / "grams.h5", grams, stimuli, sources=[activations])
    found, read_stimuli = read_grams(tmp_path / "grams.h5")
    pd.testing.assert_frame_equal(read_stimuli, stimuli)
    assert list(found) == list(LAYERS)
    for name, values in LAYERS.items():
        expected = gram([values.astype(np.float32)])
        assert found[name].n_features == values.shape[1]
        for array in ARRAYS:
            of_file = getattr(found[name], array)
            np.testing.assert_allclose(of_file, getattr(expected, array), rtol=1e-12)
            assert of_file.dtype == getattr(expected, array).dtype
    with h5py.File(tmp_path / "grams.h5") as file:
        assert [file[f"layers/{name}"].attrs["depth"] for name in LAYERS] == [0, 1, 2]


def test_neither_activations_nor_products_of_other_weights_are_read(activations, tmp_path):
    path = tmp_path / "grams.h5"
    write_grams(path, compute_grams(activations), STIMULI, sources=[activations])
    (tmp_path / "weights.pt").write_bytes(b"others")
    with pytest.raises(InputError, match=r"activations\.h5: was made from another"):
        compute_grams(activations)
    with pytest.raises(InputError, match=r"activations\.h5: was made from another"):
        read_grams(path)
