"""From a stimulus to what a model takes: waveforms cut into windows, or mel spectrograms."""
