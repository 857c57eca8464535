"""How long the whole paper takes on a node with 16 cores and a GPU."""

from dataclasses import dataclass
from pathlib import Path

from demo_run import N_CORES, DemoRun, run_demo
from project import rule_requests

from reports.import_times import empty_job_s
from reports.memory import TEST_SONGS

NODE_CORES, N_SEEDS, N_TASKS, N_TRAININGS = 16, 5, 2, 3
N_MODELS = N_SEEDS * N_TASKS * N_TRAININGS
SONGS, SONG_S, MIXES = 150, 240, 24_908
MOOD_SONGS, MOOD_EXAMPLES = 10_000, 7_500
EPOCHS, MOOD_EPOCHS, BATCH, MOOD_BATCH = 30, 20, 64, 16
MULTIPLY_ADDS = 71.8e6
"""Of the paper's network, per spectrogram (`tables/networks.csv`)."""
GPU_FLOPS, GPU_STEP_S, DISK_BYTES_S = 5e12, 5e-3, 500e6
"""Assumed: what a middling card does of float32, the least time of a step, and reading."""
DEMO_SONGS, DEMO_SONG_S, DEMO_TEST_SONGS, DEMO_MODELS = 48, 31, 16, 4
DEMO_MOOD_SONGS, DEMO_MOOD_S = 240, 12
"""As in config.yaml."""
PER_SONG = ("cut_segments", "compute_mels")
PER_MODEL = {
    "extract_activations": 1,
    "compare_stimuli": 2,
    "bootstrap_similarity": 2,
    "probe_layers": 3,
}
"""With which power of the number of test songs the work of a job grows, at most."""


@dataclass(frozen=True)
class Part:
    """A part of the estimate: what it is, how it was found, seconds on the node."""

    name: str
    derivation: str
    seconds: float


def step_s(batch_size: int) -> float:
    """A step of training on the GPU: three passes of two operations per multiply-add."""
    return max(GPU_STEP_S, 6 * MULTIPLY_ADDS * batch_size / GPU_FLOPS)


def gpu_part(start_up_s: float) -> Part:
    """Training, calibration and evaluation, one after the other."""
    steps = EPOCHS * -(-MIXES // BATCH)
    mood_steps = MOOD_EPOCHS * -(-MOOD_EXAMPLES // MOOD_BATCH)
    training_s = 2 * N_SEEDS * (steps * step_s(BATCH) + mood_steps * step_s(MOOD_BATCH))
    # A pass over the data; each job reads it anew: training, calibration of the untrained,
    # evaluation of all.
    data_bytes = 1.5 * MIXES * 80 * 300 * 4
    pass_s = 2 * MULTIPLY_ADDS * 1.5 * MIXES / GPU_FLOPS + data_bytes / DISK_BYTES_S
    n_passes = 2 * N_SEEDS * N_TASKS + N_SEEDS * N_TASKS + N_MODELS
    seconds = training_s + n_passes * (pass_s + start_up_s)
    return Part(
        "networks, on the GPU",
        f"{2 * N_SEEDS} trainings per task; instruments {steps} steps of"
        f" {1000 * step_s(BATCH):.1f} ms, moods {mood_steps} of {1000 * step_s(MOOD_BATCH):.1f} ms"
        f" (6 × {MULTIPLY_ADDS / 1e6:.0f} million multiply-adds × batch at an assumed"
        f" {GPU_FLOPS / 1e12:.0f} TFLOP/s, at least {1000 * GPU_STEP_S:.0f} ms);"
        f" {n_passes:.0f} passes over the data at an assumed"
        f" {DISK_BYTES_S / 1e6:.0f} MB/s and {start_up_s:.1f} s of start-up each",
        seconds,
    )


def estimate(run: DemoRun, per_job_s: float) -> list[Part]:
    """From the demo's jobs to those of the paper."""
    by_rule = run.jobs.groupby("rule")[["seconds", "start_up_s"]].mean()
    work = (by_rule["seconds"] - by_rule["start_up_s"]).clip(lower=0)
    start = by_rule["start_up_s"] + per_job_s
    longer = SONG_S / DEMO_SONG_S
    songs_s = SONGS * sum(start[rule] + longer * work[rule] for rule in PER_SONG)
    parts = [
        Part(
            "segments and spectrograms",
            f"{SONGS} songs × (work of the demo's job × {longer:.1f}, which is as much longer, +"
            f" start-up) ÷ {NODE_CORES} cores",
            songs_s / NODE_CORES,
        )
    ]
    n_shards = MOOD_SONGS / 100
    mood_work_s = work["compute_mood_mels"] * 3 / DEMO_MOOD_SONGS * SONG_S / DEMO_MOOD_S
    mood_s = MOOD_SONGS * mood_work_s + n_shards * start["compute_mood_mels"]
    parts.append(
        Part(
            "spectrograms of songs with moods",
            f"{MOOD_SONGS} songs of {SONG_S} s × {mood_work_s:.2f} s (the demo's, ×"
            f" {SONG_S / DEMO_MOOD_S:.0f} for their length) ÷ {NODE_CORES} cores",
            mood_s / NODE_CORES,
        )
    )
    parts.append(gpu_part(start["evaluate_model"]))
    more, requests = TEST_SONGS / DEMO_TEST_SONGS, rule_requests()["threads"]
    # What held two cores in the demo is counted with them.
    models_s = N_MODELS * sum(
        min(N_CORES, requests[rule]) * (start[rule] + more**power * work[rule])
        for rule, power in PER_MODEL.items()
    )
    parts.append(
        Part(
            "activations, pairs, bootstrap, probes",
            f"{N_MODELS} models × jobs of the demo, their work × {more:.1f} to the power of"
            f" {', '.join(f'{power} ({rule})' for rule, power in PER_MODEL.items())}"
            f" ÷ {NODE_CORES} cores",
            models_s / NODE_CORES,
        )
    )
    networks = {"train_model", "initialise_model", "evaluate_model"}
    counted = {*PER_SONG, *PER_MODEL, *networks, "compute_mood_mels"}
    demo_only = {"render_demo_corpus", "render_mood_demo"}
    last = [rule for rule in work.index if rule not in counted | demo_only]
    factor = N_MODELS / DEMO_MODELS
    last_s = sum(start[rule] + factor * work[rule] for rule in last)
    parts.append(
        Part(
            "tables, verdicts, figures",
            f"{len(last)} rules, their work × {factor:.1f} (models), one after the other",
            last_s,
        )
    )
    return parts


def report(folder: Path) -> list[str]:
    """Markdown: parts and their sum."""
    run = run_demo(folder.parent / "demo")
    parts = estimate(run, empty_job_s(folder))
    total_s = sum(part.seconds for part in parts)
    return [
        "## The whole paper on a node with 16 cores and a GPU",
        "",
        f"An estimate, not a measurement: MUSDB18 and {MOOD_SONGS} songs with moods, both networks"
        f" with {N_SEEDS} seeds, untrained and shuffled controls; without ablations. Parts are"
        " added as if none ran beside another.",
        "",
        "| Part | Derivation | min |",
        "|---|---|---|",
        *(f"| {part.name} | {part.derivation} | {part.seconds / 60:.1f} |" for part in parts),
        f"| **sum** | | **{total_s / 60:.0f}** |",
        "",
    ]
