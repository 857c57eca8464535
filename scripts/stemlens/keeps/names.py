"""Names of this analysis: its parts, and what stands in the columns of items."""

from stemlens.audio.transformation_units import UNITS

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
OPEN_INTERVAL = "its interval has all gains, and more at both ends"
"""Note on a threshold about which its songs say nothing."""
INVARIANCES = {name: f"{name}_invariance" for name in UNITS}
"""Transformation → what hypotheses call the invariance to it."""
AUDIO_MATCHING, MUSIC_SIMILARITY, INSTRUMENT = (
    "audio_matching",
    "music_similarity",
    "instrument",
)
"""What is asked of the activations of a layer as features for retrieval."""
RETRIEVALS = {
    AUDIO_MATCHING: "audio_matching",
    MUSIC_SIMILARITY: "music_similarity",
    INSTRUMENT: "instrument_retrieval",
}
"""Job → what hypotheses call its mean reciprocal rank."""
