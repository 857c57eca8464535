"""Compute activations of the exported stimuli, as a user's own program would."""

import h5py
import numpy as np
import pandas as pd
import soundfile

FOLDER = "results/demo/exported_stimuli"

stimuli = pd.read_csv(f"{FOLDER}/stimuli.csv")
audio = np.stack([soundfile.read(f"{FOLDER}/{name}")[0] for name in stimuli["file"]])
with h5py.File("theirs.h5", "w") as file:
    file["layers/envelope"] = np.abs(audio).reshape(len(audio), 100, -1).mean(axis=2)
    file["stimuli/class"] = stimuli["class"].tolist()
    file["stimuli/song"] = stimuli["song"].tolist()
