"""Does every song have every stem? Checked before the first job, from file names alone."""

from collections.abc import Sequence
from pathlib import Path

from stemlens.corpora.musdb_facts import stem_ids
from stemlens.corpora.songs import (
    STEM_FILE_SUFFIXES,
    WAV_SUFFIX,
    Song,
    described,
    visible,
    wav_files,
)
from stemlens.errors import InputError
from stemlens.names import nfc, some


def check_stems(
    songs: Sequence[Song], layout: str, stems: Sequence[str], *, skip_incomplete: bool = False
) -> None:
    """Check that every song has every stem, as far as file names tell.

    Parameters
    ----------
    songs, layout
        From and as in `list_songs`.
    skip_incomplete
        Whether songs without some stem will be skipped; one song with each stem is enough then.

    Raises
    ------
    InputError
        If a stem is missing; the message lists the files that were found.
    """
    if layout == "musdb18":
        known = list(stem_ids())
        unknown = [stem for stem in stems if stem not in known]
        if unknown:
            raise InputError(
                f"config key corpus.classes: a {STEM_FILE_SUFFIXES[0]} file has no stem"
                f" {', '.join(unknown)}; expected some of {', '.join(known)}"
            )
        return
    present = {song.path: wav_files(song.path) for song in songs}
    for stem in stems:
        if not any(nfc(stem) in files for files in present.values()):
            files = {described(path) for song in songs for path in visible(Path(song.path))}
            found = {name for name in files if WAV_SUFFIX in name.lower()} or files
            raise InputError(
                f"config key corpus.classes: no song has a file {stem}{WAV_SUFFIX}; found"
                f" {some(sorted(found))}: correct the stem's name, or set corpus.layout to folders,"
                " which takes other formats than WAV"
            )
    if skip_incomplete:
        return
    lacking = [song for song in songs if any(nfc(stem) not in present[song.path] for stem in stems)]
    if lacking:
        first = Path(lacking[0].path)
        missing = [f"{stem}{WAV_SUFFIX}" for stem in stems if nfc(stem) not in present[str(first)]]
        raise InputError(
            f"{first}: {', '.join(missing)} is missing, the first of {len(lacking)} songs that lack"
            f" a stem; found {some([described(path) for path in visible(first)])}; expected one WAV"
            f" file per stem ({', '.join(stems)}): copy the song again, remove it from the corpus,"
            " or change corpus.classes"
        )
