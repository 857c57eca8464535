import subprocess
import sys
import warnings
from pathlib import Path

from corpus_files import needs_ffmpeg
from stemlens.corpora.musdb_facts import sample_url, stem_ids, validation_songs

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_the_facts_are_those_of_musdb18() -> None:
    assert stem_ids() == {"mixture": 0, "drums": 1, "bass": 2, "other": 3, "vocals": 4}
    assert len(validation_songs()) == 14
    assert "Actions - One Minute Smile" in validation_songs()
    assert sample_url().startswith("https://github.com/sigsep/")
    assert sample_url().endswith("MUSDB18-7-STEMS.zip")


@needs_ffmpeg
def test_the_facts_are_those_that_musdb_uses(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import musdb
    setup = musdb.DB(root=tmp_path).setup
    assert stem_ids() == setup["stem_ids"]
    assert validation_songs() == setup["validation_tracks"]
    assert sample_url() == setup["sample-url"]


def test_reading_them_does_not_import_musdb_which_needs_ffmpeg() -> None:
    code = "import sys; from stemlens.corpora.musdb_facts import stem_ids; stem_ids()"
    command = [sys.executable, "-c", f"{code}; sys.exit('musdb' in sys.modules)"]
    subprocess.run(command, cwd=SCRIPTS, check=True)
