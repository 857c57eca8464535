"""Names of songs and files: one form of Unicode, a spelling for paths, a spelling for messages."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

MAX_SLUG_LENGTH = 100
"""File names hold 255 bytes at most, and what a song's files are called is longer than its slug."""


def nfc(name: str) -> str:
    """Spell a name in NFC: disks, tables and configs may spell an ö in one code point or two."""
    return unicodedata.normalize("NFC", name)


def is_utf8(name: str) -> bool:
    """Whether a name from a disk is text, so that tables can hold it."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def printable(name: str) -> str:
    r"""Spell a name for a message: bytes that are no text as ``\udce9``, line breaks as ``\n``."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


def some(names: Sequence[str], most: int = 10) -> str:
    """Name the first of many, as messages spell them, and say how many more there are."""
    shown = ", ".join(map(printable, names[:most])) or "nothing"
    return shown if len(names) <= most else f"{shown} and {len(names) - most} others"


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Give each name a spelling that is safe in paths, shells and HTML.

    Parameters
    ----------
    names
        Distinct names.

    Returns
    -------
    dict
        Name → a–z, 0–9 and hyphens, at most `MAX_SLUG_LENGTH` of them. Names that would share a
        slug, and those whose slug would be longer, end in a digest of their name.
    """
    plain = {}
    for name in names:
        ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        plain[name] = re.sub("[^a-z0-9]+", "-", ascii_name.lower()).strip("-")
    shared = Counter(plain.values())
    unique = {}
    for name, slug in plain.items():
        if shared[slug] > 1 or not slug or len(slug) > MAX_SLUG_LENGTH:
            digest = hashlib.sha256(name.encode()).hexdigest()[:8]
            beginning = slug[: MAX_SLUG_LENGTH - len(digest) - 1].rstrip("-")
            slug = f"{beginning or 'song'}-{digest}"
        unique[name] = slug
    return unique
