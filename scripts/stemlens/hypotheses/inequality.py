"""Inequalities between mean similarities, as hypotheses state them: ``conv1 < conv2 < conv3``."""

import ast
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stemlens.errors import InputError

Lookup = Callable[[tuple[str, ...]], np.ndarray]
"""Value of a dotted name, as ('bass', 'input'): one, or one for each sample."""


def slope(*values: np.ndarray) -> np.ndarray:
    """Least-squares slope of values that stand one step apart."""
    steps = np.arange(len(values)) - (len(values) - 1) / 2
    return sum(step * value for step, value in zip(steps, values, strict=True)) / (steps @ steps)


def largest(*values: np.ndarray) -> np.ndarray:
    """The largest of several values."""
    return np.max(np.broadcast_arrays(*values), axis=0)


def smallest(*values: np.ndarray) -> np.ndarray:
    """The smallest of several values."""
    return np.min(np.broadcast_arrays(*values), axis=0)


FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "abs": np.abs,
    "max": largest,
    "min": smallest,
    "slope": slope,
}
OPERATIONS: dict[type, Callable[..., np.ndarray]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.USub: np.negative,
}


@dataclass(frozen=True)
class Inequality:
    """``smaller < larger``; both sides are parsed expressions."""

    smaller: ast.expr
    larger: ast.expr

    def __str__(self) -> str:
        return f"{ast.unparse(self.smaller)} < {ast.unparse(self.larger)}"

    def names(self) -> list[tuple[str, ...]]:
        """Every dotted name, as ('bass', 'input')."""
        return [*_names(self.smaller), *_names(self.larger)]

    def effect(self, lookup: Lookup) -> np.ndarray:
        """Larger side minus smaller side: above zero where the inequality holds."""
        return np.subtract(_evaluate(self.larger, lookup), _evaluate(self.smaller, lookup))


def parse(text: str) -> list[Inequality]:
    """Read a chain of ``<`` and return its links; ``<=`` is taken for ``<``.

    Raises
    ------
    InputError
        If it is no such chain, if it uses anything but numbers, dotted names, + − * and
        `FUNCTIONS`, or if a link names nothing.
    """
    try:
        chain = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise InputError(f"test {text!r}: {error.msg}; expected, say, conv1 < conv2") from error
    if not isinstance(chain, ast.Compare) or not all(
        isinstance(operator, ast.Lt | ast.LtE) for operator in chain.ops
    ):
        raise InputError(f"test {text!r}: no chain of <; expected, say, conv1 < conv2 < conv3")
    sides = [chain.left, *chain.comparators]
    for side in sides:
        _check(side, text)
    links = [Inequality(*link) for link in itertools.pairwise(sides)]
    for link in links:
        if not link.names():
            raise InputError(f"test {text!r}: {link} names nothing; expected, say, 0.5 < conv1")
    return links


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Name():
            children: list[ast.expr] = []
        case ast.Constant(value=value) if type(value) in (int, float):
            children = []
        case ast.Attribute(value=ast.Name() | ast.Attribute()):
            children = [node.value]
        case ast.BinOp() if type(node.op) in OPERATIONS:
            children = [node.left, node.right]
        case ast.UnaryOp() if type(node.op) in OPERATIONS:
            children = [node.operand]
        case (
            ast.Call(func=ast.Name(id="abs"), args=[_], keywords=[])
            | ast.Call(func=ast.Name(id="max" | "min" | "slope"), args=[_, _, *_], keywords=[])
        ):
            children = node.args
        case _:
            raise InputError(
                f"test {text!r}: {ast.unparse(node)!r} is not understood; expected numbers, names,"
                " + - *, abs of one value, and max, min or slope of two or more"
            )
    for child in children:
        _check(child, text)


def _names(node: ast.expr) -> list[tuple[str, ...]]:
    match node:
        case ast.BinOp(left=left, right=right):
            return [*_names(left), *_names(right)]
        case ast.UnaryOp(operand=operand):
            return _names(operand)
        case ast.Call(args=arguments):
            return [name for argument in arguments for name in _names(argument)]
        case ast.Constant():
            return []
    return [tuple(ast.unparse(node).split("."))]


def _evaluate(node: ast.expr, lookup: Lookup) -> np.ndarray:
    match node:
        case ast.Constant():
            return np.array(ast.literal_eval(node))
        case ast.BinOp(left=left, op=operator, right=right):
            return OPERATIONS[type(operator)](_evaluate(left, lookup), _evaluate(right, lookup))
        case ast.UnaryOp(op=operator, operand=operand):
            return OPERATIONS[type(operator)](_evaluate(operand, lookup))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*(_evaluate(argument, lookup) for argument in arguments))
    return lookup(tuple(ast.unparse(node).split(".")))
