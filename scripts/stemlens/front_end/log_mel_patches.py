"""Patches of a log-mel spectrogram, as taggers of music take them."""

import librosa.filters
import torch
from torch import Tensor, nn

from stemlens.errors import InputError

SAMPLE_RATE_HZ = 16_000
N_FFT = 512
HOP_LENGTH = 256
N_BANDS = 96
PATCH_FRAMES = 187
"""About 3 s."""
COMPRESSION = 10_000


class LogMelPatches(nn.Module):
    """Waveforms to patches of log10(10 000 · mel power + 1).

    The spectrogram is librosa's: Hann window, frames centred on multiples of the hop, zeros beyond
    both ends, power, Slaney's mel bands with his area normalisation. Patches follow each other
    without overlap; frames after the last whole patch are left out. Used by Pons and Serra
    (musicnn, 2019).
    """

    filters: Tensor
    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        filters = librosa.filters.mel(sr=SAMPLE_RATE_HZ, n_fft=N_FFT, n_mels=N_BANDS)
        self.register_buffer("filters", torch.from_numpy(filters), persistent=False)
        self.register_buffer("window", torch.hann_window(N_FFT), persistent=False)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Compute the patches.

        Parameters
        ----------
        waveforms : Tensor, float32, shape (stimulus, sample)
            Mono, at `SAMPLE_RATE_HZ`.

        Returns
        -------
        Tensor, float32, shape (stimulus * patch, frame, band)
            `PATCH_FRAMES` frames of `N_BANDS` bands; patches of a stimulus follow each other.

        Raises
        ------
        InputError
            If waveforms are shorter than a patch.
        """
        log_mel = self.spectrogram(waveforms)
        n_patches = log_mel.shape[1] // PATCH_FRAMES
        if n_patches == 0:
            shortest_s = (PATCH_FRAMES - 1) * HOP_LENGTH / SAMPLE_RATE_HZ
            raise InputError(
                f"waveforms: found {waveforms.shape[1] / SAMPLE_RATE_HZ:.2f} s; expected at least"
                f" {shortest_s:.2f} s at {SAMPLE_RATE_HZ} Hz, a patch: use longer segments"
            )
        return log_mel[:, : n_patches * PATCH_FRAMES].reshape(-1, PATCH_FRAMES, N_BANDS)

    def spectrogram(self, waveforms: Tensor) -> Tensor:
        """(stimulus, sample) → (stimulus, frame, band), before it is cut."""
        spectra = torch.stft(
            waveforms,
            N_FFT,
            HOP_LENGTH,
            window=self.window,
            pad_mode="constant",
            return_complex=True,
        )
        power = spectra.real**2 + spectra.imag**2
        return torch.log10(COMPRESSION * (self.filters @ power) + 1).transpose(1, 2)
