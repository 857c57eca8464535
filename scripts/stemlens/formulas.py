"""Text in CSV tables that a spreadsheet would take for a formula, and how it is kept from that.

A song called ``=HYPERLINK(…)`` is text to pandas and a formula to a spreadsheet, which may fetch
addresses or start programs. With an apostrophe before it, it is text to both; reading removes that.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

BEGINNINGS = "=+\\-@\t\r\n＝＋－＠"
# A spreadsheet may divide a row at semicolons or tabs, as in countries with a decimal comma, and
# begins a row at a line break where it does not see the quotes: cells begin there too.
_BEFORE = r"(?<![^;\t\r\n])"
_UNMARKED = re.compile(f"{_BEFORE}('*)(?=[{BEGINNINGS}])")
_MARKED = re.compile(f"{_BEFORE}'('*)(?=[{BEGINNINGS}])")


def as_text(cell: str) -> str:
    """Put an apostrophe before whatever a spreadsheet would take for a formula."""
    return _UNMARKED.sub(r"'\1", cell)


def as_written(cell: str) -> str:
    """Undo `as_text`."""
    return _MARKED.sub(r"\1", cell)
