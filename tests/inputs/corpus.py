"""All kinds of input, by group."""

from collections.abc import Callable, Iterator

from inputs import damage, formats, signals
from inputs.case import Case

GROUPS: dict[str, Callable[[], Iterator[Case]]] = {
    module.TITLE: module.cases for module in (formats, damage, signals)
}
CASES = {title: tuple(cases()) for title, cases in GROUPS.items()}
