"""What is read of a model: which of its layers, and over which of their axes they are averaged."""
