"""A corpus described by a CSV file, with a row per audio file."""

from pathlib import Path

from stemlens.corpora.multitrack import Listing, ListingOptions, Multitrack, Stem
from stemlens.errors import InputError
from stemlens.given_paths import is_file
from stemlens.label_table import read_label_table
from stemlens.names import some
from stemlens.splits import SPLITS

COLUMNS = ("song", "class", "file")
OPTIONAL_COLUMNS = ("split", "artist")
EXPECTED = (
    "a CSV file with the columns song, class and file, and optionally split and artist"
    " (docs/stem_corpora.md)"
)


def list_stem_table(root: Path, options: ListingOptions) -> Listing:
    """List the songs of a table.

    Parameters
    ----------
    root
        The CSV file: ``song``, ``class`` (label of the stem), ``file`` (relative to the table's
        folder, or absolute), and optionally ``split`` and ``artist``.

    Raises
    ------
    InputError
        If a column is missing or unknown, a cell is empty or invalid, rows of one song disagree, or
        a file is missing.
    """
    table = read_label_table(root, COLUMNS, expected=EXPECTED, key="corpus.root")
    unknown = [name for name in table.columns if name not in (*COLUMNS, *OPTIONAL_COLUMNS, "")]
    if unknown:
        # A misspelt split would go unnoticed.
        raise InputError(
            f"{root}: found the column {some(unknown)}; expected {', '.join(COLUMNS)}, and"
            f" optionally {' and '.join(OPTIONAL_COLUMNS)}: rename or remove it"
        )
    rows_of: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in table.rows:
        for column in COLUMNS:
            if not row[column]:
                raise InputError(f"{root}: the row {[*row.values()]} has no {column}; fill it in")
        split = row.get("split", "")
        if split and split not in SPLITS:
            raise InputError(
                f"{root}, {row['file']}: found split {split!r}; expected {' or '.join(SPLITS)}"
            )
        rows_of.setdefault((split, row["song"]), []).append(row)
    splits = {split for split, _ in rows_of}
    if "" in splits and len(splits) > 1:
        unstated = next(song for split, song in rows_of if not split)
        raise InputError(
            f"{root}: some songs have a split and {unstated} has none; expected a split in all rows"
            " or in none: fill it in"
        )
    songs, broken = [], []
    for (split, name), rows in rows_of.items():
        try:
            songs.append(_song(root, split, name, rows))
        except InputError as error:
            if not options.skip_broken:
                raise
            broken.append(str(error))
    lines = [f"corpus.root: left out, since they are incomplete: {some(broken)}"] if broken else []
    return Listing(songs, lines)


def _song(root: Path, split: str, name: str, rows: list[dict[str, str]]) -> Multitrack:
    artists = {row.get("artist", "") for row in rows}
    if len(artists) > 1:
        raise InputError(
            f"{root}: the song {name} has the artists {some(sorted(artists))}; expected one in all"
            " of its rows"
        )
    stems = []
    for row in rows:
        path = root.parent / row["file"]
        if not is_file(path):
            raise InputError(
                f"{root}: {row['file']} of the song {name} is not there; expected a file relative"
                f" to {root.parent}, or an absolute path: correct it, or set"
                " corpus.broken_songs: skip"
            )
        stems.append(Stem(row["class"], row["file"], str(path), has_own_label=True))
    files = [stem.name for stem in stems]
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise InputError(
            f"{root}: {twice} is listed twice for the song {name}; expected one row per file"
        )
    return Multitrack(name, str(root.parent), tuple(stems), artists.pop(), split)
