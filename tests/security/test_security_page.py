"""The page on security states the bounds of the code, and names tests that are there."""

import re
from pathlib import Path

import pytest
from stemlens import foreign_hdf5, yaml_file
from stemlens.activations import imported
from stemlens.corpora import archive, multitrack, signals
from stemlens.published import keras_weights

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
BOUNDS = {
    f"{signals.MAX_DURATION_S / 3600:g} h, 2³² samples in all channels": signals.MAX_VALUES
    == 2**32,
    f"{signals.MAX_CHANNELS} channels": True,
    f"{archive.MAX_RATIO} times its own size (64 MB": archive.SMALL_BYTES == 64 * 2**20,
    f"{archive.MAX_MEMBERS:,} files".replace(",", " "): True,
    f"{yaml_file.MAX_VALUES:,} values".replace(",", " "): True,
    f"{yaml_file.MAX_DEPTH} levels": True,
    f"{foreign_hdf5.DEFLATED} times its own size (weights: {keras_weights.MAX_RATIO} times; 64"
    " MB": (foreign_hdf5.SMALL_BYTES == 64 * 2**20),
    f"{foreign_hdf5.MAX_OBJECTS:,} objects".replace(",", " "): True,
    f"names of {foreign_hdf5.MAX_NAME_LENGTH} characters": True,
    "chunks of 1 GiB": foreign_hdf5.MAX_CHUNK_BYTES == 2**30,
    "1 GiB of a layer per stimulus": imported.MAX_STIMULUS_BYTES == 2**30,
    f"| {multitrack.MAX_NAME_LENGTH} characters": True,
}


@pytest.mark.parametrize("text", BOUNDS)
def test_a_bound_stands_on_the_page_as_in_the_code(text: str) -> None:
    assert text in PAGE
    assert BOUNDS[text]


def test_every_attack_names_tests_that_are_there() -> None:
    rows = PAGE.partition("## Attacks")[2].partition("\n\nNot tried")[0].strip().splitlines()[2:]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(test_\w+\.py)`", row.rpartition("|")[0].rpartition("|")[2])
        assert named
        assert all((ROOT / "tests/security" / name).exists() for name in named)


def test_every_test_of_an_attack_stands_on_the_page() -> None:
    files = {path.name for path in (ROOT / "tests/security").glob("test_*.py")}
    assert files - {"test_security_page.py", "test_licences.py"} <= {
        *re.findall(r"test_\w+\.py", PAGE)
    }
