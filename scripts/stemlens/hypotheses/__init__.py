"""What the paper reports, as statements with a verdict."""
