"""Small changes to a module's source, each of which a test should notice."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.RShift: ast.LShift,
    ast.LShift: ast.RShift,
}
ASSERTION = "strict"
"""An argument that asserts something, as ``assert`` does."""
FUNCTIONS = {"min": "max", "minimum": "maximum", "any": "all"}
FUNCTIONS |= {other: name for name, other in FUNCTIONS.items()}


@dataclass(frozen=True)
class Mutant:
    """A module with one change.

    Attributes
    ----------
    line, lines
        Where the change is, and the lines of the innermost statement around it.
    function
        Qualified name of the outermost function around it; empty at the level of the module, of a
        class, or of a function's arguments.
    change
        The statement before and after.
    tree
        The changed module.
    """

    line: int
    lines: range
    function: str
    change: str
    tree: ast.Module


def mutants(source: str) -> list[Mutant]:
    """List all changes, in the order of lines.

    Nothing is changed in annotations, decorators, docstrings, assertions (``strict=`` among them),
    imports, deletions, and text that has a space or is part of a message.
    """
    tree = ast.parse(source)
    found = []
    for place in _places(tree):
        for node, replacement in _changes(place.node):
            before = ast.unparse(place.statement)
            with _Replaced(place, node, replacement):
                after = ast.unparse(place.statement)
                if after == before:
                    continue
                changed = deepcopy(tree)
            first, last = place.statement.lineno, place.head_end
            found.append(
                Mutant(
                    place.node.lineno if hasattr(place.node, "lineno") else first,
                    range(first, last + 1),
                    place.function,
                    _difference(before, after),
                    ast.fix_missing_locations(changed),
                )
            )
    return sorted(found, key=lambda mutant: mutant.line)


def _difference(before: str, after: str) -> str:
    """The first line that differs."""
    lines = zip([*before.splitlines(), ""], [*after.splitlines(), ""], strict=False)
    return next(f"{a.strip()} → {b.strip()}" for a, b in lines if a != b)


@dataclass(frozen=True)
class _Place:
    """A node and where it hangs."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    statement: ast.stmt
    function: str

    @property
    def head_end(self) -> int:
        """Last line of the statement; of one with a body, of its head."""
        body = getattr(self.statement, "body", None)
        if isinstance(body, list) and body:
            return max(self.statement.lineno, body[0].lineno - 1)
        return self.statement.end_lineno or self.statement.lineno


class _Replaced:
    """For as long as it is entered, one node stands in the place of another."""

    def __init__(self, place: _Place, node: str, replacement: object) -> None:
        self.place, self.attribute, self.replacement = place, node, replacement

    def __enter__(self) -> None:
        place = self.place
        if self.attribute:
            self.before = getattr(place.node, self.attribute)
            setattr(place.node, self.attribute, self.replacement)
        else:
            self._hang(self.replacement)

    def __exit__(self, *_: object) -> None:
        if self.attribute:
            setattr(self.place.node, self.attribute, self.before)
        else:
            self._hang(self.place.node)

    def _hang(self, node: object) -> None:
        place = self.place
        if place.index is None:
            setattr(place.parent, place.field, node)
        else:
            getattr(place.parent, place.field)[place.index] = node


SKIPPED_FIELDS = {"annotation", "returns", "decorator_list", "type_params", "format_spec"}
SKIPPED_NODES = (ast.Import, ast.ImportFrom, ast.Assert, ast.Delete, ast.JoinedStr)


def _places(tree: ast.Module) -> Iterator[_Place]:
    yield from _below(tree, statement=tree.body[0], function="", scope=())


def _below(
    parent: ast.AST, statement: ast.stmt, function: str, scope: tuple[str, ...]
) -> Iterator[_Place]:
    for field, value in ast.iter_fields(parent):
        if field in SKIPPED_FIELDS:
            continue
        children = value if isinstance(value, list) else [value]
        for index, node in enumerate(children):
            if not isinstance(node, ast.AST) or _is_left_alone(node):
                continue
            own = node if isinstance(node, ast.stmt) else statement
            inner, names = function, scope
            if isinstance(parent, ast.FunctionDef) and field == "body" and not function:
                inner = ".".join(scope)
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names = (*scope, node.name)
            yield _Place(node, parent, field, index if value is children else None, own, inner)
            yield from _below(node, own, inner, names)


def _is_left_alone(node: ast.AST) -> bool:
    """Whether it is a docstring, an assertion or the like."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_assertion = isinstance(node, ast.keyword) and node.arg == ASSERTION
    return is_text or is_assertion or isinstance(node, SKIPPED_NODES)


def _changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    """Attribute to change, or "" for the node itself, and what to put in its place."""
    match node:
        case ast.Compare(ops=[operator, *others]):
            for other in COMPARISONS[type(operator)]:
                yield "ops", [other(), *others]
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in OPERATORS:
            yield "op", OPERATORS[type(operator)]()
        case ast.BoolOp(op=operator):
            yield "op", ast.Or() if isinstance(operator, ast.And) else ast.And()
        case ast.UnaryOp(operand=operand):
            yield "", operand
        case ast.Constant(value=bool() as value):
            yield "value", not value
        case ast.Constant(value=int() as value):
            yield "value", value + 1
        case ast.Constant(value=float() as value):
            yield "value", 10 * value if value else 1.0
        case ast.Constant(value=str() as value) if " " not in value:
            yield "value", f"{value}X"
        case ast.Call(func=function, keywords=keywords):
            name = getattr(function, "attr", getattr(function, "id", ""))
            if name in FUNCTIONS:
                other = deepcopy(function)
                setattr(
                    other, "attr" if isinstance(other, ast.Attribute) else "id", FUNCTIONS[name]
                )
                yield "func", other
            for number, keyword in enumerate(keywords):
                if keyword.arg not in (None, ASSERTION):
                    yield "keywords", [*keywords[:number], *keywords[number + 1 :]]
        case ast.Return(value=value) if value and not _is_none(value):
            yield "value", ast.Constant(None)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
                yield "test", ast.UnaryOp(ast.Not(), test)
        case ast.comprehension(ifs=[test, *others]):
            yield "ifs", others
        case ast.Raise() | ast.Continue() | ast.Break() | ast.Expr():
            yield "", ast.Pass()
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield "", ast.Pass()


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
