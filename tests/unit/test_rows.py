from pathlib import Path

import pandas as pd
import pytest
from stemlens.rows import read_rows, write_rows
from stemlens.tables import write_table

ROWS = [
    {"song": "Ä, <b>", "segment": 0, "start_s": 0.0, "active_s_drums": 9.984580, "kept": True},
    {"song": '"q"', "segment": 1, "start_s": 1 / 3, "active_s_drums": 1e-7, "kept": False},
    {"song": "two\nlines", "segment": 2, "start_s": 20.0, "active_s_drums": 1e12, "kept": False},
    {"song": "", "segment": 3, "start_s": 30.0, "active_s_drums": 123456.78901, "kept": True},
]
UNREAD = [{"song": "1999", "segment": None, "start_s": None, "kept": False, "reason": "damaged"}]


@pytest.mark.parametrize("song", ["plain", "a\rb", "a\r\nb", " x ", "\x85", "#"], ids=ascii)
@pytest.mark.parametrize("rows", [ROWS, UNREAD], ids=["read", "unread"])
def test_rows_are_written_as_pandas_writes_them(
    tmp_path: Path, rows: list[dict[str, object]], song: str
) -> None:
    rows = [*rows, {**rows[0], "song": song}]
    write_rows(tmp_path / "rows.csv", rows)
    write_table(tmp_path / "table.csv", pd.DataFrame(rows))
    assert (tmp_path / "rows.csv").read_bytes() == (tmp_path / "table.csv").read_bytes()
    assert [row["song"] for row in read_rows(tmp_path / "rows.csv")] == [r["song"] for r in rows]
