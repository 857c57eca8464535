"""Items through models: what the file holds against NumPy, and against the layers themselves."""

import h5py
import numpy as np
import pytest
import torch
from stemlens.errors import InputError
from stemlens.keeps import comparison
from stemlens.keeps.comparison import (
    AVERAGED,
    KEPT,
    ItemSet,
    read_comparison,
    write_comparison,
)
from stemlens.keeps.item_inputs import input_batches, read_items, write_inputs
from stemlens.similarity.cross_gram import cross_gram
from transformed_sets import item_table

SONGS = ["Zoë", "007", "Ann", "Bea"]
CONDITIONS = [("gain", -6.0), ("noise", 20.0)]
AXES = {"a_late": "channel band time", "Z": "window feature", "embedding": "feature", "odd": None}


class SomeLayers:
    """Layers whose names are not sorted by depth, with several kinds of axes."""

    stimuli_at_once = 5

    def read(self, inputs):
        return {
            "z_input": inputs,
            "odd": inputs[:, :2] ** 2,
            "a_late": torch.stack([inputs, inputs.abs(), -inputs], dim=1).relu(),
            "Z": inputs[:, :3, :4].sin(),
            "embedding": inputs.mean(dim=(1, 2))[:, None] * torch.arange(1, 4),
        }

    def attributes(self, layer):
        axes = {"z_input": "band time", **AXES}[layer]
        return {"axes": axes} if axes else {}


@pytest.fixture
def inputs():
    rng = np.random.default_rng(0)
    items = item_table(SONGS, CONDITIONS)
    return items, rng.normal(size=(len(items), 5, 7)).astype(np.float32)


@pytest.fixture
def compared(tmp_path, inputs):
    return write(tmp_path, inputs)


def write(folder, inputs, n_references=4, reader=None):
    items, values = inputs
    write_inputs(folder / "a.h5", values[:7], items[:7])
    write_inputs(folder / "b.h5", values[7:], items[7:])
    read = read_items([folder / "a.h5", folder / "b.h5"])
    sets = [(ItemSet(read, n_references), reader or SomeLayers())] * 2
    write_comparison(folder / "c.h5", sets, device=torch.device("cpu"), remedy="check")
    return list(read_comparison(folder / "c.h5"))


def vectors_of(layer, values):
    return SomeLayers().read(torch.from_numpy(values))[layer].numpy().astype(np.float64)


def test_every_set_is_there_with_its_items_and_references(compared, inputs):
    items, _ = inputs
    assert len(compared) == 2
    for one in compared:
        assert one.items.to_dict("list") == items.to_dict("list")
        assert one.n_references == 4


def test_layers_are_in_order_of_depth(compared):
    assert list(compared[0].grams[KEPT]) == ["z_input", "odd", "a_late", "Z", "embedding"]
    assert list(compared[0].grams[AVERAGED]) == ["z_input", "a_late", "Z", "embedding"]


@pytest.mark.parametrize("layer", ["z_input", "odd", "a_late", "Z", "embedding"])
def test_products_are_those_of_the_flattened_layer(compared, inputs, layer):
    flat = vectors_of(layer, inputs[1]).reshape(12, -1)
    found = compared[0].grams[KEPT][layer]
    np.testing.assert_allclose(found.products, flat @ flat[:4].T, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.norms, (flat**2).sum(axis=1), rtol=1e-6)
    assert found.n_features == flat.shape[1]
    if flat.shape[1] > 3:
        expected = np.corrcoef(flat)[:, :4]
        np.testing.assert_allclose(found.compared("pearson"), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "axes"), [("z_input", (2,)), ("a_late", (3,)), ("Z", (1,)), ("embedding", ())]
)
def test_the_mean_is_over_axes_of_time_and_windows_alone(compared, inputs, layer, axes):
    means = vectors_of(layer, inputs[1])
    means = (means.mean(axis=axes) if axes else means).reshape(12, -1)
    found = compared[0].grams[AVERAGED][layer]
    np.testing.assert_allclose(found.products, means @ means[:4].T, rtol=1e-5, atol=1e-6)
    assert found.n_features == means.shape[1]


