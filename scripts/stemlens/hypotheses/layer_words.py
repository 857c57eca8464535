"""Words for layers by their place, for hypotheses about networks whatever their layers are called.

``first`` and ``last`` are a network's first and last layer by depth; ``peak`` is the largest value
of all its layers. An inequality with ``any`` holds if it holds in at least one layer, which is the
same wherever the inequality says ``any``. In another training or task, ``any`` is the layer of the
same name.
"""

import ast
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from stemlens.hypotheses.inequality import ANY, FIRST, LAST, PEAK, Inequality, dotted_name

LayersOf = Callable[[tuple[str, ...]], Sequence[str]]
"""What a dotted name states before the layer → the layers that it may be, by depth."""


def in_each_layer(inequality: Inequality, layers_of: LayersOf) -> dict[str, Inequality]:
    """Replace words by layers, ``any`` by each of them, or else ``last`` by each of them.

    Returns
    -------
    dict
        Layer → the inequality, by depth. Of one with ``any``, at least one has to hold; of one
        with ``last`` alone, the last has to. An inequality with neither stands alone, under ''.
    """
    stated = {name for *_, name in inequality.names()}
    word = next((word for word in (ANY, LAST) if word in stated), None)
    replaced = {}
    for layer in layers_of(()) if word else [""]:
        replacement = _Replacement(layers_of, {word: layer} if word else {})
        smaller, larger = deepcopy((inequality.smaller, inequality.larger))
        replaced[layer] = Inequality(replacement.visit(smaller), replacement.visit(larger))
    return replaced or {"": inequality}


class _Replacement(ast.NodeTransformer):
    """Replaces words by layers, all of one word by a certain one."""

    def __init__(self, layers_of: LayersOf, chosen: dict[str, str]) -> None:
        self.layers_of = layers_of
        self.chosen = chosen

    def visit(self, node: ast.AST) -> Any:
        if not isinstance(node, ast.Name | ast.Attribute):
            return self.generic_visit(node)
        *heads, name = dotted_name(node)
        layers = self.layers_of(tuple(heads))
        # A network of another task may end in another layer.
        if name in self.chosen and (name == ANY or layers == self.layers_of(())):
            return _dotted([*heads, self.chosen[name]])
        if not layers or name not in (FIRST, LAST, PEAK):
            return node
        if name == PEAK:
            return ast.Call(ast.Name("max"), [_dotted([*heads, each]) for each in layers], [])
        return _dotted([*heads, layers[0 if name == FIRST else -1]])


def _dotted(parts: Sequence[str]) -> ast.expr:
    # A layer's name may contain dots, as those of modules do: it stays one part.
    node: ast.expr = ast.Name(parts[0])
    for part in parts[1:]:
        node = ast.Attribute(node, part)
    return node
