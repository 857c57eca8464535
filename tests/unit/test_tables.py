from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from stemlens.tables import read_table, write_table


def test_empty_numbers_are_missing_and_seeds_stay_whole(tmp_path: Path) -> None:
    write_table(tmp_path / "table.csv", pd.DataFrame({"seed": ["", 3], "value": [np.nan, 0.5]}))
    read = read_table(tmp_path / "table.csv")
    assert read["seed"].isna().tolist() == [True, False]
    assert read["seed"][1] == 3
    assert read["value"].isna().tolist() == [True, False]
    write_table(tmp_path / "again.csv", read)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "table.csv").read_bytes()


@pytest.mark.parametrize(
    "column",
    [
        *(
            "song",
            "class",
            "task",
            "network",
            "training",
            "training_a",
            "training_b",
            "layer_a",
            "layer_b",
        ),
        *("id", "verdict", "variant", "claim", "note", "song_a", "song_b", "class_a", "class_b"),
    ],
)
def test_names_that_look_like_numbers_or_missing_values_stay_names(
    tmp_path: Path, column: str
) -> None:
    for names in (["007", "1e3"], ["1999", "None"], ["NA", "nan"]):
        table = pd.DataFrame({column: names, "value": [1.5, 2.0]})
        write_table(tmp_path / "table.csv", table)
        expected = table.astype({column: "str"})
        pd.testing.assert_frame_equal(read_table(tmp_path / "table.csv"), expected)


ODD_TEXT = [
    "\r",
    "a\rb",
    "a\nb",
    "a\r\nb",
    "\t",
    " x ",
    '"',
    '"q", x',
    "'",
    "a,b",
    "\x85",
    "\u2028",
    "#",
]


@pytest.mark.parametrize("text", ODD_TEXT, ids=ascii)
def test_a_name_with_any_sign_is_read_back_as_it_was(tmp_path: Path, text: str) -> None:
    table = pd.DataFrame(
        {"song": [text, "next"], "seed": [1, 2], "value": [0.5, np.nan], "kept": [True, False]}
    )
    write_table(tmp_path / "table.csv", table)
    expected = table.astype({"song": "str", "seed": "Int64"})
    pd.testing.assert_frame_equal(read_table(tmp_path / "table.csv"), expected)
