"""All kinds of input, by group."""

from inputs import (
    activation_files,
    config_files,
    config_values,
    corpora,
    damage,
    factories,
    formats,
    names,
    signals,
    tables,
    weights,
)
from inputs.case import Case

GROUPS = (
    *(formats, damage, signals, names, corpora, tables),
    *(config_files, config_values, activation_files, weights, factories),
)
CASES: dict[str, tuple[Case, ...]] = {group.TITLE: tuple(group.cases()) for group in GROUPS}
