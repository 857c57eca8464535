"""The songs, where they are not there yet.

In:  nothing, or the address of an archive
Out: a corpus folder: train/<song>/<stem>.wav and test/<song>/<stem>.wav (demo), or
     <corpus.root>/train/*.stem.mp4 and test/*.stem.mp4 (fetched)
"""

if CORPUS["layout"] == "demo":

    rule render_demo_corpus:
        output:
            [
                f"{song.path}/{stem}.wav"
                for song in songs().values()
                for stem in [*DEMO_STEMS, "mixture"]
            ],
        log:
            "<logs>/render_demo_corpus.log",
        benchmark:
            "<benchmarks>/render_demo_corpus.tsv"
        conda:
            "../envs/audio.yaml"
        threads: 1
        resources:
            mem_mb=growing(1000),
            runtime=growing(10),
        params:
            songs={
                split: [song.path for song in songs().values() if song.split == split]
                for split in SPLITS
            },
            demo=config["demo"],
            code=digest("render_demo_corpus"),
        script:
            "../scripts/render_demo_corpus.py"


if CORPUS["fetch"]:

    checkpoint fetch_corpus:
        output:
            directory(corpus_root()),
        log:
            "<logs>/fetch_corpus.log",
        benchmark:
            "<benchmarks>/fetch_corpus.tsv"
        conda:
            "../envs/audio.yaml"
        threads: 1
        resources:
            mem_mb=growing(500),
            runtime=growing(120),
        params:
            url=CORPUS["fetch_url"],
            code=digest("fetch_corpus"),
        script:
            "../scripts/fetch_corpus.py"
