"""Songs with moods: corpora as they are published, read into one list; standard library only."""
