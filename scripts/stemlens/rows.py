"""Small CSV tables without pandas, whose import takes longer than the job of a song."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from stemlens.atomic import replacing
from stemlens.formulas import as_text, as_written
from stemlens.sources import demand_described
from stemlens.table_metadata import write_table_metadata


def write_rows(path: str | Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows of the same columns, byte for byte as `stemlens.tables.write_table` would."""
    # csv quotes carriage returns, at which readers end a row, only if it quotes everything.
    returns = any("\r" in value for row in rows for value in row.values() if isinstance(value, str))
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(
            file, quoting=csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL, lineterminator="\n"
        )
        writer.writerow(rows[0])
        for row in rows:
            writer.writerow(map(_cell, row.values()))
        file.flush()
        write_table_metadata(path, beside, {name: _kind(rows, name) for name in rows[0]})


def _cell(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.10g}"
    return as_text(value) if isinstance(value, str) else value


def _kind(rows: Sequence[Mapping[str, object]], column: str) -> str:
    """NumPy's kind of what a column holds."""
    types = {type(row[column]) for row in rows}
    return {bool: "b", int: "i", float: "f"}.get(types.pop(), "U") if len(types) == 1 else "U"


def read_rows(path: str | Path) -> list[dict[str, str]]:
    """Read rows; every value is text.

    Raises
    ------
    InputError
        If the table is not as it was written, see `stemlens.sources.demand_described`.
    """
    demand_described(path)
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [{name: as_written(cell or "") for name, cell in row.items()} for row in rows]
