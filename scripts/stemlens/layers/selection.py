"""Which modules of a network are read: those whose names patterns match, as they are called."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from stemlens.errors import InputError
from stemlens.names import some

INPUT, OUTPUT = "input", "output"
"""Names of what goes into a module, and of the whole module, whose output is its last layer."""


def select_layers(
    patterns: Sequence[str], called: Sequence[str], known: Iterable[str]
) -> list[str]:
    """Select layers by name.

    Parameters
    ----------
    patterns
        As ``conv*`` or ``blocks.*.norm``: ``*`` stands for any characters, dots included.
    called
        Names of modules in the order in which they return.
    known
        Names of all modules, called or not.

    Returns
    -------
    list of str
        Those of `called` that a pattern matches, in their order.

    Raises
    ------
    InputError
        If a pattern matches no module, or none that is called.
    """
    known = list(known)
    for pattern in patterns:
        if any(fnmatchcase(name, pattern) for name in called):
            continue
        silent = [name for name in known if fnmatchcase(name, pattern)]
        if silent:
            raise InputError(
                f"layers: {pattern!r} matches only modules that are never called"
                f" ({some(silent, most=3)}); expected some that are: the model may use their"
                " weights without calling them; take the module around them"
            )
        near = get_close_matches(pattern, known, n=5, cutoff=0.3) or known
        raise InputError(
            f"layers: {pattern!r} matches no module; expected a name or pattern such as"
            f" {some(near, most=5)}"
        )
    return [name for name in called if any(fnmatchcase(name, p) for p in patterns)]
