"""Values that a JSON schema accepts, for hypothesis: of the part of JSON schema that ours uses."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

SMALL = 4
"""Entries of lists and mappings at most, where the schema does not ask for more."""
TEXTS = st.sampled_from(
    [
        "",
        "a",
        "paper",
        "none",
        "test",
        "-1",
        "../x",
        "~",
        "a" * 300,
        "ä",
        "\0",
        "*",
        "{song}",
        "1e3",
    ]
)


class SchemaValues:
    """Strategies for values of a schema, with its definitions."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put a definition in the place of a reference to it."""
        name = node.get("$ref", "").rpartition("/")[2]
        if not name:
            return node
        known = self.schema["$defs"][name]
        items = {**known.get("items", {}), **node.get("items", {})}
        return {**known, **node, **({"items": items} if items else {}), "$ref": ""}

    def of(self, node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        """Values that a part of the schema accepts."""
        node = self.resolved(node)
        if "if" in node:
            rest = {key: node[key] for key in node if key not in ("if", "then", "else")}
            then, otherwise = (self.of({**rest, **node[key]}) for key in ("then", "else"))
            asked = {
                key for case in node["if"].get("anyOf", [node["if"]]) for key in case["required"]
            }
            return st.one_of(then.filter(lambda found: bool(asked & {*found})), otherwise)
        if "const" in node:
            return st.just(node["const"])
        if "enum" in node:
            return st.sampled_from(node["enum"])
        if "anyOf" in node and "type" not in node:
            return st.one_of([self.of(choice) for choice in node["anyOf"]])
        types = node.get("type", ["string", "integer", "boolean", "null"])
        kinds = [types] if isinstance(types, str) else types
        return st.one_of([getattr(self, f"_{kind}")(node) for kind in kinds])

    def _null(self, _: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        return st.none()

    def _boolean(self, _: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        return st.booleans()

    def _integer(self, node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        low, high = node.get("minimum", -(2**40)), node.get("maximum", 2**40)
        step = node.get("multipleOf", 1)
        near = st.integers(low // step, min(high // step, low // step + 20))
        anywhere = st.one_of(near, st.integers(low // step, high // step))
        return anywhere.map(lambda n: n * step).filter(lambda n: low <= n <= high)

    def _number(self, node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        low = node.get("minimum", node.get("exclusiveMinimum"))
        high = node.get("maximum", node.get("exclusiveMaximum"))
        floats = st.floats(
            low,
            high,
            allow_nan=False,
            allow_infinity=False,
            exclude_min="exclusiveMinimum" in node,
            exclude_max="exclusiveMaximum" in node,
        )
        n_low, n_high = (
            -100 if low is None else int(low) + 1,
            100 if high is None else int(high) - 1,
        )
        return st.one_of(floats, st.integers(n_low, n_high)) if n_low <= n_high else floats

    def _string(self, node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        if "pattern" in node:
            texts = st.from_regex(node["pattern"].replace("$", r"\Z"))
            return texts.filter(lambda text: len(text) <= node.get("maxLength", 10**9))
        return TEXTS.filter(lambda text: len(text) >= node.get("minLength", 0))

    def _array(self, node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        low = node.get("minItems", 0)
        lengths = [
            (choice.get("minItems", low), choice.get("maxItems", SMALL))
            for choice in node.get("anyOf", [node])
        ]
        items = self.of(node.get("items", {}))
        lists = [
            st.lists(items, min_size=least, max_size=max(least, min(most, SMALL)))
            for least, most in lengths
        ]
        if not node.get("uniqueItems"):
            return st.one_of(lists)
        return st.one_of(lists).filter(lambda values: len({*map(repr, values)}) == len(values))

    def _object(self, node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        known = {key: self.of(part) for key, part in node.get("properties", {}).items()}
        required = {key: known[key] for key in node.get("required", []) if key in known}
        optional = {key: known[key] for key in known if key not in required}
        fixed = st.fixed_dictionaries(required, optional=optional)
        others = node.get("additionalProperties", True)
        if others is False:
            return fixed
        names = self.of({"type": "string", **node.get("propertyNames", {})})
        values = self.of(others if isinstance(others, Mapping) else {})
        more = st.dictionaries(names, values, min_size=node.get("minProperties", 0), max_size=2)
        return st.builds(lambda some, all_known: {**some, **all_known}, more, fixed)


def places(schema: Mapping[str, Any], values: SchemaValues) -> dict[tuple[str, ...], Any]:
    """Every key of a section, and every section, with its part of the schema."""
    found: dict[tuple[str, ...], Any] = {}
    for key, part in values.resolved(schema).get("properties", {}).items():
        found[(key,)] = part
        found |= {(key, *rest): inner for rest, inner in places(part, values).items()}
    return found
