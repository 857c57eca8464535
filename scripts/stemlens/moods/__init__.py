"""Corpora of songs labelled with moods: read as they are published, split, divided into shards."""
