"""The songs of a run: listed and checked against the config before the first job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stemlens.corpora.containment import REFUSE, demand_inside
from stemlens.corpora.layouts import ERROR, LAYOUTS, list_corpus
from stemlens.corpora.multitrack import ListingOptions, Multitrack, Stem
from stemlens.corpora.song_splits import BY_ARTIST, demand_pairs, with_folds, with_splits
from stemlens.corpora.songs import Song
from stemlens.corpora.stem_classes import (
    StemClass,
    check_patterns,
    possible_mixtures,
    stems_of_classes,
    unused_stems,
    without_stems,
)
from stemlens.errors import InputError
from stemlens.given_paths import expanded
from stemlens.names import nfc, slugs, some
from stemlens.splits import SPLITS


@dataclass(frozen=True)
class StemsOfClasses:
    """Names of the stems of each class in a song, and the files that hold them."""

    names: Mapping[str, Sequence[str]]
    paths: Sequence[str]


def corpus_root(corpus: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """Return the ``root`` of the config's section ``corpus`` or, if unset, an environment variable.

    Raises
    ------
    InputError
        If neither is set.
    """
    layout = LAYOUTS[corpus.get("layout", "musdb18")]
    root = corpus["root"] or environment.get(layout.variable)
    if not root:
        if not layout.variable:
            raise InputError(f"corpus.root: is not set; expected {layout.root}: set it")
        raise InputError(
            f"corpus.root: neither it nor the environment variable {layout.variable} is set;"
            f" expected {layout.root}: set one of them"
        )
    return str(expanded(root))


def corpus_songs(config: Mapping[str, Any], root: str) -> tuple[list[Song], list[str]]:
    """List the songs.

    Parameters
    ----------
    root
        Folder of the corpus, or its table; need not exist for the demo corpus.

    Returns
    -------
    songs : list of Song
        Sorted by split (train, test) and name.
    notices : list of str
        A line each on what is not used.

    Raises
    ------
    InputError
        If songs or stems are missing, or lie outside the folder of the corpus and
        ``corpus.outside_files`` does not allow it.
    """
    corpus = config["corpus"]
    layout = LAYOUTS[corpus["layout"]]
    classes = [StemClass.from_settings(item) for item in corpus["classes"]]
    listing = list_corpus(corpus["layout"], root, _listing_options(config, classes))
    # Before any song is left out, so that no class moves songs from one split to the other.
    divided = _divided(listing.songs, corpus["split"])
    multitracks, notices = _without_bleed(divided, corpus["bleed"])
    notices = [*listing.notices, *notices, *_notices_on_artists(listing.songs, corpus["split"])]
    multitracks = [without_stems(song, corpus["ignored_stems"]) for song in multitracks]
    check_patterns(classes, multitracks)
    found = [stems_of_classes(song, classes) for song in multitracks]
    if not all(item.exact_stems for item in classes):
        # Whoever gives every stem by its name leaves out the others on purpose.
        unused = unused_stems(multitracks, found)
        if unused:
            notices.append(
                f"corpus.classes: left out, since no class takes them: {unused.total()} stems,"
                f" called {some(sorted(unused))}"
            )
    mixtures = possible_mixtures(classes, found)
    if mixtures:
        notices.append(
            f"corpus.classes: {some(mixtures)} in a class with rest: true; if these are mixtures of"
            " other stems, add them to corpus.ignored_stems"
        )
    complete, lines = _complete(multitracks, found, classes, corpus)
    if corpus["split"]["folds"]:
        n_folds, by = corpus["split"]["folds"], corpus["split"]["by"]
        demand_pairs([song for song, _ in complete], n_folds=n_folds, by=by)
    songs = _songs(complete, used_splits(config), expanded(root))
    if corpus["outside_files"] == REFUSE and not layout.is_made:
        files = (path for song in songs for path in song.files.values())
        demand_inside(files, Path(root).parent if layout.is_table else root, key="corpus")
    return songs, [*notices, *lines]


def _listing_options(config: Mapping[str, Any], classes: Sequence[StemClass]) -> ListingOptions:
    corpus = config["corpus"]
    return ListingOptions(
        skip_broken=corpus["broken_songs"] == "skip",
        exact_stems=tuple(dict.fromkeys(stem for item in classes for stem in item.exact_stems)),
        metadata=corpus["metadata"],
        song_folders=corpus["song_folders"],
        validation=corpus["split"]["validation"],
        n_songs={split: config["demo"][f"n_{split}_songs"] for split in SPLITS},
    )


def used_splits(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Splits that the songs of a run are in: in folds, every song is a test song."""
    return ("test",) if config["corpus"]["split"]["folds"] else SPLITS


