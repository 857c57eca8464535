"""The convolutional network: its shapes, layers, initial weights and file."""
