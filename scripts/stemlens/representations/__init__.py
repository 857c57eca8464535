"""Similarity of layers, and how well the classes can be told apart in each."""
