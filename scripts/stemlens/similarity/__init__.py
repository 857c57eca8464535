"""Stimuli, their activations in every layer, and how similar these are."""
