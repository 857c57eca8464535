"""What the modules of a library define, import and do, read from their syntax trees."""

import ast
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

WITHOUT_EFFECTS = frozenset(
    {"cache", "compile", "contextmanager", "dataclass", "fields", "frozenset", "getLogger", "log"}
    | {"no_grad", "tuple"}
)
"""Functions that, called or as decorators, do nothing but return a value; so do classes."""


class Module:
    """The statements of a module but for its imports, and what its names stand for.

    Parameters
    ----------
    source
        Python.

    Attributes
    ----------
    trees
        Of each statement the syntax tree, hashed: the same whatever its docstrings, comments and
        format, and in each version of Python.
    names
        Of each statement the names in it, each with the attribute that is read of it or "".
    definitions
        Name → numbers of the statements that define it.
    effects
        Numbers of the statements that may do more than define names.
    imports
        Name → all that is imported under it, in functions too, as (module, name in it or "").
    """

    def __init__(self, source: bytes) -> None:
        self.trees: list[str] = []
        self.names: list[set[tuple[str, str]]] = []
        self.definitions: dict[str, set[int]] = defaultdict(set)
        self.effects: set[int] = set()
        self.imports: dict[str, set[tuple[str, str]]] = defaultdict(set)
        tree = ast.parse(source)
        for node in ast.walk(tree):
            for local, module, original in _imports(node):
                self.imports[local].add((module, original))
        counted = (n for n in tree.body if not isinstance(n, ast.Import | ast.ImportFrom))
        for number, node in enumerate(n for n in counted if not _is_docstring(n)):
            self.trees.append(hashlib.sha256(_canonical(node).encode()).hexdigest())
            self.names.append(set(_names(node)))
            for name in _defined_by(node):
                self.definitions[name].add(number)
            if _may_have_effects(node):
                self.effects.add(number)


class Library:
    """The modules below a folder, read when they are asked for.

    Parameters
    ----------
    folder
        Holds scripts and packages.
    """

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


def _imports(node: ast.AST) -> Iterator[tuple[str, str, str]]:
    """What a node imports: the name here, the module, the name there or ""."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name.split(".")[0], alias.name, ""
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            yield alias.asname or alias.name, node.module, alias.name
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "find_spec":
        # Files are read of a package that is looked up.
        names = (str(a.value) for a in node.args if isinstance(a, ast.Constant))
        yield from (("find_spec", name, "") for name in names)


def _names(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Name):
        yield node.id, ""
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield node.value.id, node.attr
    else:
        for child in ast.iter_child_nodes(node):
            yield from _names(child)


def _defined_by(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    names = (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _may_have_effects(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        # A base class may keep a list of the classes that inherit from it.
        inherits = isinstance(node, ast.ClassDef) and bool(node.bases or node.keywords)
        called = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
        return inherits or not all(_is_without_effects(function) for function in called)
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return True
    return any(
        (isinstance(inner, ast.Call) and not _is_without_effects(inner.func))
        or (isinstance(inner, ast.Attribute | ast.Subscript) and isinstance(inner.ctx, ast.Store))
        for inner in ast.walk(node)
    )


def _is_without_effects(function: ast.expr) -> bool:
    name = ast.unparse(function).rpartition(".")[2]
    return name in WITHOUT_EFFECTS or name[:1].isupper()


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
