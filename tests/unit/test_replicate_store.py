import numpy as np
import pandas as pd
import pytest
from stemlens.errors import InputError
from stemlens.similarity.replicate_store import read_replicates, write_replicates

TABLE = pd.DataFrame({"layer": ["input", "conv1"], "mean": [0.5, np.nan], "note": ["", "why"]})


def stored(path, replicates):
    write_replicates(path / "replicates.h5", TABLE, replicates)
    return read_replicates(path / "replicates.h5")


def test_table_and_replicates_come_back_as_they_were(tmp_path):
    replicates = np.random.default_rng(0).normal(size=(7, 2))
    replicates[2, 1] = np.nan
    replicates[3, 0] = 0
    table, found = stored(tmp_path, replicates)
    pd.testing.assert_frame_equal(table, TABLE)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, replicates, rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-300, 1e-44, 1e-39, 1e39, 1e300])
def test_what_float32_cannot_hold_is_kept_as_it_is(tmp_path, scale):
    replicates = scale * np.random.default_rng(0).uniform(1, 2, (7, 2))
    _, found = stored(tmp_path, replicates)
    assert np.array_equal(found, replicates)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([float(np.finfo(np.float32).smallest_normal), 1], np.float32),
        ([1, float(np.finfo(np.float32).max)], np.float32),
        ([1e-39, 1], np.float64),
        ([1, 1e39], np.float64),
        ([1e-39, 0], np.float64),
    ],
)
def test_the_smallest_and_the_largest_number_decide_on_the_type(tmp_path, values, dtype):
    _, found = stored(tmp_path, np.array([values]))
    assert found.dtype == dtype


def test_replicates_of_other_sources_are_not_read(tmp_path):
    source, path = tmp_path / "source.csv", tmp_path / "replicates.h5"
    source.write_text("a")
    write_replicates(path, TABLE, np.zeros((7, 2)), sources=[source])
    source.write_text("b")
    with pytest.raises(InputError, match=r"replicates\.h5: was made from another"):
        read_replicates(path)


def test_replicates_without_a_value_are_kept(tmp_path):
    assert np.isnan(stored(tmp_path, np.full((7, 2), np.nan))[1]).all()
