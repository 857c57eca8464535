"""A digest of the code that a script runs: its own, the library's, and versions of packages.

Importing a module runs its statements; functions and classes wait until they are named. So of each
module that the script imports, however indirectly, those statements count, and of functions and
classes those that are named by what counts. A name counts as used even where a local variable
hides it, so too much may count, never too little. What this cannot follow (relative and star
imports, modules reached through their package, names made up at run time, class bodies and default
values that change anything else) the library does without.
"""

import hashlib
from collections.abc import Callable

from stemlens.workflow.definitions import ALL, ON_IMPORT, Library, Use

WITHOUT_RESULTS = frozenset(
    {"stemlens.job_log", "stemlens.provenance", "stemlens.table_metadata", "filelock", "tqdm"}
)
"""Modules that can't change a result: they lock, tell how far a job is or what made a file."""


def code_digest(
    script: str,
    library: Library,
    version_of: Callable[[str], str | None],
    used: str = ON_IMPORT,
) -> str:
    """SHA-256 over the code that can change what a script makes.

    Parameters
    ----------
    script
        Name of the script, without ``.py``; or of a module, also of another package.
    version_of
        Version of the package that brings a module, such as ``sklearn``; None where it has none.
    used
        What of it is used: what runs when it is imported, as of a script, or `ALL`.

    Returns
    -------
    str
        Changes with the syntax tree of each statement that counts, and with the version of each
        package that these name; not with docstrings, comments, formatting, dates, places or
        Python's own version.
    """
    counted: set[tuple[str, int, str]] = set()
    packages: set[str] = set()
    waiting: list[Use] = [(script, used)]
    seen: set[Use] = set()
    while waiting:
        use = path, name = waiting.pop()
        if use in seen or path in WITHOUT_RESULTS:
            continue
        seen.add(use)
        module = library.module(path)
        if module:
            imported = {path, path.rpartition(".")[0], *module.imports}
            waiting += ((other, ON_IMPORT) for other in imported)
            if name.isidentifier() and library.module(f"{path}.{name}"):
                waiting.append((f"{path}.{name}", ALL))
            for number in module.numbers(name):
                tree, uses = module.statements[number]
                counted.add((path, number, tree))
                waiting += ((target or path, used) for target, used in uses)
        elif name != ON_IMPORT:
            packages.add(path.split(".")[0])
    statements = [f"{path} {tree}" for path, _, tree in sorted(counted)]
    versions = [f"{package} {version_of(package)}" for package in sorted(packages)]
    return hashlib.sha256("\n".join([*statements, *versions]).encode()).hexdigest()
