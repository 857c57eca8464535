"""From the stimuli's stems, and rendered songs, to what networks get beside the stimuli.

In:  segments/<split>/<song>, waveforms/<rate>/<split>/<song>.h5, the audio files of a song
Out: keeps/inputs/<part>/<input>/<split>/<song>.h5   gained mixes, transformed stimuli
     keeps/inputs/concepts/<input>/songs.h5           rendered songs, and what is in them

<part> is gains or transformed, <input> is mel or the sample rate of waveforms.
"""


rule mix_at_gains:
    input:
        unpack(stems_of_stimulus),
        filters="<results>/mel/filters.h5",
    output:
        inputs="<results>/keeps/inputs/gains/mel/{split}/{song}.h5",
    log:
        "<logs>/mix_at_gains/mel/{split}/{song}.log",
    benchmark:
        "<benchmarks>/mix_at_gains/mel/{split}/{song}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(3),
    params:
        song=song_label,
        classes=CLASSES,
        mixes=MIXES,
        gains_db=KEEPS["gains_db"],
        selection=config["stimuli"]["selection"],
        sample_rate_hz=input_rate_hz,
        mel=mel_settings,
        code=digest("mix_at_gains"),
    script:
        "../scripts/mix_at_gains.py"


use rule mix_at_gains as mix_waveforms_at_gains with:
    input:
        waveforms="<results>/waveforms/{rate}/{split}/{song}.h5",
    output:
        inputs="<results>/keeps/inputs/gains/{rate}/{split}/{song}.h5",
    log:
        "<logs>/mix_at_gains/{rate}/{split}/{song}.log",
    benchmark:
        "<benchmarks>/mix_at_gains/{rate}/{split}/{song}.tsv"


rule transform_stimuli:
    input:
        stems=song_files,
        segments="<results>/segments/{split}/{song}.csv",
        filters="<results>/mel/filters.h5",
    output:
        inputs="<results>/keeps/inputs/transformed/mel/{split}/{song}.h5",
    log:
        "<logs>/transform_stimuli/mel/{split}/{song}.log",
    benchmark:
        "<benchmarks>/transform_stimuli/mel/{split}/{song}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(5),
    params:
        song=song_identity,
        label=song_label,
        path=song_path,
        classes=song_classes,
        unequal_stems=CORPUS["unequal_stems"],
        selection=config["stimuli"]["selection"],
        duration_s=config["segments"]["duration_s"],
        sample_rate_hz=input_rate_hz,
        mel=mel_settings,
        transformations=TRANSFORMATIONS,
        transformed_at_hz=KEEPS["transformed_at_hz"],
        seed=KEEPS["seed"],
        code=digest("transform_stimuli"),
    script:
        "../scripts/transform_stimuli.py"


use rule transform_stimuli as transform_waveforms with:
    input:
        stems=song_files,
        segments="<results>/segments/{split}/{song}.csv",
    output:
        inputs="<results>/keeps/inputs/transformed/{rate}/{split}/{song}.h5",
    log:
        "<logs>/transform_stimuli/{rate}/{split}/{song}.log",
    benchmark:
        "<benchmarks>/transform_stimuli/{rate}/{split}/{song}.tsv"


rule render_concepts:
    input:
        filters="<results>/mel/filters.h5",
    output:
        inputs="<results>/keeps/inputs/concepts/mel/songs.h5",
    log:
        "<logs>/render_concepts/mel.log",
    benchmark:
        "<benchmarks>/render_concepts/mel.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(10),
    params:
        concepts=KEEPS["concepts"],
        duration_s=config["segments"]["duration_s"],
        sample_rate_hz=input_rate_hz,
        mel=mel_settings,
        seed=KEEPS["seed"],
        code=digest("render_concepts"),
    script:
        "../scripts/render_concepts.py"


use rule render_concepts as render_concept_waveforms with:
    input:
        [],
    output:
        inputs="<results>/keeps/inputs/concepts/{rate}/songs.h5",
    log:
        "<logs>/render_concepts/{rate}.log",
    benchmark:
        "<benchmarks>/render_concepts/{rate}.tsv"
