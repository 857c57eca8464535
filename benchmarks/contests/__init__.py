"""See `contest`."""
