"""The splits of a corpus: what networks learn from, and what they are tested and studied on."""

SPLITS = ("train", "test")
