"""By how much an inequality holds, as alternatives of linear forms.

A bootstrapped mean is unbiased, and so is a sum of means; a bootstrapped maximum, minimum or
absolute value is not, since noise alone makes the largest of several values larger. So extremes are
taken apart: x < max(a, b) holds where x < a or x < b does, x < min(a, b) where both do, and |a| is
max(a, −a). Whatever an inequality is made of, it holds where, in one of several alternatives,
every linear form is above zero.
"""

import ast
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from stemlens.hypotheses.inequality import Inequality, dotted_name


@dataclass(frozen=True)
class LinearForm:
    """``constant`` + Σ coefficient · value of a dotted name, as ('bass', 'input')."""

    constant: float
    coefficients: dict[tuple[str, ...], float]

    def plus(self, other: "LinearForm") -> "LinearForm":
        """Add another form."""
        coefficients = dict(self.coefficients)
        for name, coefficient in other.coefficients.items():
            coefficients[name] = coefficients.get(name, 0) + coefficient
        return LinearForm(
            self.constant + other.constant,
            {name: coefficient for name, coefficient in coefficients.items() if coefficient},
        )


ZERO = LinearForm(0, {})
Alternatives = list[list[LinearForm]]
"""The largest, over alternatives, of the smallest form."""


def effect_of(inequality: Inequality, classes: Sequence[str]) -> Alternatives:
    """Larger side minus smaller side, which is above zero where the inequality holds.

    Parameters
    ----------
    classes
        What ``lowest`` and ``highest`` go through.
    """
    larger = _expand(inequality.larger, 1, classes)
    return _sum([larger, _expand(inequality.smaller, -1, classes)])


def _expand(node: ast.expr, factor: float, classes: Sequence[str]) -> Alternatives:
    """A multiple of an expression; where the factor is negative, largest and smallest change."""
    largest, smallest = (_largest, _smallest) if factor >= 0 else (_smallest, _largest)
    match node:
        case ast.Constant():
            return [[LinearForm(factor * ast.literal_eval(node), {})]]
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            number, value = (left, right) if _is_number(left) else (right, left)
            return _expand(value, factor * _value(number), classes)
        case ast.BinOp(left=left, op=operator, right=right):
            sign = -1 if isinstance(operator, ast.Sub) else 1
            return _sum([_expand(left, factor, classes), _expand(right, sign * factor, classes)])
        case ast.UnaryOp(operand=operand):
            return _expand(operand, -factor, classes)
        case ast.Call(func=ast.Name(id="abs"), args=[argument]):
            return largest([_expand(argument, sign * factor, classes) for sign in (1, -1)])
        case ast.Call(func=ast.Name(id="slope"), args=arguments):
            # Least-squares slope of values one step apart.
            steps = np.arange(len(arguments)) - (len(arguments) - 1) / 2
            weights = factor * steps / (steps @ steps)
            pairs = zip(arguments, weights, strict=True)
            return _sum(_expand(argument, float(weight), classes) for argument, weight in pairs)
        case ast.Call(func=ast.Name(id="lowest" | "highest" as name), args=[argument]):
            of_classes = [_of_class(_expand(argument, factor, classes), each) for each in classes]
            return largest(of_classes) if name == "highest" else smallest(of_classes)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            parts = [_expand(argument, factor, classes) for argument in arguments]
            return largest(parts) if name == "max" else smallest(parts)
    return [[LinearForm(0, {dotted_name(node): factor})]]


def _sum(parts: Iterable[Alternatives]) -> Alternatives:
    total: Alternatives = [[ZERO]]
    for part in parts:
        total = [
            [a.plus(b) for a, b in itertools.product(forms, others)]
            for forms, others in itertools.product(total, part)
        ]
    return total


def _largest(parts: Iterable[Alternatives]) -> Alternatives:
    return [*itertools.chain(*parts)]


def _smallest(parts: Iterable[Alternatives]) -> Alternatives:
    return [[*itertools.chain(*chosen)] for chosen in itertools.product(*parts)]


def _of_class(part: Alternatives, name: str) -> Alternatives:
    # A class that a name states itself comes after this one, and so goes before it.
    return [
        [
            LinearForm(f.constant, {(name, *parts): c for parts, c in f.coefficients.items()})
            for f in forms
        ]
        for forms in part
    ]


def _is_number(node: ast.expr) -> bool:
    return not any(form.coefficients for forms in _expand(node, 1, []) for form in forms)


def _value(number: ast.expr) -> float:
    return max(min(form.constant for form in forms) for forms in _expand(number, 1, []))
