"""What the modules of a library define, import and run, read from their syntax trees."""

import ast
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ON_IMPORT, ALL = "", "*"
"""In place of a name in a module: what runs when it is imported, and all that it holds."""
WITHOUT_EFFECTS = frozenset({"cache", "contextmanager", "dataclass", "no_grad"})
"""Decorators that do nothing but return a function or class."""

Use = tuple[str, str]
"""A module, and a name in it."""


class Module:
    """The statements of a module, given its source.

    Attributes
    ----------
    statements
        Of each statement the syntax tree, hashed, the same whatever its docstrings, comments and
        format, and in each version of Python; and what it uses, of its own module as ("", name).
        Each name that is imported, be it in a function, makes a statement.
    imports
        Modules that it imports, and names in them, which may be modules.
    """

    def __init__(self, source: bytes) -> None:
        self.statements: list[tuple[str, set[Use]]] = []
        self.imports: set[str] = set()
        self._numbers: dict[str, set[int]] = defaultdict(set)
        tree = ast.parse(source)
        for local, module, original in sorted(_imports(tree)):
            self._add(f"{local} is {original} of {module}", {(module, original or ALL)}, local)
            self.imports |= {module, f"{module}.{original}"}
        for node in tree.body:
            if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_docstring(node):
                names = {("", n.id) for n in ast.walk(node) if isinstance(n, ast.Name)}
                self._add(_canonical(node), names, *_defined_by(node))

    def _add(self, tree: str, uses: set[Use], *names: str) -> None:
        for name in (*names, ALL):
            self._numbers[name].add(len(self.statements))
        self.statements.append((hashlib.sha256(tree.encode()).hexdigest(), uses))

    def numbers(self, name: str) -> set[int]:
        """Numbers of the statements that stand for a name, `ON_IMPORT` or `ALL`."""
        return self._numbers.get(name, set())


class Library:
    """The modules of scripts and packages below a folder, read when they are asked for."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._modules: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """Read a module, or the ``__init__`` of a package; None where there is none."""
        if name not in self._modules:
            path = self._folder.joinpath(*name.split("."))
            files = (path.with_suffix(".py"), path / "__init__.py")
            file = next((file for file in files if file.is_file()), None)
            self._modules[name] = Module(file.read_bytes()) if file else None
        return self._modules[name]


def _imports(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """All that a module imports: the name here, the module, the name there or ""."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0], alias.name, ""
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, node.module, alias.name
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "find_spec":
            # Files are read of a package that is looked up.
            yield from (("find_spec", str(ast.literal_eval(a)), "") for a in node.args)


def _defined_by(node: ast.stmt) -> list[str]:
    """Names under which a statement counts: `ON_IMPORT` unless it only defines."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [ON_IMPORT]
    called = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    quiet = all(ast.unparse(function).split(".")[-1] in WITHOUT_EFFECTS for function in called)
    # A base class may keep a list of the classes that inherit from it.
    inherits = isinstance(node, ast.ClassDef) and (node.bases or node.keywords)
    return [node.name] if quiet and not inherits else [node.name, ON_IMPORT]


def _is_docstring(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _canonical(node: object) -> str:
    """Write a tree without docstrings, places and what versions of Python leave empty."""
    if isinstance(node, ast.AST):
        fields = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
        inner = ",".join(f"{name}={_canonical(value)}" for name, value in fields)
        return f"{type(node).__name__}({inner})"
    if isinstance(node, list):
        return f"[{','.join(_canonical(item) for item in node if not _is_docstring(item))}]"
    return repr(node)
