"""What the paper reports, as statements with a verdict."""

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
