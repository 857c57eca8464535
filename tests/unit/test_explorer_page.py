"""The explorer's stimuli and its page, written whole or not at all."""

import base64
import gzip
import io
import json
import re

import numpy as np
import pandas as pd
import pytest
import soundfile
from explorer_page import CENTRES_HZ, MODELS, SONGS, write_small_explorer
from mel_splits import CLASSES, random_mels, write_random_split
from PIL import Image
from stemlens.explorer.encoding import page_json
from stemlens.explorer.page import LONG_TEXT, WEB, write_page
from stemlens.explorer.stimuli import encode_stimuli, segment_places


def segments(song, split, kept):
    return pd.DataFrame(
        {
            "song": song,
            "split": split,
            "segment": range(len(kept)),
            "start_s": 10.0 * np.arange(len(kept)),
            "kept": kept,
        }
    )


def test_kept_segments_are_found_by_song_and_start(tmp_path):
    folder = tmp_path / "a"
    tables = {str(folder): segments("A", "test", [True, False, True])}
    places = segment_places(tables, several_splits=False)
    assert places == {("A", 0.0): (folder, 0), ("A", 20.0): (folder, 2)}


def test_songs_of_one_name_in_two_splits_are_told_apart(tmp_path):
    folders = [tmp_path / split for split in ("train", "test")]
    tables = {str(folder): segments("A", folder.name, [True]) for folder in folders}
    places = segment_places(tables, several_splits=True)
    assert places == {
        ("train/A", 0.0): (folders[0], 0),
        ("test/A", 0.0): (folders[1], 0),
    }


def test_spectrograms_come_from_the_split_that_the_song_is_of(tmp_path):
    mels = {split: tmp_path / f"{split}.h5" for split in ("train", "test")}
    for seed, path in enumerate(mels.values()):
        write_random_split(path, {"A": 2}, seed=seed)
    stimuli = pd.DataFrame(
        {"class": "bass", "song": ["train/A", "test/A"], "start_s": 10.0, "row": 1, "mix": 5}
    )
    encoded = encode_stimuli(stimuli, mels, {}, band_centres_hz=CENTRES_HZ, duration_s=2.0)
    expected = np.stack([random_mels(2, seed=100 * seed)[1, 5] for seed in (0, 1)])
    low, high = encoded["level_db"]
    assert (low, high) == (expected.min(), expected.max())
    for entry, of_song in zip(encoded["stimuli"], expected, strict=True):
        assert entry["audio"] is None
        with Image.open(io.BytesIO(base64.b64decode(entry["spectrogram"]))) as picture:
            pixels = np.asarray(picture.convert("L"), float)[::-1]
        np.testing.assert_allclose(low + (high - low) * pixels / 255, of_song, atol=0.5)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write_small_explorer(tmp_path_factory.mktemp("explorer"))


def test_the_stimuli_are_those_of_the_table_with_their_sounds(small):
    encoded = json.loads((small.folder / "stimuli.json").read_text("utf-8"))
    assert encoded["duration_s"] == 2
    assert encoded["band_centres_hz"] == pytest.approx(CENTRES_HZ, abs=0.0006)
    for entry, row in zip(encoded["stimuli"], small.stimuli.to_dict("records"), strict=True):
        assert [entry[name] for name in ("class", "song", "start_s")] == [
            row[name] for name in ("class", "song", "start_s")
        ]
        _, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(entry["audio"])))
        assert rate_hz == 8000
    assert {entry["song"] for entry in encoded["stimuli"]} == set(SONGS)
    assert [entry["class"] for entry in encoded["stimuli"]] == list(np.repeat(CLASSES, len(SONGS)))


def blocks_of(page):
    pattern = r'<script type="application/(json|gzip)" id="data:([^"]*)">(.*?)</script>'
    return {
        name: json.loads(gzip.decompress(base64.b64decode(text)) if kind == "gzip" else text)
        for kind, name, text in re.findall(pattern, page, flags=re.DOTALL)
    }


@pytest.mark.parametrize(("length", "kind"), [(10, "json"), (LONG_TEXT, "gzip")])
def test_a_long_block_is_compressed_and_holds_the_same(tmp_path, length, kind):
    nasty = "</script>Zoë\u2028" + length * "x"
    (tmp_path / "stimuli.json").write_text(page_json([nasty]), "utf-8")
    page = tmp_path / "explorer.html"
    encoded = {"stimuli": tmp_path / "stimuli.json"}
    write_page(page, {"run": {"song": nasty}}, title="", encoded=encoded)
    text = page.read_text("utf-8")
    assert f'<script type="application/{kind}" id="data:run">' in text
    assert '<script type="application/json" id="data:stimuli">' in text
    assert blocks_of(text) == {"run": {"song": nasty}, "stimuli": [nasty]}


def test_the_page_holds_every_model_and_every_table(small):
    blocks = blocks_of(small.page.read_text("utf-8"))
    assert blocks["models"] == list(MODELS)
    for model in MODELS:
        assert blocks[f"model:{model}"] == json.loads(
            small.of_model("explorer", ".json", model).read_text("utf-8")
        )
    files = sorted(path.stem for path in (small.folder / "tables").glob("*.csv"))
    assert blocks["tables"] == files
    for name in files:
        assert list(blocks[f"table:{name}"]) == list(small.table(name).columns)
    assert blocks["run"]["corpus"] == "a & b <corpus>"


def test_the_page_names_no_other_file_and_no_address_that_is_loaded(small):
    text = small.page.read_text("utf-8")
    markup = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"\b(src|srcset|data|poster)=|@import|url\(", markup)
    links = re.findall(r'href="([^"]*)"', markup)
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"<script[^>]*\bsrc=", text)


def test_the_title_is_text(small):
    assert "<title>a &amp; b &lt;corpus&gt; – stemlens</title>" in small.page.read_text("utf-8")


def test_every_module_that_is_imported_is_there():
    files = {path.name: path.read_text("utf-8") for path in WEB.iterdir()}
    modules = {name for name in files if name.endswith(".js")}
    for name, text in files.items():
        imported = set(re.findall(r'(?:from|import) "explorer/([^"]+)"', text))
        assert imported <= modules, name
    reached = {each for text in files.values() for each in re.findall(r'"explorer/([^"]+)"', text)}
    assert reached == modules


def test_a_page_that_fails_leaves_the_old_one(tmp_path):
    page = tmp_path / "explorer.html"
    page.write_text("as before", "utf-8")
    with pytest.raises(FileNotFoundError):
        write_page(page, {}, title="", encoded={"stimuli": tmp_path / "none.json"})
    # What UTF-8 cannot hold turns up when half the page is written.
    (tmp_path / "some.json").write_text(page_json("fine"), "utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_page(page, {"run": "\ud800"}, title="", encoded={"stimuli": tmp_path / "some.json"})
    assert page.read_text("utf-8") == "as before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["explorer.html", "some.json"]
