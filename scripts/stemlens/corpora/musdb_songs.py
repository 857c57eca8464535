"""MUSDB18, MUSDB18-HQ and the rendered demo, whose songs have the stems of MUSDB18."""

from pathlib import Path

from stemlens.corpora.multitrack import Listing, ListingOptions, Multitrack, Stem
from stemlens.corpora.musdb_facts import stem_ids
from stemlens.corpora.songs import (
    WAV_SUFFIX,
    Song,
    demo_songs,
    list_songs,
    missing_songs,
    other_files,
    wav_files,
)
from stemlens.corpora.stem_check import check_stems
from stemlens.names import some

MIXTURE = "mixture"


def list_musdb18(root: Path, options: ListingOptions) -> Listing:
    """List stem files, ``<split>/<song>.stem.mp4``: see `stemlens.corpora.songs.list_songs`."""
    songs, notices = _listed(root, "musdb18", options)
    return Listing(
        [_multitrack(song, dict.fromkeys(stem_ids(), song.path)) for song in songs], notices
    )


def list_musdb18hq(root: Path, options: ListingOptions) -> Listing:
    """List folders of WAV files, ``<split>/<song>/<stem>.wav``: see the same."""
    songs, notices = _listed(root, "musdb18hq", options)
    return Listing(
        [
            _multitrack(song, {stem: str(file) for stem, file in wav_files(song.path).items()})
            for song in songs
        ],
        notices,
    )


def list_demo(root: Path, options: ListingOptions) -> Listing:
    """List the songs of the demo corpus, rendered or not."""
    songs = demo_songs(root, options.n_songs, stem_ids())
    return Listing(
        [
            _multitrack(song, {stem: f"{song.path}/{stem}{WAV_SUFFIX}" for stem in stem_ids()})
            for song in songs
        ],
        [],
    )


def _listed(root: Path, layout: str, options: ListingOptions) -> tuple[list[Song], list[str]]:
    songs = list_songs(root, layout, [], skip_missing=options.skip_broken)
    check_stems(songs, layout, options.exact_stems, skip_incomplete=options.skip_broken)
    notices = []
    if missing := missing_songs(root, layout):
        notices.append(f"corpus.root: left out, since they cannot be read: {some(missing)}")
    if others := other_files(root, layout):
        notices.append(f"corpus.root: left out, since they are not songs: {some(others)}")
    return songs, notices


def _multitrack(song: Song, stems: dict[str, str]) -> Multitrack:
    return Multitrack(
        song.name,
        song.path,
        tuple(
            Stem(label, label, path, is_mixture=label == MIXTURE) for label, path in stems.items()
        ),
        split=song.split,
    )
