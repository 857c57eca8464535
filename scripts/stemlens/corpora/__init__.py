"""Stem corpora: which songs there are, and their stems as signals."""
