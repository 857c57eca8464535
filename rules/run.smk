"""The run as people meet it: one at a time in a results folder, its progress, its last lines."""

import atexit
import logging
from traceback import print_exception

import snakemake
from snakemake.dag import DAG
from snakemake.io import IOFile
from snakemake.persistence import PersistenceBase
from snakemake_interface_executor_plugins.settings import ExecMode

from stemlens.workflow.cluster_jobs import demand_no_jobs_left, note_run_id
from stemlens.workflow.ending import failure_lines, results_lines
from stemlens.workflow.future_dates import date_back
from stemlens.workflow.interruption import (
    JOB_PREFIX,
    let_sigterm_in,
    terminate_jobs,
)
from stemlens.workflow.leftovers import (
    find_leftovers,
    remove_leftovers,
    show_leftovers,
    summary_lines,
)
from stemlens.workflow.progress import RunDisplay
from stemlens.workflow.run_lock import hold_lock
from stemlens.workflow.run_record import corpus_entry, write_run_record
from stemlens.workflow.written_sizes import WrittenSizes, demand_sizes, read_sizes

RESULTS = f"results/{CORPUS['name']}"
TARGETS = [
    "all",
    "robustness",
    "threshold_sweep",
    "export_stimuli",
    "export_crate",
]


def follow_run():
    """Show the progress of the run in place of Snakemake's log, where no option asks for that."""
    settings = workflow.output_settings
    own = [h for h in logger.handlers if h.name == "DefaultStreamHandler"]
    if settings.quiet or settings.verbose or settings.printshellcmds:
        own = []
    display = RunDisplay(
        own[0] if own else None,
        is_dry_run=settings.dryrun,
        when_nothing_to_do=say_success,
        when_interrupted=terminate_jobs,
    )
    for handler in own:
        logger.removeHandler(handler)
        logging.getLogger("stemlens").addHandler(display)
    logger.addHandler(display)
    return display


def say_last(lines):
    """Print lines below all that Snakemake says."""
    atexit.register(print, "", *lines, sep="\n", file=sys.stderr)


def say_success():
    """Say what came out, what an earlier config left behind, and what the run was asked for."""
    asked = {job.rule.name for job in workflow.dag.targetjobs}
    left = leftovers_now()
    lines = []
    if "leftovers" in asked:
        lines += show_leftovers(left, RESULTS)
    elif "remove_leftovers" in asked:
        lines += removed_lines(left)
    else:
        lines += summary_lines(left, RESULTS)
    if "all" in asked:
        networks = {name: task.network for name, task in TASKS.items()}
        measure = config["similarity"]["mse_measure"]
        try:
            lines += results_lines(RESULTS, networks=networks, mse_measure=measure)
        except InputError as error:
            lines += [f"stemlens: {error}"]
    if lines:
        say_last(lines)


def removed_lines(left):
    """Remove the leftovers that were shown, and say which."""
    try:
        removed = remove_leftovers(left, RESULTS)
    except InputError as error:
        sys.exit(f"stemlens: {error}")
    for leftover in removed:
        workflow.persistence.cleanup_metadata(IOFile(leftover.path))
    return [f"removed {leftover.path}" for leftover in removed]


def leftovers_now():
    """What lies in the results folder, was made by a job, and is no output of any target."""

    def made_at(path):
        record = workflow.persistence.metadata(IOFile(path))
        return record.endtime if record else None

    known = {str(file) for job in workflow.dag.jobs for file in job.output}
    if not find_leftovers(RESULTS, made_at, known):
        return []
    rules = {workflow.get_rule(name) for name in TARGETS}
    every = DAG(workflow, workflow.rules, targetfiles=set(), targetrules=rules)
    workflow.async_run(every.init())
    expected = {str(file) for job in every.jobs for file in job.output}
    return find_leftovers(RESULTS, made_at, known | expected)


def correct_dates(results):
    """Date results of the future as of now, and say so."""
    corrected = date_back(results)
    if corrected:
        logger.warning(
            f"stemlens: {len(corrected)} files, {corrected[0]} first, were dated in the future by a"
            " clock that was wrong; they are dated now, and what is made from them is made again"
        )


def record_run():
    """Note what makes this run, for its jobs to write into their files."""
    corpora = {"corpus": recorded_corpus()}
    if "mood" in TASKS:
        corpora["mood_corpus"] = recorded_mood_corpus()
    modules = sorted(pinned_versions(f"{PROJECT}/envs"))
    versions = {PACKAGES.get(name, name): version_of()(name) for name in modules}
    write_run_record(
        RESULTS,
        PROJECT,
        config,
        **corpora,
        snakemake=snakemake.__version__,
        packages=versions,
    )


def finished_outputs():
    """What the jobs that are not made again have written."""
    done = (job for job in workflow.dag.jobs if not workflow.dag.needrun(job))
    return [str(file) for job in done for file in job.output]


def say_failure():
    """Say what went wrong in the jobs that failed, or that the run was stopped."""
    if run_display.is_stopped:
        done = f"{run_display.n_done} of {run_display.n_jobs} jobs are done."
        say_last([f"Stopped: {done} The same command goes on from there."])
    elif run_display.failed:
        say_last(failure_lines(list(run_display.failed.values())))


def say_interrupted(kind, error, traceback):
    """Say in one line that the run was stopped before its first job; other errors as ever."""
    if issubclass(kind, KeyboardInterrupt):
        print("\nStopped before the first job.", file=sys.stderr)
    else:
        print_exception(kind, error, traceback)


def record_in_jobs():
    """Let the Snakemake of a job on the cluster note what its results are made with.

    Snakemake leaves that to the run, and a run may be killed before its jobs end: changed settings
    would not be noticed in their results.
    """
    finished = PersistenceBase.finished

    async def finished_as_in_a_run(persistence, job):
        workflow.workflow_settings.exec_mode = ExecMode.DEFAULT
        try:
            await finished(persistence, job)
        finally:
            workflow.workflow_settings.exec_mode = ExecMode.REMOTE

    PersistenceBase.finished = finished_as_in_a_run


if workflow.remote_exec:
    record_in_jobs()

IS_RUN = workflow.is_main_process and workflow.modifier.is_main_snakefile()
if IS_RUN:
    run_display = follow_run()
    written = read_sizes(RESULTS)
    try:
        demand_sizes(written)
    except InputError as error:
        raise WorkflowError(str(error))
    if not workflow.output_settings.dryrun:
        correct_dates(written)
    shell.prefix(JOB_PREFIX)
    sys.excepthook = say_interrupted


onstart:
    let_sigterm_in(workflow.scheduler)
    if workflow.local_exec:
        # With its limit of jobs per second, Snakemake 9.27 looks at all waiting jobs once a second for
        # each job that has finished: a fourth of a core after 200 jobs (snakemake/snakemake#3744).
        workflow.scheduler.job_rate_limiter = None
    try:
        hold_lock(RESULTS)
        demand_no_jobs_left(RESULTS)
        logger.addHandler(WrittenSizes(RESULTS, finished_outputs()))
        note_run_id(
            RESULTS, getattr(workflow.scheduler._executor, "run_uuid", None)
        )
        record_run()
    except InputError as error:
        sys.exit(f"stemlens: {error}")


onsuccess:
    say_success()


onerror:
    say_failure()
