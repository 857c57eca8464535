"""Stimuli are heard: every sound decodes, lasts as long as its segment, has its tone, and plays."""

import numpy as np
import pytest
from chromium import Opened
from explorer_page import DURATION_S, SAMPLE_RATE_HZ, SONGS, TONES_HZ, write_small_explorer

# An encoder works on frames, below 32 kHz of 576 samples, and adds some before and after.
PADDING_S = 5 * 576 / SAMPLE_RATE_HZ
DECODED = """async (number) => {
    const { block, bytes } = await import("explorer/data.js");
    const sound = bytes(block("stimuli").stimuli[number].audio).buffer;
    const decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(sound);
    return [decoded.numberOfChannels, decoded.duration, [...decoded.getChannelData(0)]];
}""".replace("RATE", str(SAMPLE_RATE_HZ))


def test_every_sound_decodes_and_is_that_stem_of_that_song(opened, explorer):
    page = opened.show(view="pairs")
    for number, stimulus in enumerate(explorer.stimuli.to_dict("records")):
        channels, duration_s, signal = page.evaluate(DECODED, number)
        assert channels == 1
        assert duration_s == pytest.approx(DURATION_S, abs=PADDING_S)
        middle = np.array(signal)[SAMPLE_RATE_HZ // 2 : SAMPLE_RATE_HZ * 3 // 2]
        strongest_hz = np.abs(np.fft.rfft(middle)).argmax()
        assert strongest_hz == TONES_HZ[stimulus["class"]]
        amplitude = 0.15 * (1 + SONGS.index(stimulus["song"]))
        assert np.sqrt(2) * middle.std() == pytest.approx(amplitude, rel=0.1)


def test_both_sounds_of_a_pair_play_when_asked_and_go_on_while_the_maps_change(opened):
    page = opened.show(view="pairs")
    sounds = page.locator("audio")
    assert sounds.count() == 2
    for sound in sounds.all():
        loaded = """async (audio) => {
            while (audio.readyState < 1) await new Promise(requestAnimationFrame);
        }"""
        sound.evaluate(loaded)
        assert sound.evaluate("audio => audio.paused")
        assert sound.evaluate("audio => audio.duration") == pytest.approx(DURATION_S, abs=PADDING_S)
        moved = """async (audio) => {
            await audio.play();
            while (audio.currentTime < 0.1) await new Promise(requestAnimationFrame);
        }"""
        sound.evaluate(moved)
        page.locator("[name=filter]").fill("2")
        opened.settled()
        assert sound.evaluate("audio => audio.isConnected && audio.error === null")
        sound.evaluate("audio => audio.pause()")


def test_one_sound_plays_at_a_time(opened):
    page = opened.show(view="pairs")
    for sound in page.locator("audio").all():
        sound.evaluate("audio => audio.play()")
    page.wait_for_function("document.querySelector('audio').paused")
    playing = page.locator("audio").evaluate_all("all => all.map((audio) => !audio.paused)")
    assert playing == [False, True]
    page.locator("audio").last.evaluate("audio => audio.pause()")


def test_space_plays_a_focused_sound(opened):
    page = opened.show(view="pairs")
    sound = page.locator("audio").first
    sound.focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('audio').currentTime > 0.1")
    sound.evaluate("audio => audio.pause()")


def test_without_the_right_to_pass_audio_on_the_page_has_none_and_says_why(browser, tmp_path):
    silent = write_small_explorer(tmp_path, is_heard=False)
    opened = Opened(browser, silent.page)
    page = opened.show(view="pairs")
    assert page.locator("audio").count() == 0
    assert page.locator("#output").get_by_text("Without sound: explorer.audio").count() == 2
    assert page.locator("[data-part=spectrograms] canvas").count() == 2
    assert opened.complaints == []
    opened.context.close()
