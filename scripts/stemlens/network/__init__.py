"""The convolutional network: shapes, model, training, performance."""
