"""YAML files in which nothing is lost: a key that stands there twice is an error."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from stemlens.errors import InputError

MERGE = "tag:yaml.org,2002:merge"


# libyaml is ten times faster; not every build of PyYAML has it.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    def construct_mapping(self, node: yaml.MappingNode, *deep: bool) -> dict[Hashable, Any]:
        seen = set()
        keys = (key for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        for key in keys:
            if key.tag != MERGE and key.value in seen:
                raise InputError(
                    f"{key.start_mark.name}, line {key.start_mark.line + 1}: the key {key.value}"
                    " stands there twice, and the first would be lost; expected it once: join"
                    " both or delete one"
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
        If it is no YAML, or a key stands twice in one mapping.
    """
    with Path(path).open("rb") as file:
        try:
            return yaml.load(file, _Loader)
        # ValueError: a date such as 2021-13-45.
        except (ValueError, yaml.YAMLError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{path}: cannot be read as YAML ({reason}); correct it") from error
