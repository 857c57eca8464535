"""Metadata of tables, beside them: a CSV file has no place for them.

``<table>.csv-metadata.json`` is what W3C's CSV on the Web looks for: the columns with their types,
and how the table was made, as text in JSON (`stemlens.sources.provenance_text`).
https://www.w3.org/TR/tabular-metadata/
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from stemlens.atomic import replacing
from stemlens.sources import CSVW_PROPERTY, identity, metadata_path, provenance_text

DATATYPES = {
    "b": {"base": "boolean", "format": "True|False"},
    "i": "integer",
    "u": "integer",
    "f": "number",
}
"""NumPy's kinds of data → types of CSV on the Web; all others are text."""


def write_table_metadata(
    path: str | Path,
    beside: str | Path,
    kinds: Mapping[str, str],
    sources: Sequence[str | Path] = (),
) -> None:
    """Write what is known of a table; nothing, and nothing of an older one stays, if nothing is.

    Parameters
    ----------
    path
        The table. It appears after its metadata, so that there is none with those of another.
    beside
        Where it is written until it is whole.
    kinds
        Column → its kind of data, see `DATATYPES`.
    sources
        Files that the table is made from.
    """
    text = provenance_text(path, sources, sha256=identity(beside))
    if text is None:
        metadata_path(path).unlink(missing_ok=True)
        return
    content = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": Path(path).name,
        "tableSchema": {
            "columns": [
                {"titles": name, "datatype": DATATYPES.get(kind, "string")}
                for name, kind in kinds.items()
            ]
        },
        CSVW_PROPERTY: {"@value": text, "@type": "json"},
    }
    with replacing(metadata_path(path)) as file:
        file.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
