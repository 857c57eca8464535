"""Units of the strengths of transformations (standard library alone)."""

LEFT_CHANNEL = "left_channel"
"""The transformation that is no function of a mono signal, but another reading of the stems."""

UNITS = {
    "pitch_shift": "semitones",
    "time_shift": "s",
    "time_stretch": "× speed",
    "gain": "dB",
    "low_pass": "Hz",
    "high_pass": "Hz",
    "reverberation": "s RT60",
    "mp3": "kbit/s",
    "noise": "dB SNR",
    "polarity_inversion": "",
    LEFT_CHANNEL: "",
}
"""Name of a transformation, the key in the config → unit; empty if it has no strength."""
