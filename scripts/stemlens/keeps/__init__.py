"""What each layer keeps of its input: gains, transformations, retrieval, concepts."""
