"""From segments to the log mel spectrograms of their mixes.

In:  the segments of a song
Out: mel/filters.h5                    the filter bank
     mel/instrument/<split>/<song>.h5  mel (segment, mix, band, frame) in dB, and targets
     mel/<task>/<split>.h5             the songs or shards of a split as one, without a copy
     mel/<task>/fold<n>/<split>.h5     the same of a fold: its songs (test), or all others (train)
"""

from stemlens.target_type import MULTI_LABEL

# Task → input function: the files that a split joins.
SPECTROGRAMS = {
    "instrument": per_song_of_split("<results>/mel/instrument/{split}/{song}.h5")
}


rule compute_mel_filters:
    output:
        filters="<results>/mel/filters.h5",
    log:
        "<logs>/compute_mel_filters.log",
    benchmark:
        "<benchmarks>/compute_mel_filters.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        sample_rate_hz=config["segments"]["sample_rate_hz"],
        mel=config["mel"],
        code=digest("compute_mel_filters"),
    script:
        "../scripts/compute_mel_filters.py"


rule compute_mels:
    input:
        filters="<results>/mel/filters.h5",
        folder="<results>/segments/{split}/{song}",
        table="<results>/segments/{split}/{song}.csv",
    output:
        mels="<results>/mel/instrument/{split}/{song}.h5",
    log:
        "<logs>/compute_mels/{split}/{song}.log",
    benchmark:
        "<benchmarks>/compute_mels/{split}/{song}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(3),
    params:
        classes=CLASSES,
        mixes=MIXES,
        target_type=MULTI_LABEL,
        segments=config["segments"],
        mel=config["mel"],
        code=digest("compute_mels"),
    script:
        "../scripts/compute_mels.py"


rule join_split:
    input:
        mels=lambda wildcards: SPECTROGRAMS[wildcards.task](wildcards),
        # The training split is what the test split is compared with.
        train=lambda wildcards: (
            f"<results>/mel/{wildcards.task}/{wildcards.fold}train.h5"
            if wildcards.split == "test" and folds_of_task(wildcards.task) == [""]
            else []
        ),
    output:
        mels="<results>/mel/{task}/{fold}{split}.h5",
    log:
        "<logs>/join_split/{task}/{fold}{split}.log",
    benchmark:
        "<benchmarks>/join_split/{task}/{fold}{split}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(20),
    params:
        code=digest("join_split"),
    script:
        "../scripts/join_split.py"
