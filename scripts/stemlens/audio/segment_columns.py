"""Column names of segment tables."""


def active_column(name: str) -> str:
    """Column with the active time of a class in s."""
    return f"active_s_{name}"
