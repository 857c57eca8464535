"""Names of songs as figures draw them: in any script that an installed font has, never as boxes."""

import logging
import unicodedata
from collections.abc import Iterable, Iterator

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties

from stemlens.names import slugs, some

MAX_LENGTH = 60
"""Longer names are cut: they would leave no room for what the figure shows."""

REGULAR = font_manager.weight_dict["regular"]
# These have a glyph for everything: a box.
PLACEHOLDERS = ("Last Resort", "Unicode BMP Fallback")

logger = logging.getLogger(__name__)


def song_labels(names: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Decide what stands for each song, and in which fonts.

    A name that no font can draw gives way to the song's slug, which its files carry too; a
    warning says so.

    Parameters
    ----------
    names
        Names of the songs; slugs are those of a split if all of its songs are among them.

    Returns
    -------
    labels : dict
        Name → text of at most `MAX_LENGTH` characters, on one line.
    families : list of str
        Families of fonts, for Matplotlib to take each character from the first that has it.
    """
    names = list(dict.fromkeys(names))
    texts = {name: _on_one_line(name) for name in names}
    family = FontProperties().get_name()
    known = set(_characters(font_manager.findfont(family)))
    families = [family]
    wanted = {character for text in texts.values() for character in text}
    if wanted - known:
        for other, characters in _other_fonts():
            if (wanted - known) & characters:
                families.append(other)
                known |= characters
            if wanted <= known:
                break
    slug_of = slugs(names)
    undrawable = [name for name in names if not set(texts[name]) <= known]
    if undrawable:
        logger.warning(
            "no installed font has every character of %s: slugs stand in the figure; install a"
            " font for them, such as one of the Noto family",
            some(undrawable),
        )
    labels = {name: _cut(slug_of[name] if name in undrawable else texts[name]) for name in names}
    return labels, families


def _on_one_line(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 1]}…"


def _other_fonts() -> Iterator[tuple[str, set[str]]]:
    """Family and characters of each installed font, in order, so that a figure stays the same."""
    regular = {
        entry.name: entry.fname
        for entry in font_manager.fontManager.ttflist
        if entry.weight == REGULAR and entry.style == "normal"
    }
    for family, file in sorted(regular.items()):
        if not family.startswith(PLACEHOLDERS):
            yield family, _characters(file)


def _characters(file: str) -> set[str]:
    try:
        font = font_manager.get_font(file)
    except (OSError, RuntimeError):
        # Such as a font of bitmaps in colour.
        return set()
    return {chr(code) for code in font.get_charmap()} if font.scalable else set()
