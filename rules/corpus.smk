"""The songs, made or fetched if they are not there yet.

In:  nothing, or the address of an archive
Out: a corpus folder: train/<song>/<stem>.wav and test/<song>/<stem>.wav (demo), or the folder
     corpus.root (fetched; never replaced)
"""

import time

if RENDERS:

    rule render_demo_corpus:
        output:
            rendered_files(),
        log:
            "<logs>/render_demo_corpus.log",
        benchmark:
            "<benchmarks>/render_demo_corpus.tsv"
        conda:
            "../envs/audio.yaml"
        resources:
            runtime=growing(10),
        params:
            demo=config["demo"],
            code=digest("render_demo_corpus"),
        script:
            "../scripts/render_demo_corpus.py"


if FETCHES:

    checkpoint fetch_corpus:
        output:
            # Not the corpus: Snakemake deletes outputs before it makes them.
            marker="<results>/corpus_fetched.txt",
        log:
            "<logs>/fetch_corpus.log",
        benchmark:
            "<benchmarks>/fetch_corpus.tsv"
        conda:
            "../envs/audio.yaml"
        resources:
            runtime=growing(120),
        params:
            folder=lambda wildcards, output: ROOT,
            url=CORPUS["fetch_url"],
            sha256=CORPUS["fetch_sha256"],
            contents={
                "folder": CORPUS["fetch_folder"] or "",
                "files": CORPUS["fetch_files"],
                "subfolders": LAYOUTS[CORPUS["layout"]].folders,
            },
            # Always new: songs ask for this rule while there is no corpus, whatever the marker says.
            asked_at=lambda wildcards: time.time_ns(),
            code=digest("fetch_corpus"),
        script:
            "../scripts/fetch_corpus.py"
