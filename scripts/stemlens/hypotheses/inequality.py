"""Inequalities between mean similarities, as hypotheses state them: ``conv1 < conv2 < conv3``."""

import ast
import itertools
import math
from dataclasses import dataclass

from stemlens.errors import InputError

FIRST, LAST, PEAK, ANY = LAYER_WORDS = ("first", "last", "peak", "any")
"""What may stand in the place of a layer, see `stemlens.hypotheses.layer_words`."""

MAX_LENGTH, MAX_DEPTH = 500, 50
"""Characters of a test, and terms within each other; more of them would exceed the stack."""


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


def parse(text: str) -> list[Inequality]:
    """Read a chain of ``<`` and return its links; ``<=`` is taken for ``<``.

    Raises
    ------
    InputError
        If it is no such chain, if it uses anything but numbers, dotted names, + −, a number *,
        abs, max, min, slope, lowest and highest, if a link names nothing, or if one of several
        names `ANY`.
    """
    if len(text) > MAX_LENGTH:
        raise InputError(
            f"test {text[:40] + '…'!r}: has {len(text)} characters; expected at most {MAX_LENGTH}:"
            " divide it"
        )
    try:
        chain = ast.parse(text.strip(), mode="eval").body
    # ValueError: a NUL character.
    except (SyntaxError, ValueError) as error:
        reason = getattr(error, "msg", error)
        raise InputError(f"test {text!r}: {reason}; expected, say, conv1 < conv2") from error
    if not isinstance(chain, ast.Compare) or not all(
        isinstance(operator, ast.Lt | ast.LtE) for operator in chain.ops
    ):
        raise InputError(f"test {text!r}: no chain of <; expected, say, conv1 < conv2 < conv3")
    sides = [chain.left, *chain.comparators]
    for side in sides:
        _check(side, text)
    links = [Inequality(*link) for link in itertools.pairwise(sides)]
    for link in links:
        names = link.names()
        if not names:
            raise InputError(f"test {text!r}: {link} names nothing; expected, say, 0.5 < conv1")
        if len(links) > 1 and any(name == ANY for *_, name in names):
            raise InputError(
                f"test {text!r}: {ANY} in a chain could be another layer in each link; expected a"
                " test for each link"
            )
    return links


def dotted_name(node: ast.expr) -> tuple[str, ...]:
    """Parts of a dotted name, as ('bass', 'input')."""
    match node:
        case ast.Attribute(value=value, attr=part):
            return (*dotted_name(value), part)
        case ast.Name(id=part):
            return (part,)
    raise TypeError(f"{ast.unparse(node)} is no dotted name")


def written(name: str) -> str:
    """Spell a name as inequalities do, where a hyphen would be a minus."""
    return name.replace("-", "_").replace(".", "_")


def _check(node: ast.expr, text: str, depth: int = 1) -> None:
    if depth > MAX_DEPTH:
        raise InputError(
            f"test {text!r}: more than {MAX_DEPTH} terms are within each other; expected fewer:"
            " divide it"
        )
    match node:
        case ast.Name():
            children: list[ast.expr] = []
        case ast.Constant(value=int() | float() as value) if _is_number(value):
            children = []
        case ast.Attribute(value=ast.Name() | ast.Attribute()):
            children = [node.value]
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            children = [node.left, node.right]
        case ast.BinOp(op=ast.Mult()) if not (_names(node.left) and _names(node.right)):
            children = [node.left, node.right]
        case ast.UnaryOp(op=ast.USub()):
            children = [node.operand]
        case (
            ast.Call(func=ast.Name(id="abs" | "lowest" | "highest"), args=[_], keywords=[])
            | ast.Call(func=ast.Name(id="max" | "min" | "slope"), args=[_, _, *_], keywords=[])
        ):
            children = node.args
        case _:
            raise InputError(
                f"test {text!r}: {ast.unparse(node)!r} is not understood; expected numbers, names,"
                " + -, a number * a value, abs, lowest or highest of one value, and max, min or"
                " slope of two or more"
            )
    for child in children:
        _check(child, text, depth + 1)


def _is_number(value: int | float) -> bool:
    try:
        return not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


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
    return [dotted_name(node)]
