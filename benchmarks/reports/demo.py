"""Where the time of the demo goes."""

from pathlib import Path

from demo_run import N_CORES, run_demo

from reports.import_times import empty_job_s

MOST_SHARE = 0.2
N_SHOWN = 12
REASON = (
    "most of it is importing torch (0.8 s in 16 jobs that hold both cores), scikit-learn (0.6 s in"
    " 11) and pandas (0.14 s in all); songs of four minutes bring eight times the work and the same"
    " imports"
)


def report(folder: Path) -> list[str]:
    """Markdown: time of all cores by what they did, and the rules that take most."""
    run, per_job_s = run_demo(folder), empty_job_s(folder / "empty_jobs")
    jobs = run.jobs
    taken_s = float((jobs["seconds"] * jobs["cores"]).sum())
    start_up_s = float((jobs["start_up_s"] * jobs["cores"]).sum())
    total_s = run.wall_s * N_CORES
    idle_s = total_s - taken_s
    share = (start_up_s + idle_s) / total_s
    answer = "yes" if share <= MOST_SHARE else f"no: {REASON}"
    parts = {
        "work of the stages": taken_s - start_up_s,
        "start-up of jobs: Python and imports": start_up_s,
        "cores without a job": idle_s,
    }
    lines = [
        "## The whole demo",
        "",
        f"{len(jobs)} jobs in {run.wall_s:.0f} s on {N_CORES} cores: {total_s:.0f} s of cores. A"
        " job counts with the cores that it holds. Cores are without one while Snakemake plans and"
        f" starts jobs (an empty one takes {per_job_s:.2f} s) and where a step waits for another.",
        "",
        "| | s of cores | share |",
        "|---|---|---|",
        *(f"| {name} | {part_s:.0f} | {part_s / total_s:.0%} |" for name, part_s in parts.items()),
        "",
        "| Target | found | reached |",
        "|---|---|---|",
        f"| start-up and idle ≤ {MOST_SHARE:.0%} | {share:.0%} | {answer} |",
        "",
        "| Rule | jobs | s | of it start-up |",
        "|---|---|---|---|",
    ]
    by_rule = jobs.groupby("rule").agg(
        jobs=("seconds", "size"), seconds=("seconds", "sum"), start_up_s=("start_up_s", "sum")
    )
    by_rule = by_rule.sort_values("seconds", ascending=False)
    rest = by_rule.iloc[N_SHOWN:].sum().rename(f"{len(by_rule) - N_SHOWN} others")
    for name, row in [*by_rule.iloc[:N_SHOWN].iterrows(), (rest.name, rest)]:
        lines.append(
            f"| {name} | {row['jobs']:.0f} | {row['seconds']:.0f} | {row['start_up_s']:.0f} |"
        )
    return [*lines, ""]
