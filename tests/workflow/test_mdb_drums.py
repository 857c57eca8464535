"""MDB Drums as published, by its preset alone."""

from pathlib import Path

import pandas as pd
from corpus_files import needs_real_songs
from layout_files import MDB_DRUMS, write_mdb_drums
from snakemake_project import copy_project


@needs_real_songs
def test_mdb_drums_gives_its_segments_by_preset_alone(tmp_path: Path) -> None:
    root = tmp_path / "MDB Drums/audio/multi-tracks"
    write_mdb_drums(root)
    project = copy_project(tmp_path / "project")
    project.configfiles.append(project.folder / "presets/mdb_drums.yaml")
    target = "results/mdb_drums/tables/segments.csv"

    run = project.run(target, MEDLEYDB_PATH=str(root))

    assert run.returncode == 0, run.stdout[-4000:]
    assert "no stems, so raw tracks are used: MusicDelta_Beatles, " in run.stdout
    table = pd.read_csv(project.folder / target)
    counts = table.groupby("song")["kept"].sum().to_dict()
    assert counts == {f"MusicDelta_{name}": n for name, (_, n) in MDB_DRUMS.items()}
    silent = table[table["song"].isin(["MusicDelta_Shadows", "MusicDelta_Zeppelin"])]
    assert silent["reason"].str.contains("no stem of vocals").all()
