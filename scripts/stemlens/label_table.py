"""CSV tables that describe a corpus."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stemlens.errors import InputError
from stemlens.names import nfc

CELL = r'[ \t]*+(?:"(?:[^"\r\n]|"")*+"[ \t]*+|[^",\r\n]*+)'
ROW = re.compile(rf"{CELL}(?:,{CELL})*+(?:\r\n|\r|\n|\Z)")
"""A row that every CSV reader parses alike."""


@dataclass(frozen=True)
class LabelTable:
    """A table; blanks around cells and column names are stripped.

    Attributes
    ----------
    rows
        Column → cell in NFC, without empty rows.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def by_id(self, column: str) -> dict[str, dict[str, str]]:
        """Index the rows by a column, in the order of the file.

        Raises
        ------
        InputError
            If a value in `column` is empty or not unique.
        """
        rows: dict[str, dict[str, str]] = {}
        for row in self.rows:
            name = row[column]
            if not name:
                found = [*row.values()]
                raise InputError(f"{self.path}: the row {found} has no {column}; fill it in")
            if name in rows:
                raise InputError(
                    f"{self.path}: {column} {name} occurs twice; expected one row for each:"
                    " delete the other"
                )
            rows[name] = row
        return rows


def read_label_table(
    path: Path, columns: Iterable[str], *, expected: str, key: str = "mood.root"
) -> LabelTable:
    """Read a CSV file in UTF-8, with or without byte order mark.

    Parameters
    ----------
    expected
        What the config key should be, for messages.
    key
        The config key that led to the file.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column or has one twice, or a row is ambiguous: with
        fewer or more cells than the header, a line break within quotes, or quotes around only
        part of a cell.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{key}: {path} cannot be read ({error.strerror}); expected {expected}"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 ({error.reason}); save it as UTF-8") from error
    if "\0" in text:
        line = _line(text, text.index("\0"))
        raise InputError(
            f"{path}, line {line}: contains a NUL character; expected text:"
            " delete it or save the table again"
        )
    _check_quotes(text, path)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
        header = tuple(name.strip() for name in next(lines, []))
        rows = tuple(_rows(lines, header, path))
    except csv.Error as error:
        raise InputError(f"{path}: cannot be read as CSV ({error}); save it again") from error
    missing = [column for column in columns if column not in header]
    if missing:
        raise InputError(
            f"{path}: expected the column {' and '.join(missing)}, with commas between columns,"
            f" found {', '.join(header) or 'no header'}; {key} should be {expected}"
        )
    for column in header:
        if column and header.count(column) > 1:
            raise InputError(
                f"{path}: the column {column} occurs twice; expected it once: delete the other"
            )
    return LabelTable(path, header, rows)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _check_quotes(text: str, path: Path) -> None:
    position = 0
    while position < len(text):
        row = ROW.match(text, position)
        if row is None:
            found = text[position:].splitlines()[0]
            raise InputError(
                f"{path}, line {_line(text, position)}: ambiguous quotes: {found}; expected quotes"
                " around a whole cell, on one line, and quotes within a cell doubled"
            )
        position = row.end()


def _rows(
    lines: Iterable[list[str]], header: tuple[str, ...], path: Path
) -> Iterator[dict[str, str]]:
    for line in lines:
        cells = [nfc(cell.strip()) for cell in line]
        if any(cells[len(header) :]):
            raise InputError(
                f"{path}: the row {line} is longer than the header; expected quotes around text"
                " with a comma"
            )
        if any(cells):
            if len(cells) < len(header):
                raise InputError(
                    f"{path}: the row {line} is shorter than the header; expected"
                    f" {len(header)} cells with commas between them, empty ones too"
                )
            yield dict(zip(header, cells, strict=False))
