import h5py
import numpy as np
import pandas as pd
import pytest
from stemlens.activations.imported import import_activations
from stemlens.activations.store import layer_depths, read_layer, read_stimuli
from stemlens.errors import InputError
from stemlens.layers.pooling import PoolingRules

STIMULI = pd.DataFrame(
    {"class": ["bass", "bass", "drums"], "song": ["Zoë", "007", "Zoë"], "start_s": [0.0, 10, 0]}
)
RNG = np.random.default_rng(0)
LAYERS = {
    "z_first": RNG.normal(size=(3, 4, 5)),
    "b": RNG.integers(0, 9, (3, 7)),
    "a_last": RNG.normal(size=(3, 2)),
}


def write(path, layers=LAYERS, stimuli=STIMULI, order=("z_first", "b", "a_last")):
    """As someone would who has h5py and the table of stimuli."""
    with h5py.File(path, "w") as file:
        for name, values in layers.items():
            file[f"layers/{name}"] = values
        if order and "layers" in file:
            file["layers"].attrs["order"] = list(order)
        for column in ("class", "song"):
            if column in stimuli:
                file[f"stimuli/{column}"] = stimuli[column].tolist()
    return path


def imported(tmp_path, pooling=None, **content):
    source = write(tmp_path / "source.h5", **content)
    rules = PoolingRules.from_settings(pooling)
    import_activations(source, tmp_path / "activations.h5", STIMULI, pooling=rules)
    return tmp_path / "activations.h5"


def test_layers_are_taken_in_their_order_with_the_stimuli(tmp_path):
    path = imported(tmp_path)
    assert list(layer_depths(path)) == ["z_first", "b", "a_last"]
    for name, values in LAYERS.items():
        found = read_layer(path, name)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, values, rtol=1e-6)
    pd.testing.assert_frame_equal(read_stimuli(path), STIMULI, check_dtype=False)


def test_axes_are_averaged_as_the_config_says(tmp_path):
    path = imported(tmp_path, pooling="channel time -> channel")
    np.testing.assert_allclose(
        read_layer(path, "z_first"), LAYERS["z_first"].mean(axis=2), rtol=1e-6
    )
    np.testing.assert_allclose(read_layer(path, "b"), LAYERS["b"], rtol=1e-6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"layers": {}}, "has no group layers with datasets; found stimuli"),
        ({"order": ["b", "a_last"]}, "order of layers names b, a_last, the group holds"),
        ({"order": ["z_first", "b", "a_last", "x"]}, "order of layers names"),
        ({"stimuli": STIMULI[["class"]]}, "stimuli/song is missing"),
        ({"stimuli": STIMULI[:2]}, "holds 2 stimuli, expected 3: compute the activations"),
        (
            {"stimuli": STIMULI.iloc[[1, 0, 2]]},
            "stimulus 0 has the song '007', expected 'Zoë': keep the order",
        ),
        (
            {"layers": {**LAYERS, "b": np.zeros((2, 7))}},
            r"layers/b is float64 of the shape \(2, 7\); expected numbers of the shape \(3, …\)",
        ),
        (
            {"layers": {**LAYERS, "b": np.full((3, 2), np.nan)}},
            "layers/b, stimulus 0: 2 of 2 values are NaN",
        ),
        (
            {"layers": {**LAYERS, "b": np.array([[1, 2], [3, 4], [1e38, 1e39]])}},
            "layers/b, stimulus 2: 1 of 2 values are NaN or infinite",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_line_and_nothing_written(
    tmp_path, content, message
):
    with pytest.raises(InputError, match=message) as caught:
        imported(tmp_path, **content)
    assert str(caught.value).startswith(f"{tmp_path / 'source.h5'}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["source.h5"]


def test_activations_of_other_segments_are_refused_if_the_file_says_where_they_start(tmp_path):
    source = write(tmp_path / "source.h5")
    with h5py.File(source, "a") as file:
        file["stimuli/start_s"] = [0.0, 20.0, 0.0]
    with pytest.raises(InputError, match=r"stimuli/start_s is not that of the stimuli"):
        import_activations(source, tmp_path / "a.h5", STIMULI, pooling=PoolingRules())


def test_a_file_that_is_still_to_be_computed_is_missed_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r"none\.h5: found no such file; .*export_stimuli"):
        import_activations(tmp_path / "none.h5", tmp_path / "a.h5", STIMULI, pooling=PoolingRules())


def test_layers_with_slashes_are_refused(tmp_path):
    source = write(tmp_path / "source.h5", {"block/conv": np.ones((3, 2))}, order=None)
    with pytest.raises(InputError, match=r"layers/block is a group; .*without slashes"):
        import_activations(source, tmp_path / "a.h5", STIMULI, pooling=PoolingRules())


def test_what_is_no_hdf5_is_refused(tmp_path):
    (tmp_path / "source.h5").write_text("numbers", "utf-8")
    with pytest.raises(InputError, match=r"source\.h5: cannot be read as HDF5"):
        import_activations(
            tmp_path / "source.h5", tmp_path / "a.h5", STIMULI, pooling=PoolingRules()
        )
