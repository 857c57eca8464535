"""Which stems of a song make up each class: by names, patterns or instruments."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from stemlens.corpora.multitrack import Multitrack, Stem
from stemlens.errors import InputError
from stemlens.names import nfc, some

CALLED_LIKE_MIXTURES = ("*mix*", "*master*")


@dataclass(frozen=True)
class StemClass:
    """A class, and the stems that are summed for it.

    Names and patterns (``*``, ``?``, ``[…]``) are compared with a stem's label, its file within the
    song's folder, and the file's name with and without suffix, unless a stem has a label of its
    own; case does not matter.

    Attributes
    ----------
    stems
        Names or patterns. A mixture of other stems is taken by its exact name only.
    instruments
        Names or patterns of instruments.
    excluded
        Names or patterns of stems, or of instruments, that are not taken.
    takes_rest
        Whether it takes all stems that no class names, too.
    """

    name: str
    stems: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    takes_rest: bool = False

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "StemClass":
        """Build it from an entry of ``corpus.classes``; ``stem: x`` is short for ``stems: [x]``."""
        short = [settings["stem"]] if "stem" in settings else []
        return cls(
            settings["name"],
            (*short, *settings.get("stems", [])),
            tuple(settings.get("instruments", [])),
            tuple(settings.get("except", [])),
            settings.get("rest", False),
        )

    @property
    def exact_stems(self) -> tuple[str, ...]:
        """Its names of stems, if it has nothing but names."""
        is_exact = not (self.instruments or self.takes_rest or any(map(_is_pattern, self.stems)))
        return self.stems if is_exact else ()


def without_stems(song: Multitrack, ignored: Sequence[str]) -> Multitrack:
    """Take stems out of a song: those that match one of some names or patterns."""
    stems = tuple(stem for stem in song.stems if not _matches(_names(stem), ignored))
    return replace(song, stems=stems)


def stems_of_classes(song: Multitrack, classes: Sequence[StemClass]) -> dict[str, list[Stem]]:
    """Find the stems of each class in a song, in the order of the song's stems.

    Two classes may share a stem that both give by its name.

    Raises
    ------
    InputError
        If a stem matches two classes otherwise.
    """
    found: dict[str, list[Stem]] = {item.name: [] for item in classes}
    for stem in song.stems:
        takers = [item for item in classes if _takes(item, stem)]
        by_name = [item for item in takers if _has_exactly(item, stem)]
        if len(takers) > 1 and len(by_name) < len(takers):
            names = " and ".join(item.name for item in takers)
            raise InputError(
                f"config key corpus.classes: {stem.label} of the song {song.name} matches {names};"
                " expected one class for each stem: narrow a pattern, or list the stem under except"
            )
        if not takers and not stem.is_mixture:
            takers = [item for item in classes if item.takes_rest and not _is_excluded(item, stem)]
        for item in takers:
            found[item.name].append(stem)
    return found


def check_patterns(classes: Sequence[StemClass], songs: Sequence[Multitrack]) -> None:
    """Check that every name and pattern of a class matches some stem of the corpus.

    Raises
    ------
    InputError
        On the first that matches none; the message names similar ones.
    """
    stems = [stem for song in songs for stem in song.stems]
    labels = {name: nfc(stem.label) for stem in stems for name in _names(stem)}
    instruments = {nfc(name): nfc(name) for stem in stems for name in stem.instruments}
    for item in classes:
        if item.instruments and not instruments:
            raise InputError(
                f"config key corpus.classes: {item.name}: found instruments, but the corpus does"
                " not say what plays in its stems; expected names or patterns of stems: write"
                " stems in place of instruments"
            )
        for key, patterns, known in (
            ("stem", item.stems, labels),
            ("instrument", item.instruments, instruments),
        ):
            for pattern in patterns:
                if not _matches(known, [pattern]):
                    shown = {_folded(name): label for name, label in known.items()}
                    near = get_close_matches(_folded(pattern).strip("*"), shown, n=5, cutoff=0.5)
                    # By their labels: a file has more names.
                    labelled = dict.fromkeys(shown[name] for name in near)
                    some_known = some([*labelled] or sorted({*known.values()}))
                    raise InputError(
                        f"config key corpus.classes: {item.name}: no song has the {key}"
                        f" {pattern!r}; found {some_known}: correct it"
                    )


def possible_mixtures(
    classes: Sequence[StemClass], found: Iterable[Mapping[str, Sequence[Stem]]]
) -> list[str]:
    """Labels of stems that a class takes only as the rest, and that are called like mixtures."""
    of_rest = [item for item in classes if item.takes_rest]
    labels = {
        stem.label
        for of_class in found
        for item in of_rest
        for stem in of_class[item.name]
        if not _takes(item, stem) and _matches(_names(stem), CALLED_LIKE_MIXTURES)
    }
    return sorted(labels)


def unused_stems(
    songs: Iterable[Multitrack], found: Iterable[Mapping[str, Sequence[Stem]]]
) -> Counter[str]:
    """Count the stems that no class takes, by instruments or else label, without mixtures."""
    counts: Counter[str] = Counter()
    for song, of_class in zip(songs, found, strict=True):
        used = {stem for stems in of_class.values() for stem in stems}
        unused = [s for s in song.stems if s not in used and not s.is_mixture]
        counts.update("/".join(stem.instruments) or stem.label for stem in unused)
    return counts


def _takes(item: StemClass, stem: Stem) -> bool:
    if _is_excluded(item, stem):
        return False
    if stem.is_mixture:
        return _has_exactly(item, stem)
    return _matches(_names(stem), item.stems) or _matches(stem.instruments, item.instruments)


def _has_exactly(item: StemClass, stem: Stem) -> bool:
    names = {*map(_folded, _names(stem))}
    return not _is_excluded(item, stem) and any(_folded(name) in names for name in item.stems)


def _is_excluded(item: StemClass, stem: Stem) -> bool:
    return _matches((*_names(stem), *stem.instruments), item.excluded)


def _matches(names: Iterable[str], patterns: Iterable[str]) -> bool:
    folded = [*map(_folded, names)]
    return any(
        name == pattern or fnmatchcase(name, pattern)
        for pattern in map(_folded, patterns)
        for name in folded
    )


@cache
def _names(stem: Stem) -> tuple[str, ...]:
    if stem.has_own_label:
        return (nfc(stem.label),)
    file = Path(stem.name)
    return tuple(dict.fromkeys(map(nfc, (stem.label, stem.name, file.name, file.stem))))


@cache
def _folded(name: str) -> str:
    return nfc(name).casefold()


def _is_pattern(name: str) -> bool:
    return any(character in name for character in "*?[")
