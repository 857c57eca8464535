"""Which audio stream of a stem file holds which stem: by title, or by order without titles."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stemlens.errors import InputError

TITLE_KEYS = ("name", "title", "handler_name")
"""Where FFmpeg reports the title of a stream: ``name`` in MP4, ``title`` elsewhere; stempeg also
writes it as ``handler_name``."""


def streams_of_stems(
    metadata: Sequence[Mapping[str, str]], numbers: Mapping[str, int], path: str | Path
) -> Callable[[str], int]:
    """Find the stream of each stem.

    The case of titles does not matter. Text that a program writes into every stream, such as
    SoundHandler, is not a title.

    Parameters
    ----------
    metadata
        Of each audio stream, in order.
    numbers
        Stem in lower case → number of its stream where streams have no titles.

    Returns
    -------
    callable
        Name of a stem → number of its stream. Raises `InputError` where no stream has its title
        and the stream with its number has another.

    Raises
    ------
    InputError
        If two streams have the same stem as title.
    """
    titles = [_title(stream) for stream in metadata]
    for stem in numbers:
        same = [str(number + 1) for number, title in enumerate(titles) if title == stem]
        if len(same) > 1:
            raise InputError(
                f"{path}: audio streams {' and '.join(same)} are both titled {stem}; expected one"
                " stream for each stem: give each its own title, or remove all titles"
            )

    def number_of(stem: str) -> int:
        if stem in titles:
            return titles.index(stem)
        number = numbers[stem]
        title = titles[number]
        if title not in numbers and ("handler" in title or titles.count(title) > 1 or not title):
            return number
        raise InputError(
            f"{path}: no audio stream is titled {stem}, and stream {number + 1}, its place in"
            f" MUSDB18, is titled {title!r}; expected the titles {', '.join(numbers)}, or none:"
            " correct them"
        )

    return number_of


def _title(metadata: Mapping[str, str]) -> str:
    found = (metadata[key].strip() for key in TITLE_KEYS if metadata.get(key, "").strip())
    return next(found, "").casefold()
