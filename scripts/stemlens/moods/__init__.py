"""Corpora of songs with mood labels: reading them as published, splits and shards."""
