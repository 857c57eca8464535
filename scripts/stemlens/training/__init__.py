"""Training a network, from mel spectrograms with targets to weights."""