def _divided(songs: Sequence[Multitrack], split: Mapping[str, Any]) -> list[Multitrack]:
    seed, by = split["seed"], split["by"]
    if split["folds"]:
        return with_folds(songs, n_folds=split["folds"], seed=seed, by=by)
    return with_splits(songs, test_share=split["test_share"], seed=seed, by=by)


def _notices_on_artists(songs: Sequence[Multitrack], split: Mapping[str, Any]) -> list[str]:
    is_divided = split["folds"] or not all(song.split for song in songs)
    if split["by"] != BY_ARTIST or not is_divided or any(song.artist for song in songs):
        return []
    return ["corpus.split.by: artist, but no artist is known; songs are divided one by one"]


def _without_bleed(songs: list[Multitrack], policy: str) -> tuple[list[Multitrack], list[str]]:
    with_bleed = [song.name for song in songs if song.has_bleed]
    if not with_bleed:
        return songs, []
    if policy == "keep":
        return songs, [f"corpus.bleed: kept, though they have bleed: {some(with_bleed)}"]
    kept = [song for song in songs if not song.has_bleed]
    if not kept:
        raise InputError("corpus.bleed: all songs have bleed; expected one without, or set keep")
    return kept, [f"corpus.bleed: left out, since they have bleed: {some(with_bleed)}"]


def _complete(
    songs: Sequence[Multitrack],
    found: Sequence[Mapping[str, Sequence[Stem]]],
    classes: Sequence[StemClass],
    corpus: Mapping[str, Any],
) -> tuple[list[tuple[Multitrack, StemsOfClasses]], list[str]]:
    """Songs that have what ``corpus.missing`` demands, and lines on the others."""
    layout = LAYOUTS[corpus["layout"]]
    is_error = (corpus["missing"] or layout.missing) == ERROR
    is_said_by_job = is_error and layout.names_are_files
    kept, without = [], []
    for song, stems in zip(songs, found, strict=True):
        lacking = [item for item in classes if not stems[item.name]]
        if lacking and is_error and corpus["broken_songs"] == "stop":
            raise InputError(
                f"{song.path}: the song {song.name} has no stem of the class {lacking[0].name};"
                f" found {some([stem.label for stem in song.stems])}: correct corpus.classes, or"
                " set corpus.missing: silence"
            )
        asked_for = {item.name: item.exact_stems if is_said_by_job else () for item in lacking}
        if is_error and not all(asked_for.values()):
            without.append(f"{song.name} ({lacking[0].name})")
        elif not is_error and len(lacking) == len(classes):
            without.append(song.name)
        else:
            names = {name: tuple(s.name for s in of_class) for name, of_class in stems.items()}
            paths = tuple(dict.fromkeys(s.path for of_class in stems.values() for s in of_class))
            kept.append((song, StemsOfClasses(names | asked_for, paths)))
    if not kept:
        raise InputError("config key corpus.classes: no song has their stems; correct them")
    lines = [f"corpus.classes: left out, since they lack stems: {some(without)}"] if without else []
    return kept, lines


def _songs(
    complete: Sequence[tuple[Multitrack, StemsOfClasses]], splits: Sequence[str], root: Path
) -> list[Song]:
    folder = root if root.is_dir() or not root.exists() else root.parent
    songs = []
    for split in splits:
        of_split = {song.name: (song, stems) for song, stems in complete if song.split == split}
        if not of_split:
            raise InputError(
                f"corpus.root: no song of the split {split} can be used; expected at least one:"
                " change corpus.split or corpus.classes"
            )
        for name, slug in slugs(sorted(of_split)).items():
            song, of_classes = of_split[name]
            files = {nfc(path.removeprefix(f"{folder}/")): path for path in of_classes.paths}
            songs.append(
                Song(
                    name,
                    split,
                    slug,
                    song.path,
                    files,
                    of_classes.names,
                    song.artist,
                    song.has_bleed,
                    song.fold,
                )
            )
    return songs
