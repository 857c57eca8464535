"""Columns that tables of segments share."""


def active_column(name: str) -> str:
    """Column of a segment table that holds the active time of a class in s."""
    return f"active_s_{name}"
