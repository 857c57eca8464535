"""The contract between a model and the analysis: what is read of it, stimulus by stimulus."""

from collections.abc import Mapping
from typing import Any, Protocol

from torch import Tensor


class LayerReader(Protocol):
    """A model in evaluation mode, of which layers are read.

    Attributes
    ----------
    stimuli_at_once
        How many stimuli `read` is given: enough that a pass is not mostly overhead, and little
        memory.
    """

    stimuli_at_once: int

    def read(self, inputs: Tensor) -> Mapping[str, Tensor]:
        """Pass stimuli through the model.

        Parameters
        ----------
        inputs : Tensor, float32, shape (stimulus, …)
            What its front end takes: waveforms (stimulus, sample) at the model's rate, or mel
            spectrograms (stimulus, band, frame) in dB.

        Returns
        -------
        Mapping
            Name of each layer → Tensor (stimulus, …), averaged over those axes that are to be,
            from the input to the output. The names and their order are the same each time.
        """

    def attributes(self, layer: str) -> Mapping[str, Any]:
        """What is known of a layer: ``kind``, names of its ``axes``, ``stride`` on the input."""
