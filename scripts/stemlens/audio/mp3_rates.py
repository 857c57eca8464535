"""Bit rates of MP3 (standard library alone)."""

_MPEG_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG_2_5 = (8, 16, 24, 32, 40, 48, 56, 64)

MP3_BIT_RATES_KBPS = {
    8000: _MPEG_2_5,
    11025: _MPEG_2_5,
    12000: _MPEG_2_5,
    16000: _MPEG_2,
    22050: _MPEG_2,
    24000: _MPEG_2,
    32000: _MPEG_1,
    44100: _MPEG_1,
    48000: _MPEG_1,
}
"""Sample rate in Hz of MP3 → bit rates in kbit/s that it has there (ISO/IEC 11172-3, 13818-3).

LAME takes any other for one of these, or codes at another sample rate, and says nothing.
"""
