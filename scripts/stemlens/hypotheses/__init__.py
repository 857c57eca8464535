"""What the paper reports, as statements with a verdict."""

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
NOT_APPLICABLE = "not applicable"
"""Of a statement about what this run does not have, or about what is not defined there."""
