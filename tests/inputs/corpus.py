"""All kinds of input, by group."""

from collections.abc import Callable, Iterator

from inputs import configs, corpora, damage, formats, models, names, signals, tables
from inputs.case import Case

GROUPS: dict[str, Callable[[], Iterator[Case]]] = {
    module.TITLE: module.cases
    for module in (formats, damage, signals, names, corpora, tables, configs, models)
}
CASES = {title: tuple(cases()) for title, cases in GROUPS.items()}
