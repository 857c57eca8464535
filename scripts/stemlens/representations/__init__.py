"""What a layer holds: how alike layers are, how well they tell the classes apart."""
