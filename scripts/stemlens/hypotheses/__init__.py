"""Statements that the paper makes, and their verdicts."""

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
NOT_APPLICABLE = "not applicable"
"""A statement is about something that this run lacks, or that is undefined in it."""
