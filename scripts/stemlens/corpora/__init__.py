"""Stem corpora: listing songs and reading audio."""
