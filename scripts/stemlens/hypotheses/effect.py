"""By how much an inequality holds."""

import ast
from collections.abc import Callable

import numpy as np

from stemlens.hypotheses.inequality import Inequality

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


def effect_of(inequality: Inequality, lookup: Lookup) -> np.ndarray:
    """Larger side minus smaller side: above zero where the inequality holds."""
    return np.subtract(_evaluate(inequality.larger, lookup), _evaluate(inequality.smaller, lookup))


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
