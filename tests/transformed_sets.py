"""Sets of transformed items, from vectors or through models."""

import numpy as np
import pandas as pd
import torch
from stemlens.keeps.comparison import KEPT, TIMES, ComparedSet, ItemSet, write_comparison
from stemlens.keeps.item_inputs import read_items, write_inputs
from stemlens.keeps.transformed_items import items_by_class, song_names
from stemlens.similarity.cross_gram import cross_gram


def item_table(songs, conditions=(), *, other_segments=(), class_name="bass"):
    """Originals, then each song's transformed items, then other segments of some."""
    rows = [(class_name, song, "original", 0.0) for song in songs]
    rows += [(class_name, song, *condition) for song in songs for condition in conditions]
    rows += [(class_name, song, "other_segment", 0.0) for song in other_segments]
    return pd.DataFrame(rows, columns=["class", "song", "transformation", "strength"])


def compared_set(items, vectors, *, layer="conv1", times=(KEPT,)):
    """What a model with one layer would make of items."""
    n_references = int((items["transformation"] == "original").sum())
    gram = cross_gram([np.asarray(vectors, np.float64)], n_references)
    grams = {time: {layer: gram} if time in times else {} for time in TIMES}
    return ComparedSet(items, n_references, grams)


def class_items(*sets):
    """The only class of some sets."""
    (items,) = items_by_class(sets, song_names(one.items for one in sets))
    return items


class Reader:
    """A module, of which one layer with named axes is read."""

    stimuli_at_once = 3

    def __init__(self, module, axes):
        self.module, self.axes = module, axes

    def read(self, inputs):
        with torch.no_grad():
            return {"input": inputs, "layer": self.module(inputs)}

    def attributes(self, layer):
        axes = {"input": "band time", "layer": self.axes}[layer]
        return {"kind": "module", "axes": axes} if axes else {"kind": "module"}


def write_compared(folder, inputs, items, reader):
    """Send inputs through a reader; returns the path of the file."""
    write_inputs(folder / "inputs.h5", inputs, items)
    read = read_items([folder / "inputs.h5"])
    one = ItemSet(read, int((items["transformation"] == "original").sum()))
    path = folder / "compared.h5"
    write_comparison(path, [(one, reader)], device=torch.device("cpu"), remedy="check")
    return path
