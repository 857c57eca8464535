"""The page of licences is complete, and says what the installed packages say."""

import re

import pytest
from licence_table import NOTES, PAGE, licence, locked, page


def test_every_locked_package_stands_on_the_page_with_its_licence() -> None:
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (.*?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == {name: licence(name) for name in locked()}
    assert all(dict(rows).values())


def test_the_page_is_as_the_script_writes_it() -> None:
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("name", locked())
def test_a_package_under_a_copyleft_licence_has_a_note(name: str) -> None:
    if re.search("GPL|MPL|GNU|Mozilla", licence(name)):
        assert name in NOTES
