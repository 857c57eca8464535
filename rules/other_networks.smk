"""From stimuli to the activations of networks that the run does not train.

In:  the audio files of a song, segments/<split>/<song>.csv, a network with a factory
     or a file of activations
Out: waveforms/<rate>/<split>/<song>.h5   stems of the song's stimuli at the network's sample rate
     models/<model>/checkpoint.pt         weights of an untrained twin
     activations/<model>.h5               as of the networks that the run trains
     mix_grams/<model>.h5                 likewise
     exported_stimuli/                    the stimuli as WAV files, with a table
     tables/ladder.csv, figures/ladder    all networks beside each other, by relative depth
"""

EXPORT_RATE_HZ = (
    config["export_stimuli"]["sample_rate_hz"] or config["segments"]["sample_rate_hz"]
)


rule cut_waveforms:
    input:
        stems=song_files,
        segments="<results>/segments/{split}/{song}.csv",
    output:
        waveforms="<results>/waveforms/{rate}/{split}/{song}.h5",
    log:
        "<logs>/cut_waveforms/{rate}/{split}/{song}.log",
    benchmark:
        "<benchmarks>/cut_waveforms/{rate}/{split}/{song}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(3),
    params:
        song=song_identity,
        label=song_label,
        path=song_path,
        classes=song_classes,
        mixes=MIXES,
        unequal_stems=CORPUS["unequal_stems"],
        selection=config["stimuli"]["selection"],
        duration_s=config["segments"]["duration_s"],
        code=digest("cut_waveforms"),
    script:
        "../scripts/cut_waveforms.py"


rule initialise_twin:
    input:
        # Training songs; in folds, all songs are.
        unpack(module_inputs(USED_SPLITS[0])),
    output:
        twin="<results>/models/<model>/checkpoint.pt",
    log:
        "<logs>/initialise_twin/<model>.log",
    benchmark:
        "<benchmarks>/initialise_twin/<model>.tsv"
    wildcard_constraints:
        task=OTHER,
        training="untrained",
    conda:
        "../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=growing(8000),
        runtime=growing(60),
        gpu=1,
    params:
        identity=twin_param,
        settings=module_arguments,
        classes=CLASSES,
        mixes=MIXES,
        selection=config["stimuli"]["selection"],
        code=digest("initialise_twin"),
    script:
        "../scripts/initialise_twin.py"


rule extract_module_activations:
    input:
        unpack(module_stimuli),
    output:
        activations="<results>/activations/<model>.h5",
        mix_grams="<results>/mix_grams/<model>.h5",
    log:
        "<logs>/extract_module_activations/<model>.log",
    benchmark:
        "<benchmarks>/extract_module_activations/<model>.tsv"
    wildcard_constraints:
        task=OTHER,
        network="|".join(MODULES) or "()",
    conda:
        "../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=growing(8000),
        runtime=growing(60),
        gpu=1,
    params:
        identity=module_param,
        settings=module_arguments,
        classes=CLASSES,
        mixes=MIXES,
        code=digest("extract_module_activations"),
    script:
        "../scripts/extract_module_activations.py"


rule import_activations:
    input:
        # A file that is still to be computed is missed by the script, in one line.
        source=lambda wildcards: [
            local(file)
            for file in [OTHERS[wildcards.network]["activations"]]
            if os.path.isfile(file)
        ],
        stimuli="<results>/stimuli.csv",
    output:
        activations="<results>/activations/<model>.h5",
    log:
        "<logs>/import_activations/<model>.log",
    benchmark:
        "<benchmarks>/import_activations/<model>.tsv"
    wildcard_constraints:
        task=OTHER,
        network="|".join(FILES_OF_ACTIVATIONS) or "()",
    conda:
        "../envs/audio.yaml"
    params:
        source=lambda wildcards: OTHERS[wildcards.network]["activations"],
        pooling=lambda wildcards: OTHERS[wildcards.network].get("pooling"),
        code=digest("import_activations"),
    script:
        "../scripts/import_activations.py"


rule write_stimuli:
    input:
        stimuli="<results>/stimuli.csv",
        waveforms=per_song(
            f"<results>/waveforms/{EXPORT_RATE_HZ}/{{split}}/{{song}}.h5",
            *STIMULUS_SPLITS,
        ),
    output:
        table="<results>/exported_stimuli/stimuli.csv",
        folder=directory("<results>/exported_stimuli/audio"),
    log:
        "<logs>/write_stimuli.log",
    benchmark:
        "<benchmarks>/write_stimuli.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        sample_rate_hz=EXPORT_RATE_HZ,
        code=digest("write_stimuli"),
    script:
        "../scripts/write_stimuli.py"


rule collect_ladder:
    input:
        contrast="<results>/tables/contrast_over_seeds.csv",
        probe="<results>/tables/probe.csv",
        reference=[f"<results>/grams/{m.path}.h5" for m in REFERENCE_MODELS[:1]],
        grams=[
            per_studied_model(
                "<results>/grams/<model>.h5", training=["trained", "untrained"]
            ),
            per_other_model("<results>/grams/<model>.h5"),
        ],
    output:
        ladder=report(
            "<results>/tables/ladder.csv",
            caption="../report/tables/ladder.rst",
            category="Tables",
            subcategory="Networks",
            labels={"table": "All networks by relative depth", "seeds": "averaged"},
        ),
    log:
        "<logs>/collect_ladder.log",
    benchmark:
        "<benchmarks>/collect_ladder.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(10),
    params:
        confidence=config["bootstrap"]["confidence"],
        code=digest("collect_ladder"),
    script:
        "../scripts/collect_ladder.py"


rule plot_ladder:
    input:
        ladder="<results>/tables/ladder.csv",
    output:
        report(
            "<results>/figures/ladder.png",
            caption="../report/figures/ladder.rst",
            category="Figures",
            subcategory="Networks",
            labels=model_labels("All networks by relative depth", ["all"], ["all"]),
        ),
        "<results>/figures/ladder.pdf",
    log:
        "<logs>/plot_ladder.log",
    benchmark:
        "<benchmarks>/plot_ladder.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        classes=CLASSES,
        network=[m.network for m in REFERENCE_MODELS[:1]],
        code=digest("plot_ladder"),
    script:
        "../scripts/plot_ladder.py"
