"""What a target says about an example: which classes are in it, or which one it belongs to."""

MULTI_LABEL = "multi_label"
"""Any number of classes: each output is a probability of its own (sigmoid)."""
SINGLE_LABEL = "single_label"
"""Exactly one class: the outputs share a probability of 1 (softmax)."""
