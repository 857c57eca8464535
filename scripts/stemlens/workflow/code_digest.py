"""A digest of the library code that a script uses."""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = "stemlens"


def code_digest(script: str | Path) -> str:
    """SHA-256 over the library modules that a script imports, directly or through others.

    Parameters
    ----------
    script
        A Python file; the package stands in its folder.

    Returns
    -------
    str
        Changes with the content of a module that the script uses, not with its date.
    """
    script = Path(script)
    folder = script.parent
    used: dict[Path, bytes] = {}
    waiting = set(_imported(script.read_bytes(), folder))
    while waiting:
        module = waiting.pop()
        if module not in used:
            used[module] = module.read_bytes()
            waiting |= _imported(used[module], folder)
    digest = hashlib.sha256()
    for module, content in sorted(used.items()):
        digest.update(f"{module.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@cache
def _imported(source: bytes, folder: Path) -> frozenset[Path]:
    """Modules that a source imports; cached, since most modules are used by many scripts."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    modules: set[Path] = set()
    for name in names:
        parts = name.split(".")
        if parts[0] == PACKAGE:
            # Importing a module runs the packages around it as well.
            for depth in range(1, len(parts) + 1):
                path = folder.joinpath(*parts[:depth])
                candidates = (path.with_suffix(".py"), path / "__init__.py")
                modules |= {file for file in candidates if file.is_file()}
    return frozenset(modules)
