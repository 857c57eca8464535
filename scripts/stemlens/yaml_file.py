"""Reading YAML files, in which duplicate keys are an error and only plain data can be made.

A corpus comes with YAML of its makers. No tag in it makes another object than PyYAML's safe ones.
Aliases may make a file of a few lines stand for any number of values, and brackets in brackets are
more than the stack holds: both have bounds.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from stemlens.errors import InputError

MERGE = "tag:yaml.org,2002:merge"
MAX_VALUES = 1_000_000
"""In a file, with what aliases stand for."""
MAX_DEPTH = 100


# libyaml is ten times faster; not every build of PyYAML has it.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    def construct_mapping(self, node: yaml.MappingNode, *deep: bool) -> dict[Hashable, Any]:
        seen = set()
        keys = (key for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        for key in keys:
            if key.tag != MERGE and key.value in seen:
                raise InputError(
                    f"{key.start_mark.name}, line {key.start_mark.line + 1}: the key {key.value}"
                    " occurs twice, and the first would be ignored; expected it once: merge both"
                    " or delete one"
                )
            seen.add(key.value)
        return super().construct_mapping(node, *deep)


def read_yaml(path: str | Path) -> Any:
    """Read a YAML file.

    Raises
    ------
    OSError
        If it cannot be opened.
    InputError
        If it is not YAML, a mapping has a duplicate key, or there are more values or brackets in
        brackets than `MAX_VALUES` and `MAX_DEPTH`.
    """
    with Path(path).open("rb") as file:
        try:
            _demand_bounded(file)
            file.seek(0)
            return yaml.load(file, _Loader)
        # ValueError: a date such as 2021-13-45.
        except (ValueError, yaml.YAMLError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{path}: cannot be read as YAML ({reason}); correct it") from error


def _demand_bounded(file: BinaryIO) -> None:
    """Count values before any is made.

    Raises
    ------
    ValueError
        If there are too many.
    """
    n_of_anchor: dict[str | None, int] = {}
    n_in: list[int] = [0]
    anchors: list[str | None] = []
    for event in yaml.parse(file, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            n_in.append(1)
            anchors.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            n_values, anchor = n_in.pop(), anchors.pop()
            n_in[-1] += n_values
            if anchor is not None:
                n_of_anchor[anchor] = n_values
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor in anchors:
                raise ValueError(f"the alias {event.anchor} stands within what it stands for")
            n_in[-1] += n_of_anchor.get(event.anchor, 1)
        elif isinstance(event, yaml.ScalarEvent):
            n_in[-1] += 1
        if n_in[-1] > MAX_VALUES or len(n_in) > MAX_DEPTH:
            raise ValueError(
                f"more than {MAX_VALUES} values, counting what aliases stand for, or {MAX_DEPTH}"
                " lists and mappings within each other"
            )
