"""Pairs: the matrix, a pair's value, its maps and spectrograms, and where these stand."""

import h5py
import numpy as np
import pytest
from explorer_page import CENTRES_HZ, LAYERS, MAPS, MEASURES, MODELS, N_BANDS, N_FRAMES, SONGS
from stemlens.audio.mel_store import spectrogram_batches
from stemlens.tables import read_table

HALF_STEP = 1 / (2 * (2**24 - 2))


def similarity_of(explorer, model, layer, measure, first, second):
    pairs = read_table(explorer.of_model("similarity", ".csv", model))
    pairs = pairs[pairs["layer"] == layer]
    names = [tuple(explorer.stimuli.loc[number, ["class", "song"]]) for number in (first, second)]
    for row in pairs.to_dict("records"):
        if {(row["class_a"], row["song_a"]), (row["class_b"], row["song_b"])} == set(names):
            return row[measure]
    raise AssertionError(names)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("measure", MEASURES)
def test_the_matrix_shows_every_pairs_value(opened, explorer, model, measure):
    stimuli = explorer.stimuli
    page = opened.show(
        view="pairs", model=model, measure=measure, layer="conv2", a="bass", b="drums"
    )
    cells = page.locator("td[aria-label]")
    labels = cells.evaluate_all("all => all.map((cell) => cell.ariaLabel)")
    rows, columns = (stimuli.index[stimuli["class"] == name] for name in ("bass", "drums"))
    expected = []
    for row in rows:
        for column in columns:
            songs = stimuli.loc[row, "song"], stimuli.loc[column, "song"]
            if songs[0] == songs[1]:
                expected.append(("no value", None))
                continue
            value = similarity_of(explorer, model, "conv2", measure, row, column)
            expected.append((" and ".join(songs), value))
    assert len(labels) == len(expected) == len(SONGS) ** 2
    for label, (songs, value) in zip(labels, expected, strict=True):
        if value is None:
            assert label == songs
        else:
            shown_songs, shown_value = label.rsplit(": ", 1)
            assert shown_songs == songs
            assert float(shown_value) == pytest.approx(value, abs=0.0006)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_pairs_value_is_that_of_the_file_within_a_step_of_16_bits(opened, explorer, measure):
    page = opened.show(view="pairs")
    for model in MODELS:
        pairs = read_table(explorer.of_model("similarity", ".csv", model)).query(
            "layer == 'dense1'"
        )
        span = pairs[measure].max() - pairs[measure].min()
        for first, second in ((0, 8), (3, 12), (14, 6)):
            value = page.evaluate(
                "async ([model, measure, a, b]) => (await import('explorer/models.js'))"
                ".similarityIn(model, measure, 'dense1')(a, b)",
                [model, measure, first, second],
            )
            expected = similarity_of(explorer, model, "dense1", measure, first, second)
            assert value == pytest.approx(expected, abs=1.01 * HALF_STEP * span)


def test_the_lowest_median_and_highest_pair_are_found(opened, explorer):
    page = opened.show(view="pairs", layer="dense1", a="bass", b="bass")
    pairs = read_table(explorer.of_model("similarity", ".csv")).query("layer == 'dense1'")
    pairs = pairs[(pairs["class_a"] == "bass") & (pairs["class_b"] == "bass")]
    in_order = pairs.sort_values("pearson").reset_index()
    for button, row in (("Lowest value", 0), ("Median", 4), ("Highest value", 9)):
        page.get_by_role("button", name=button).click()
        expected = in_order.loc[row]
        songs = {title.removeprefix("bass: ") for title in page.locator("h3").all_inner_texts()}
        assert songs == {expected["song_a"], expected["song_b"]}
        value = page.locator("p.value").inner_text()
        assert value.endswith(f": {expected['pearson']:.3f}")


@pytest.mark.parametrize("pair", [(0, 8), (11, 13)])
def test_a_pair_is_followed_through_the_layers_of_the_network_and_its_control(
    opened, explorer, pair
):
    a, b = (explorer.stimuli.loc[number, "class"] for number in pair)
    opened.show(view="pairs", measure="pearson", a=a, b=b, pick="-".join(map(str, pair)))
    rows = opened.plotted()
    for model, training in zip(MODELS, ("trained", "untrained"), strict=True):
        expected = [similarity_of(explorer, model, each, "pearson", *pair) for each in LAYERS]
        found = [row["value"] for row in rows if row["series"] == training]
        assert [row["layer"] for row in rows if row["series"] == training] == LAYERS
        np.testing.assert_allclose(
            np.array(found, float), expected, atol=2.01 * HALF_STEP, equal_nan=True
        )


def test_a_layer_without_a_value_says_so(opened):
    page = opened.show(view="pairs", layer="output", a="vocals", b="vocals")
    assert "No pair has a value here" in page.locator("#output").inner_text()
    assert page.locator("td[aria-selected]").count() == 0


