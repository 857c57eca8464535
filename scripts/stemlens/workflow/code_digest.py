"""A digest of the code that a script runs: its own, the library's, and versions of packages.

Of the library counts what the script needs, definition by definition: functions, classes and
constants that it names, those that these name, and so on, and whatever may do more than define a
name when a module is imported. A name counts as used even where a local variable hides it, so too
much may count, never too little. What this cannot follow (relative and star imports, names made up
at run time, class bodies and default values that change anything else) the library does without.
"""

import hashlib
from collections.abc import Callable, Iterator

from stemlens.workflow.definitions import Library, Module

PACKAGE = "stemlens"
WITHOUT_RESULTS = frozenset({"stemlens.job_log", "filelock", "tqdm"})
"""Modules that can't change a result: they lock, or tell how far a job is."""
IMPORTED, EVERYTHING = "", "*"
"""In place of a name in a module: what runs when it is imported, and all that it defines."""

Use = tuple[str, str, str]
"""A module, a name in it, and the attribute that is read of it or an empty string."""


def code_digest(script: str, library: Library, version_of: Callable[[str], str | None]) -> str:
    """SHA-256 over the code that can change what a script makes.

    Parameters
    ----------
    script
        Name of the script, without ``.py``.
    library
        The folder of the script and of the package that it uses.
    version_of
        Version of the package that brings a module, such as ``sklearn``; None where it has none.

    Returns
    -------
    str
        Changes with the syntax tree of the script and of each library definition that it uses, and
        with the version of each package that these use; not with docstrings, comments, formatting,
        dates, places or Python's own version.
    """
    walk = _Walk(library)
    waiting: list[Use] = [(script, EVERYTHING, "")]
    seen: set[Use] = set()
    while waiting:
        use = waiting.pop()
        module = library.module(use[0])
        if module and use not in seen and use[0] not in WITHOUT_RESULTS:
            seen.add(use)
            waiting += walk.needs(module, *use)
    packages = [f"{name} {version_of(name)}" for name in sorted(walk.packages - WITHOUT_RESULTS)]
    statements = [f"{name} {tree}" for name, _, tree in sorted(walk.statements)]
    lines = [*statements, *sorted(walk.imports), *packages]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class _Walk:
    """What was met so far: statements as (module, number, syntax tree), imports, packages."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.statements: set[tuple[str, int, str]] = set()
        self.imports: set[str] = set()
        self.packages: set[str] = set()

    def needs(self, module: Module, path: str, name: str, attribute: str) -> Iterator[Use]:
        """Note what a use adds, and list the uses that follow from it."""
        if name == IMPORTED:
            numbers = module.effects
            yield path.rpartition(".")[0], IMPORTED, ""
            for target, original in set[tuple[str, str]]().union(*module.imports.values()):
                if target.split(".")[0] == PACKAGE:
                    yield target, IMPORTED, ""
                    if original:
                        yield f"{target}.{original}", IMPORTED, ""
        else:
            yield path, IMPORTED, ""
            if name == EVERYTHING:
                numbers = set(range(len(module.trees)))
                if path.split(".")[0] == PACKAGE:
                    # Others may read there what a module has but imported.
                    yield from ((path, local, "") for local in module.imports)
            else:
                numbers = module.definitions.get(name, set())
                yield from self._imported(module, path, name, attribute)
                # A name in a package may be that of a module.
                yield f"{path}.{name}", attribute or EVERYTHING, ""
        for number in numbers:
            self.statements.add((path, number, module.trees[number]))
            yield from ((path, *used) for used in module.names[number])

    def _imported(self, module: Module, path: str, name: str, attribute: str) -> Iterator[Use]:
        """Note what is imported under a name, and list what is used of it."""
        for target, original in module.imports.get(name, ()):
            self.imports.add(f"{path}: {name} is {original} of {target}")
            if target.split(".")[0] != PACKAGE:
                self.packages.add(target.split(".")[0])
            elif original:
                yield target, original, attribute
            else:
                # The name that `import stemlens.a` binds is that of the package.
                yield target, EVERYTHING if name == PACKAGE else attribute or EVERYTHING, ""
