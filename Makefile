# make demo: install, then run the whole experiment on the demo corpus
# make report: the same, then one report of all results, to open and to pass on as a zip
# make test: install, then run the tests, a process per core; some minutes
# make test-all: the same, then the whole demo and the experiment on a SLURM, if one is installed
# make test-faults: install, then let every rule meet every fault, and write docs/faults.md (half an hour)
# make test-mutants: install, then change the arithmetic line by line to see whether a test notices
# make test-on-demand: install, then run what is too long for every day: fuzzing, small jobs on SLURM
# make coverage: install, then see which lines and branches of the library the tests go through
# make test-slurm: install, then run the experiment on a SLURM that the test starts
# make bench: install, then measure time and memory beside other ways (ten minutes)
# make lint: install, then check style, types and the workflow

PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
INSTALLED := $(VENV)/.installed-$(shell cksum requirements.lock | cut -d' ' -f1)

.PHONY: demo report test test-all test-slurm test-faults test-mutants test-on-demand coverage bench lint install

demo: install
	PATH="$(BIN):$$PATH" snakemake --cores all

# A zip, since browsers show no explorer of more than 2 MB inside a report that is a single file.
report: install
	PATH="$(BIN):$$PATH" snakemake --cores all --report results/demo/report.zip --report-after-run
	$(BIN)/python -m zipfile -e results/demo/report.zip results/demo
	@echo "Report: $(CURDIR)/results/demo/report/report.html, and to pass on: results/demo/report.zip"

# A process that crashes is not replaced: pytest-xdist 3.8 would wait for its files forever.
test: install
	PATH="$(BIN):$$PATH" pytest --numprocesses auto --dist loadfile --no-loadscope-reorder \
	--max-worker-restart 0

# One after the other: each of them fills the machine, and SLURM is given little time to answer.
test-all: test
	PATH="$(BIN):$$PATH" pytest -m slow

test-slurm: install
	@PATH="$$PATH:/usr/sbin"; command -v slurmctld slurmd sbatch munged >/dev/null || \
	{ echo "No SLURM is installed: apt-get install slurmctld slurmd slurm-client munge" >&2; exit 1; }
	PATH="$(BIN):$$PATH" pytest -m slow tests/slurm

test-faults: install
	PATH="$(BIN):$$PATH" pytest -s -m faults tests/faults

test-mutants: install
	OMP_NUM_THREADS=1 PATH="$(BIN):$$PATH" python tests/mutation/run.py

test-on-demand: install
	PATH="$(BIN):$$PATH" pytest -m on_demand

coverage: install
	PATH="$(BIN):$$PATH"; export PATH; \
	coverage run -m pytest tests/unit tests/properties tests/inputs tests/security && \
	coverage combine && coverage report

# Into the same place: what is measured is what runs. The lock stands beside, so that pip leaves the
# versions that it names.
bench: install
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock -r benchmarks/requirements.txt
	PATH="$(BIN):$$PATH" python benchmarks/run.py
	@echo "Benchmarks: $(CURDIR)/benchmarks/results.md"

lint: install
	PATH="$(BIN):$$PATH"; export PATH; \
	ruff check . && ruff format --check . && snakefmt --check . && mypy && snakemake --lint

install: $(INSTALLED)

$(INSTALLED): requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed, found {sys.version}; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	@# What Numba compiles for librosa, once and by one process: several at once would leave files that
	@# crash whoever uses them (numba#10128).
	$(BIN)/python -c 'import librosa.beat, librosa.core.audio, librosa.core.pitch, librosa.util.utils'
	touch $@
