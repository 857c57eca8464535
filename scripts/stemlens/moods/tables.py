"""Tables that come with a corpus, as CSV."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stemlens.errors import InputError
from stemlens.names import nfc


@dataclass(frozen=True)
class Table:
    """A table whose header and cells have no blanks around them.

    Attributes
    ----------
    path
        Its file.
    columns
        Names of all its columns.
    rows
        Column → cell in NFC, so that it can be compared, empty where the row ends early; rows
        without any text are left out.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def by_id(self, column: str) -> dict[str, dict[str, str]]:
        """Give each row under what stands in `column`, in the order of the file.

        Raises
        ------
        InputError
            If `column` is empty in a row, or two rows agree in it.
        """
        rows: dict[str, dict[str, str]] = {}
        for row in self.rows:
            name = row[column]
            if not name:
                found = [*row.values()]
                raise InputError(f"{self.path}: the row {found} has no {column}; fill it in")
            if name in rows:
                raise InputError(
                    f"{self.path}: {column} {name} stands there twice; expected one row for each:"
                    " delete one"
                )
            rows[name] = row
        return rows


def read_table(path: Path, columns: Iterable[str], *, expected: str) -> Table:
    """Read a CSV file in UTF-8, with or without byte order mark.

    Parameters
    ----------
    path
        The file.
    columns
        Columns that it needs to have; others may stand there as well.
    expected
        What ``mood.root`` should be, for messages.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column or has a row that is longer than its header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, skipinitialspace=True)
            header = tuple(name.strip() for name in next(lines, []))
            rows = tuple(_rows(lines, header, path))
    except OSError as error:
        raise InputError(
            f"mood.root: {path} cannot be read ({error.strerror}); expected {expected}"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 ({error.reason}); save it as UTF-8") from error
    except csv.Error as error:
        raise InputError(f"{path}: cannot be read as CSV ({error}); save it again") from error
    missing = [column for column in columns if header.count(column) != 1]
    if missing:
        raise InputError(
            f"{path}: expected the column {' and '.join(missing)} once, found"
            f" {', '.join(header) or 'no header'}; mood.root should be {expected}"
        )
    return Table(path, header, rows)


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
            cells += [""] * (len(header) - len(cells))
            yield dict(zip(header, cells, strict=False))