def test_a_layer_whose_axes_are_unknown_is_not_averaged(compared):
    assert "odd" in compared[0].grams[KEPT]
    assert "odd" not in compared[0].grams[AVERAGED]


def test_blocks_of_little_memory_give_the_same(compared, inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(comparison, "MAX_BLOCK_VALUES", 40)
    (tmp_path / "again").mkdir()
    again = write(tmp_path / "again", inputs)
    for time, layers in compared[0].grams.items():
        for layer, gram in layers.items():
            for name in comparison.ARRAYS:
                found = getattr(again[0].grams[time][layer], name)
                np.testing.assert_allclose(found, getattr(gram, name), rtol=1e-6, atol=1e-9)


def test_items_that_are_all_references_have_a_whole_gram_matrix(inputs, tmp_path):
    one, _ = write(tmp_path, inputs, n_references=12)
    flat = inputs[1].reshape(12, -1).astype(np.float64)
    expected = cross_gram([flat], 12).references
    np.testing.assert_allclose(one.grams[KEPT]["z_input"].products, expected.products, rtol=1e-9)


def test_an_activation_that_is_not_finite_is_an_error_and_leaves_no_file(inputs, tmp_path):
    class Broken(SomeLayers):
        def read(self, inputs):
            return {"z_input": inputs / 0}

    with pytest.raises(InputError, match="z_input"):
        write(tmp_path, inputs, reader=Broken())
    assert not (tmp_path / "c.h5").exists()


def test_inputs_come_back_in_the_order_that_is_asked_for(inputs, tmp_path):
    items, values = inputs
    write_inputs(tmp_path / "a.h5", values[:7], items[:7])
    write_inputs(tmp_path / "b.h5", values[7:], items[7:])
    read = read_items([tmp_path / "a.h5", tmp_path / "b.h5"])
    order = np.random.default_rng(0).permutation(len(items))
    chosen = read.iloc[order]
    assert chosen["song"].tolist() == items["song"].iloc[order].tolist()
    for batch_size in (1, 5, 12, 50):
        batches = list(input_batches(chosen, batch_size=batch_size))
        assert [len(batch) for batch in batches[:-1]] == [batch_size] * (len(batches) - 1)
        assert np.array_equal(np.concatenate(batches), values[order])


def test_a_song_without_a_segment_has_no_items(inputs, tmp_path):
    items, values = inputs
    write_inputs(tmp_path / "none.h5", values[:0], items[:0])
    write_inputs(tmp_path / "some.h5", values, items)
    read = read_items([tmp_path / "none.h5", tmp_path / "some.h5"])
    assert read.drop(columns=["path", "row"]).to_dict("list") == items.to_dict("list")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_input_that_is_not_finite_is_an_error(inputs, tmp_path, value):
    items, values = inputs
    values[3, 2, 1] = value
    with pytest.raises(InputError, match="inputs"):
        write_inputs(tmp_path / "a.h5", values, items)


def test_inputs_that_were_deleted_are_asked_for(inputs, tmp_path):
    items, values = inputs
    write_inputs(tmp_path / "a.h5", values, items)
    read = read_items([tmp_path / "a.h5"])
    (tmp_path / "a.h5").unlink()
    with pytest.raises(InputError, match="run the workflow again"):
        next(input_batches(read, batch_size=2))


def test_numbers_and_names_are_read_back_as_they_were(inputs, tmp_path):
    items, values = inputs
    write_inputs(tmp_path / "a.h5", values, items.assign(fold=2, level_db=-0.1))
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["input"].dtype == np.float32
    read = read_items([tmp_path / "a.h5"])
    assert read["song"].tolist() == items["song"].tolist()
    assert read["fold"].dtype.kind == "i"
    assert (read["level_db"] == -0.1).all()
