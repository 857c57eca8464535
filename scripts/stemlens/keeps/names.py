"""Names of this analysis: its parts, and what stands in the columns of items."""

GAINS, TRANSFORMED, CONCEPTS = PARTS = ("gains", "transformed", "concepts")
"""Parts that have inputs of their own."""
MEL = "mel"
"""What stands for the sample rate in the paths of inputs that are spectrograms."""
ORIGINAL, OTHER_SEGMENT = "original", "other_segment"
"""What stands for a transformation of the stimulus itself, and of another segment of its song."""
MIX = "mix"
"""What stands for a class where all classes play together."""
NEVER, ALWAYS = "not reached at the highest gain", "reached at every gain"
"""Notes on a class that is heard beyond the gains at which it was listened for."""
