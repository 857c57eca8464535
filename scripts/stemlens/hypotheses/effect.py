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

from stemlens.hypotheses.inequality import Inequality


@dataclass(frozen=True)
class LinearForm:
    """``constant`` + Σ coefficient · value of a dotted name, as ('bass', 'input')."""

    constant: float
    coefficients: dict[tuple[str, ...], float]

    def plus(self, other: "LinearForm", factor: float = 1) -> "LinearForm":
        """Add a multiple of another form."""
        coefficients = dict(self.coefficients)
        for name, coefficient in other.coefficients.items():
            coefficients[name] = coefficients.get(name, 0) + factor * coefficient
        return LinearForm(
            self.constant + factor * other.constant,
            {name: coefficient for name, coefficient in coefficients.items() if coefficient},
        )


ZERO = LinearForm(0, {})
Alternatives = list[list[LinearForm]]
"""The largest, over alternatives, of the smallest form."""


def effect_of(inequality: Inequality, classes: Sequence[str]) -> Alternatives:
    """Larger side minus smaller side, which is above zero where the inequality holds.

    Parameters
    ----------
    inequality
        As from `stemlens.hypotheses.inequality.parse`.
    classes
        What ``lowest`` and ``highest`` go through.
    """
    larger, smaller = (_expand(side, classes) for side in (inequality.larger, inequality.smaller))
    return _sum([larger, _negative(smaller)])


def _expand(node: ast.expr, classes: Sequence[str]) -> Alternatives:
    match node:
        case ast.Constant():
            return [[LinearForm(ast.literal_eval(node), {})]]
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = _expand(left, classes), _expand(right, classes)
            if isinstance(operator, ast.Mult):
                number, factor = (a, b) if _is_number(a) else (b, a)
                return _multiple(factor, _value(number))
            return _sum([a, _negative(b) if isinstance(operator, ast.Sub) else b])
        case ast.UnaryOp(operand=operand):
            return _negative(_expand(operand, classes))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            parts = [_expand(argument, classes) for argument in arguments]
            match name:
                case "abs":
                    return [*parts[0], *_negative(parts[0])]
                case "max":
                    return [*itertools.chain(*parts)]
                case "min":
                    return _smallest(parts)
                case "slope":
                    return _slope(parts)
                case "lowest":
                    return _smallest([_of_class(parts[0], each) for each in classes])
                case "highest":
                    return [*itertools.chain(*(_of_class(parts[0], each) for each in classes))]
    return [[LinearForm(0, {tuple(ast.unparse(node).split(".")): 1})]]


def _sum(parts: Iterable[Alternatives]) -> Alternatives:
    total: Alternatives = [[ZERO]]
    for part in parts:
        total = [
            [a.plus(b) for a, b in itertools.product(forms, others)]
            for forms, others in itertools.product(total, part)
        ]
    return total


def _negative(part: Alternatives) -> Alternatives:
    # −max(min(a, b), c) = min(max(−a, −b), −c): one form of each alternative, in every combination.
    return [[ZERO.plus(form, -1) for form in chosen] for chosen in itertools.product(*part)]


def _smallest(parts: Iterable[Alternatives]) -> Alternatives:
    return [[*itertools.chain(*chosen)] for chosen in itertools.product(*parts)]


def _multiple(part: Alternatives, factor: float) -> Alternatives:
    if factor < 0:
        return _multiple(_negative(part), -factor)
    return [[ZERO.plus(form, factor) for form in forms] for forms in part]


def _slope(parts: Sequence[Alternatives]) -> Alternatives:
    """Least-squares slope of values that stand one step apart."""
    steps = np.arange(len(parts)) - (len(parts) - 1) / 2
    weights = steps / (steps @ steps)
    return _sum(_multiple(part, float(w)) for part, w in zip(parts, weights, strict=True))


def _of_class(part: Alternatives, name: str) -> Alternatives:
    # A class that a name states itself comes after this one, and so goes before it.
    return [
        [
            LinearForm(f.constant, {(name, *parts): c for parts, c in f.coefficients.items()})
            for f in forms
        ]
        for forms in part
    ]


def _is_number(part: Alternatives) -> bool:
    return not any(form.coefficients for forms in part for form in forms)


def _value(number: Alternatives) -> float:
    return max(min(form.constant for form in forms) for forms in number)
