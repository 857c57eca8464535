"""How an audio CNN generalises, layer by layer.

The data flows one way, and each step is a subpackage: ``corpora`` (songs and their stems),
``audio`` (segments, mixes, mel spectrograms), ``network`` (the CNN and its training),
``similarity`` (stimuli, activations, measures), ``figures``. ``workflow`` holds what the
Snakefile needs while it is parsed.
"""