PIXELS = """([part, number]) => {
    const canvas = document.querySelectorAll(`[data-part=${part}] canvas`)[number];
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [canvas.width, canvas.height, [...data]];
}"""
RAMP = "async () => { const { ramp } = await import('explorer/colours.js');" + (
    " return Array.from({ length: 256 }, (_, grey) => ramp(grey / 255)); }"
)


def painted(page, part, number):
    """Shares of the colour ramp, 0 to 1, that a canvas shows; the first band first."""
    width, height, data = page.evaluate(PIXELS, [part, number])
    colours = np.reshape(data, (height, width, 4))[:, :, :3]
    distance = np.abs(colours[:, :, None] - np.array(page.evaluate(RAMP))).sum(-1)
    assert distance.min(-1).max() <= 6
    return distance.argmin(-1)[::-1] / 255


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("filter_number", [1, 3])
def test_maps_are_the_activations_of_both_stimuli_on_one_scale(
    opened, explorer, model, filter_number
):
    first, second = 1, 13
    page = opened.show(
        view="pairs",
        model=model,
        a="drums",
        b="vocals",
        pick=f"{first}-{second}",
        filter=filter_number,
    )
    with h5py.File(explorer.of_model("activations", ".h5", model)) as file:
        for place, layer in enumerate(MAPS):
            maps = file["layers"][layer][:, filter_number - 1]
            pair = maps[[first, second]]
            shown = np.stack([painted(page, "maps", 2 * place + side) for side in (0, 1)])
            expected = (pair - pair.min()) / (pair.max() - pair.min())
            # Maps come with 8 bits between the extremes over all stimuli.
            step = (maps.max() - maps.min()) / 255 / (pair.max() - pair.min())
            np.testing.assert_allclose(shown, expected, atol=1.5 * step + 1.5 / 255)


def test_spectrograms_are_those_of_the_stimuli_on_one_scale_for_all(opened, explorer):
    row = explorer.stimuli.loc[[1, 13]]
    page = opened.show(view="pairs", a="drums", b="vocals", pick="1-13")
    everything, shown = (
        np.concatenate(
            list(
                spectrogram_batches(
                    explorer.folder / "mel" / "test.h5",
                    stimuli["row"].to_numpy(),
                    stimuli["mix"].to_numpy(),
                    batch_size=20,
                )
            )
        )
        for stimuli in (explorer.stimuli, row)
    )
    low, high = everything.min(), everything.max()
    for side in (0, 1):
        expected = (shown[side] - low) / (high - low)
        found = painted(page, "spectrograms", side)
        np.testing.assert_allclose(found, expected, atol=2 / 255)


def test_maps_cover_the_part_of_the_input_that_their_stride_says(opened):
    page = opened.show(view="pairs")
    shares = page.locator("[data-part=maps] canvas").evaluate_all(
        """all => all.map((canvas) => {
            const inner = canvas.getBoundingClientRect();
            const outer = canvas.parentElement.getBoundingClientRect();
            return [inner.height / outer.height, inner.width / outer.width,
                    outer.bottom - inner.bottom, inner.left - outer.left];
        })"""
    )
    expected = []
    for (_, bands, frames), (stride_bands, stride_frames) in MAPS.values():
        covers = [bands * stride_bands / N_BANDS, frames * stride_frames / N_FRAMES, 0, 0]
        expected += [covers, covers]
    np.testing.assert_allclose(shares, expected, atol=0.01)
    assert expected[-1][1] < 1


def test_frequencies_and_times_stand_where_the_bands_and_frames_do(opened):
    page = opened.show(view="pairs")
    ticks = page.locator("[data-part=spectrograms] .map").first.locator("span")
    places = ticks.evaluate_all(
        """all => all.map((tick) => {
            const panel = tick.parentElement.getBoundingClientRect();
            const box = tick.getBoundingClientRect();
            return [tick.textContent, (panel.bottom - (box.top + box.bottom) / 2) / panel.height,
                    ((box.left + box.right) / 2 - panel.left) / panel.width];
        })"""
    )
    hertz = {text: above for text, above, _ in places if "Hz" in text}
    assert set(hertz) == {"500 Hz", "1 kHz", "2 kHz"}
    for text, above in hertz.items():
        number, unit = text.split()
        band = np.interp(float(number) * (1000 if unit == "kHz" else 1), CENTRES_HZ, range(N_BANDS))
        assert above == pytest.approx((band + 0.5) / N_BANDS, abs=0.01)
    seconds = {text: along for text, _, along in places if text.endswith(" s")}
    assert seconds == pytest.approx({"0 s": 0, "1 s": 0.5, "2 s": 1}, abs=0.01)
