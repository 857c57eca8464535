"""Stimuli, and what every layer makes of them."""
