"""CSV tables: written whole or not at all; names are read back unchanged."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from stemlens.atomic import replacing
from stemlens.formulas import as_text, as_written
from stemlens.sources import demand_described
from stemlens.table_metadata import write_table_metadata

TEXT_COLUMNS = (
    "task",
    "network",
    "training",
    "training_a",
    "training_b",
    "id",
    "verdict",
    "variant",
    "split",
    "song",
    "song_a",
    "song_b",
    "artist",
    "piece",
    "file",
    "quadrant",
    "left_out",
    "class",
    "class_a",
    "class_b",
    "layer",
    "layer_a",
    "layer_b",
    "reference_layer",
    "measure",
    "compared_with",
    "time",
    "transformation",
    "unit",
    "job",
    "score",
    "concept",
    "label",
    "predicted_label",
    "mse_measure",
    "metric",
    "reason",
    "note",
    "claim",
)
"""Columns of names: a song called 1999 or None is no number and not missing."""


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table; only an empty field is missing, and `seed` may be.

    Raises
    ------
    InputError
        If it is not as it was written, see `stemlens.sources.demand_described`.
    """
    demand_described(path)
    types = {**dict.fromkeys(TEXT_COLUMNS, "str"), "seed": "Int64"}
    table = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""])
    return _with_text(table, as_written)


def write_table(
    path: str | Path, table: pd.DataFrame, *, sources: Sequence[str | Path] = ()
) -> None:
    """Write a table without its index, numbers to 10 significant digits.

    Text that a spreadsheet would take for a formula is marked, see `stemlens.formulas`.
    What is known of how it was made stands beside it, see `stemlens.table_metadata`.

    Parameters
    ----------
    sources
        Files that it is made from, to be checked by `stemlens.sources.demand_sources`.
    """
    table = _with_text(table, as_text)
    with replacing(path) as beside:
        table.to_csv(beside, index=False, float_format="%.10g", quoting=_quoting(table))
        kinds = {name: column.dtype.kind for name, column in table.items()}
        write_table_metadata(path, beside, kinds, sources)


def _with_text(table: pd.DataFrame, convert: Callable[[str], str]) -> pd.DataFrame:
    """Convert every text in a table."""
    for name in table.select_dtypes(exclude=["number", "bool"]):
        column = table[name]
        # Columns repeat few names.
        cells = {cell: convert(cell) for cell in column.unique() if isinstance(cell, str)}
        changed = {cell: other for cell, other in cells.items() if cell != other}
        if changed:
            table = table.assign(**{name: [changed.get(cell, cell) for cell in column]})
            table[name] = table[name].astype(column.dtype)
    return table


def _quoting(table: pd.DataFrame) -> int:
    # Readers end a row at a carriage return, which csv quotes only where all is quoted.
    cells = (cell for name in table.select_dtypes(exclude="number") for cell in table[name])
    returns = any(isinstance(cell, str) and "\r" in cell for cell in cells)
    return csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL
