"""Checking a config against its JSON schema, with messages for users of YAML."""

import math
from collections.abc import Mapping
from pathlib import Path
from reprlib import Repr
from typing import Any

import jsonschema

from stemlens.errors import InputError
from stemlens.yaml_file import read_yaml


def _is_integer(_checker: jsonschema.TypeChecker, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(checker: jsonschema.TypeChecker, value: object) -> bool:
    return _is_integer(checker, value) or (isinstance(value, float) and math.isfinite(value))


# JSON schema accepts 15.0 as an integer and NaN as a number.
_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    ),
)


_SHOWN = Repr()
"""Values in messages: a value may be as long as a file."""
_SHOWN.maxlist = _SHOWN.maxdict = 10
_SHOWN.maxstring = _SHOWN.maxother = 100


def check_schema(config: Mapping[str, Any], schema_path: str | Path) -> None:
    """Check keys, types and ranges of the merged config; the JSON schema is a YAML file.

    Raises
    ------
    InputError
        On the first key that is unknown, missing, of the wrong type or out of range.
    """
    validator = _Validator(read_yaml(schema_path))
    error = jsonschema.exceptions.best_match(validator.iter_errors(config))
    if error is not None:
        raise InputError(_describe(error))


def _describe(error: jsonschema.ValidationError) -> str:
    key = ".".join(map(str, error.absolute_path)) or "the top level"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = [name for name in error.instance if name not in known]
        prefix = "".join(f"{part}." for part in error.absolute_path)
        return (
            f"config key {prefix}{unknown[0]}: unknown; expected one of {', '.join(known)}:"
            " correct or remove it"
        )
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"config key {key}: {', '.join(missing)} is missing; add it"
    meaning = " ".join(error.schema.get("description", "").split())
    expected = {
        "type": f"expected {error.validator_value}",
        "enum": f"expected one of {error.validator_value}",
        "minimum": f"expected at least {error.validator_value}",
        "maximum": f"expected at most {error.validator_value}",
        "exclusiveMinimum": f"expected more than {error.validator_value}",
        "exclusiveMaximum": f"expected less than {error.validator_value}",
        "minItems": f"expected at least {error.validator_value} of them",
        "maxItems": f"expected at most {error.validator_value} of them",
        "uniqueItems": "expected each once",
        "pattern": "expected other characters",
        "minLength": "expected a text that is not empty",
        "maxLength": f"expected at most {error.validator_value} characters",
    }.get(str(error.validator), f"expected {error.validator} {error.validator_value}")
    found = _SHOWN.repr(error.instance)
    return f"config key {key}: found {found}; {expected}{_hint(error)}. {meaning}".strip()


def _hint(error: jsonschema.ValidationError) -> str:
    """Explain how to write lists, and numbers and text that YAML took for the other."""
    if error.validator != "type":
        return ""
    found, wanted = error.instance, error.validator_value
    wanted = {wanted} if isinstance(wanted, str) else {*wanted}
    if "array" in wanted and isinstance(found, bool | int | float):
        return f", a list: write [{str(found).lower()}]"
    if "string" in wanted and isinstance(found, int | float):
        return ": write it in quotes"
    if not isinstance(found, str) or not {"number", "integer"} & wanted:
        return ""
    try:
        number = float(found)
    except ValueError:
        return ""
    mantissa, exponent, power = found.lower().partition("e")
    if exponent and "." not in mantissa:
        return f": write {mantissa}.0e{power}, since YAML takes {found} for text"
    return (
        f": write {number:g} without quotes, and in a file for --configfile, since --config takes"
        " numbers in braces for text"
    )
