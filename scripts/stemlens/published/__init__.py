"""Published networks as factories: what they are, and where their weights come from."""
