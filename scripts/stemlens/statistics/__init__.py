"""Confidence intervals over songs and training seeds."""
