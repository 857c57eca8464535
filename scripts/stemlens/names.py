"""Names of songs and files: their form of Unicode, slugs for paths, and printing in messages."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

MAX_SLUG_LENGTH = 100
"""File names may have 255 bytes, and contain more than a song's slug."""
MAX_QUOTED = 3
"""How many long descriptions a message quotes; the log has all."""


def nfc(name: str) -> str:
    """Normalise a name to NFC; disks and tables may spell an ö in one code point or two."""
    return unicodedata.normalize("NFC", name)


def is_utf8(name: str) -> bool:
    """Whether a file name is valid text, which tables require."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def is_hidden(name: str) -> bool:
    """Whether a file is hidden, as ``._1.mp3`` is; ``...Baby One More Time`` is a title."""
    return name.startswith(".") and not name.startswith("..")


def printable(name: str) -> str:
    r"""Escape a name for a message: invalid bytes as ``\udce9``, line breaks as ``\n``."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


def some(names: Sequence[str], most: int = 10) -> str:
    """List the first of many names for a message, and say how many more there are."""
    shown = ", ".join(map(printable, names[:most])) or "nothing"
    return shown if len(names) <= most else f"{shown} and {len(names) - most} others"


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Give each of distinct names a slug, which is safe in paths, shells and HTML.

    Returns
    -------
    dict
        Name → a–z, 0–9 and hyphens, at most `MAX_SLUG_LENGTH` characters. Slugs that would be
        shared or longer end in a digest of the name.
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
