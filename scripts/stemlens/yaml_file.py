"""Reading YAML files, in which duplicate keys are an error."""

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
        If it is not YAML, or a mapping has a duplicate key.
    """
    with Path(path).open("rb") as file:
        try:
            return yaml.load(file, _Loader)
        # ValueError: a date such as 2021-13-45.
        except (ValueError, yaml.YAMLError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{path}: cannot be read as YAML ({reason}); correct it") from error
