"""From a run to a crate that can be handed on.

In:  all results, provenance.json
Out: ro-crate-metadata.json   what lies in the results folder, and how it was made
     config.yaml              the whole config of the run
     workflow/                the workflow
"""


rule export_crate:
    input:
        rules.all.input,
    output:
        metadata="<results>/ro-crate-metadata.json",
        config="<results>/config.yaml",
        workflow=directory("<results>/workflow"),
    log:
        "<logs>/export_crate.log",
    benchmark:
        "<benchmarks>/export_crate.tsv"
    conda:
        "../envs/crate.yaml"
    params:
        code=digest("export_crate"),
    script:
        "../scripts/export_crate.py"
