"""The pictures: one module per kind of figure."""
