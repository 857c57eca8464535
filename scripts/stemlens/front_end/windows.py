"""Waveforms cut into the short windows that a model takes."""

from dataclasses import dataclass

from torch import Tensor

from stemlens.errors import InputError


@dataclass(frozen=True)
class Windows:
    """Windows of `length` samples, each `hop` after the one before; a rest at the end is left."""

    length: int
    hop: int

    @classmethod
    def from_seconds(
        cls, window_s: float | None, hop_s: float | None, sample_rate_hz: int
    ) -> "Windows | None":
        """Round lengths to samples; ``None`` without a window, and no overlap without a hop."""
        if window_s is None:
            return None
        length = round(window_s * sample_rate_hz)
        return cls(length, length if hop_s is None else round(hop_s * sample_rate_hz))

    def cut(self, waveforms: Tensor) -> Tensor:
        """(stimulus, sample) → (stimulus, window, sample).

        Raises
        ------
        InputError
            If a stimulus is shorter than a window.
        """
        if waveforms.shape[-1] < self.length:
            raise InputError(
                f"window_s: found {self.length} samples, longer than a stimulus of"
                f" {waveforms.shape[-1]}; expected a shorter window"
            )
        return waveforms.unfold(-1, self.length, self.hop)
