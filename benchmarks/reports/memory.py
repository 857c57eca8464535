"""What memory each rule will take on the whole of MUSDB18, beside what it asks for."""

from pathlib import Path

from demo_run import DemoRun, run_demo
from holding import run_script
from project import rule_requests

from reports.import_times import import_costs

TRAIN_SEGMENTS, TEST_SEGMENTS, TEST_SONGS, SONG_SEGMENTS = 1661, 831, 47, 24
"""As in the paper; as many segments per test song as per training song; 240 s in segments."""
DEMO_TEST_SONGS, DEMO_SONG_SEGMENTS, DEMO_MODELS = 16, 3, 4
MODELS = 30
"""Two tasks, trained, untrained and shuffled, five seeds."""
SPECTROGRAMS_MB = 15 * 80 * 300 * 4 / 2**20
SIZES = (40, 160)
BY_SONGS = {
    "probe_layers": 1,
    "compare_networks": 1,
    "compare_stimuli": 2,
    "bootstrap_similarity": 2,
    "measure_separability": 2,
    "compare_layers": 2,
}
"""With which power of their number; activations are a stream, whatever their number."""
BY_MODELS = {"collect_similarity", "judge_hypotheses", "compare_tasks", "collect_probes"}
BY_MODELS |= {"plot_similarity", "plot_contrast", "plot_probe", "plot_representations"}


def megabytes_per_segment(folder: Path) -> dict[str, float]:
    """What a segment more of the data adds to the rules that hold a split in memory."""
    peaks: dict[str, list[float]] = {}
    for size in SIZES:
        place = folder / str(size)
        place.mkdir(parents=True)
        run_script("stage_memory.py", "split", str(size), place, n_threads=1)
        # The last one needs what the first one writes.
        for script in ("initialise_model", "train_model", "evaluate_model"):
            peak_mb = float(run_script("stage_memory.py", script, "", place, n_threads=1)[-1])
            peaks.setdefault(script, []).append(peak_mb)
    slopes = {script: (b - a) / (SIZES[1] - SIZES[0]) for script, (a, b) in peaks.items()}
    # It was given as many segments again as the other split.
    slopes["evaluate_model"] /= 2
    return slopes


def long_song_mb(folder: Path) -> float:
    """Peak of cutting a song of 240 s."""
    folder.mkdir()
    run_script("stage_memory.py", "song", "", folder, n_threads=1)
    return float(run_script("stage_memory.py", "cut_segments", "", folder, n_threads=1)[-1])


def projection(rule: str, run: DemoRun, slopes: dict[str, float], song_mb: float) -> tuple:
    """Projected peak in MB, and how it was found."""
    peak_mb = run.peaks_mb[rule]
    beyond_imports_mb = max(0, peak_mb - import_costs()["resident_mb"][rule])
    demo_train, demo_test = run.sizes["train"], run.sizes["test"]
    if rule in slopes:
        more = TRAIN_SEGMENTS - demo_train
        if rule == "evaluate_model":
            more += TEST_SEGMENTS - demo_test
        return (
            peak_mb + slopes[rule] * more,
            f"{slopes[rule]:.2f} MB per segment, {more} segments more",
        )
    if rule == "cut_segments":
        return max(peak_mb, song_mb), "measured on a song of 240 s"
    if rule == "compute_mels":
        more = SONG_SEGMENTS - DEMO_SONG_SEGMENTS
        return peak_mb + more * SPECTROGRAMS_MB, f"{more} segments more per song"
    if rule in BY_SONGS:
        factor = (TEST_SONGS / DEMO_TEST_SONGS) ** BY_SONGS[rule]
        what = "test songs²" if BY_SONGS[rule] == 2 else "test songs"
        return (
            peak_mb + (factor - 1) * beyond_imports_mb,
            f"{what}: what imports do not take × {factor:.1f}",
        )
    if rule in BY_MODELS:
        factor = MODELS / DEMO_MODELS
        return (
            peak_mb + (factor - 1) * beyond_imports_mb,
            f"models: what imports do not take × {factor:.1f}",
        )
    return peak_mb, "as in the demo"


def report(folder: Path) -> list[str]:
    """Markdown: a row per rule, largest first."""
    run, requests = run_demo(folder.parent / "demo"), rule_requests()
    slopes, song_mb = megabytes_per_segment(folder), long_song_mb(folder / "song")
    rows = []
    for rule, peak_mb in run.peaks_mb.items():
        full_mb, why = projection(str(rule), run, slopes, song_mb)
        wanted_mb = requests.loc[rule, "mem_mb"]
        answer = "yes" if full_mb <= wanted_mb else "**no**"
        row = f"| {rule} | {peak_mb:.0f} | {why} | {full_mb:.0f} | {wanted_mb} | {answer} |"
        rows.append((full_mb, row))
    return [
        "## Memory on the whole of MUSDB18",
        "",
        f"150 songs of 240 s, {TRAIN_SEGMENTS} training segments as in the paper,"
        f" {TEST_SEGMENTS} test segments, {TEST_SONGS} test songs, {MODELS} models (two tasks;"
        " trained, untrained, shuffled; five seeds). Peaks of the demo are those of its jobs'"
        " processes; growth per segment is measured on two splits with a tiny network. Where"
        " something grows with test songs or models, all that imports do not take is said to grow,"
        " which is too much rather than too little.",
        "",
        "| Rule | demo, MB | grows with | MUSDB18, MB | asks for | enough |",
        "|---|---|---|---|---|---|",
        *(row for _, row in sorted(rows, reverse=True)),
        "",
    ]
