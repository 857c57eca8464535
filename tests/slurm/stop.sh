#!/usr/bin/env bash
# Stop the SLURM that start.sh started in FOLDER:  stop.sh FOLDER
set -euo pipefail

# First the jobs, which would outlive their daemon.
# shellcheck disable=SC1091
. "$1/environment"
scancel --user="$(id -un)" 2>/dev/null || true
for _ in $(seq 150); do
    [ -n "$(squeue --noheader 2>/dev/null)" ] || break
    sleep 0.1
done
for daemon in slurmd slurmctld munged; do
    file=$1/$daemon.pid
    if [ -s "$file" ]; then
        pid=$(cat "$file")
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 50); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    fi
done
