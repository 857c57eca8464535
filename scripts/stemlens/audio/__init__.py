"""From stems to segments, mixes and mel spectrograms."""
