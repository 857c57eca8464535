"""Describe the results folder as a Workflow Run RO-Crate, with a copy of the workflow.

Inputs
------
All results of the run.

Outputs
-------
metadata : ``ro-crate-metadata.json``, see `stemlens.crate`.
config : YAML, the whole config of the run.
workflow : folder with the workflow as it is now.
"""

from pathlib import Path

from stemlens.crate import copy_workflow, read_run_record, write_config, write_crate
from stemlens.job_log import job_log


def main(project: str | Path, metadata: str, config: str, workflow: str) -> None:
    """Write the config and the workflow, then what they are."""
    run = read_run_record(Path(metadata).parent)
    write_config(config, run["config"])
    copy_workflow(project, workflow)
    write_crate(metadata, run, Path(config).name, Path(workflow).name)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            Path(snakemake.scriptdir).parent,
            snakemake.output.metadata,
            snakemake.output.config,
            snakemake.output.workflow,
        )
