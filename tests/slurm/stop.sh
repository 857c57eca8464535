#!/usr/bin/env bash
# Stop the SLURM that start.sh started in FOLDER:  stop.sh FOLDER
set -euo pipefail

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
