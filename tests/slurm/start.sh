#!/usr/bin/env bash
# Start a SLURM of one node that belongs to whoever runs this; root is not needed.
#   start.sh FOLDER          everything it writes is in FOLDER, which stop.sh takes as well
#   . FOLDER/environment     then sbatch, squeue and scontrol speak to this SLURM
# One GPU that does not exist (its device is /dev/null) shows what jobs are allotted.
set -euo pipefail

folder=$(realpath -m "$1")
mkdir -p "$folder"/{bin,munge,state,spool,log,dev}
chmod 700 "$folder/munge"
host=$(hostname -s)
user=$(id -un)
controller_port=${SLURM_TEST_PORT:-16817}
PATH=$PATH:/usr/sbin

ln -sf /dev/null "$folder/dev/nvidia0"
head -c 1024 /dev/urandom > "$folder/munge/key"
chmod 600 "$folder/munge/key"

cat > "$folder/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$((controller_port + 1))
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
# No cgroups: memory is sampled, and a job above its request is killed.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
# No database: finished jobs stay in the controller's memory, and in one line each in a file.
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/completed_jobs.txt
MinJobAge=3600
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0,sched_min_interval=0
ReturnToService=2
KillWait=10
GresTypes=gpu
SlurmdParameters=config_overrides
NodeName=node NodeHostname=$host NodeAddr=127.0.0.1 CPUs=32 RealMemory=128000 Gres=gpu:fake:1
PartitionName=cpu Nodes=node Default=YES DefMemPerCPU=200
PartitionName=gpu Nodes=node DefMemPerCPU=200
END
echo "NodeName=node Name=gpu Type=fake File=$folder/dev/nvidia0" > "$folder/gres.conf"
case $(slurmd -V) in
    *" "2[0-3].* | *" 24.0"[0-4].*) cgroups="IgnoreSystemd=yes" ;;
    *) cgroups="CgroupPlugin=disabled" ;; # Known from 24.05 on.
esac
printf 'ConstrainCores=no\n%s\n' "$cgroups" > "$folder/cgroup.conf"

# Inside a job, Snakemake takes SLURM_CONF out of the environment of srun.
cat > "$folder/bin/srun" <<END
#!/bin/sh
SLURM_CONF=$folder/slurm.conf exec $(command -v srun) "\$@"
END
# There is no accounting database, so sacct has nothing to say: the controller answers for it.
cat > "$folder/bin/sacct" <<'END'
#!/bin/sh
case "$*" in
    *--format=JobIdRaw,State*--name*)
        for name; do :; done
        exec squeue --states=all --noheader --format='%i|%T' --name "$name" ;;
esac
END
chmod +x "$folder/bin/srun" "$folder/bin/sacct"
cat > "$folder/environment" <<END
export SLURM_CONF=$folder/slurm.conf
export PATH=$folder/bin:\$PATH
END

export SLURM_CONF=$folder/slurm.conf
munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munged.pid" --log-file="$folder/log/munged.log" \
    --seed-file="$folder/munge/seed"
slurmctld
slurmd -N node
for _ in $(seq 60); do
    if sinfo --noheader --format=%t 2>/dev/null | grep -q idle; then exit 0; fi
    sleep 0.5
done
tail -n 20 "$folder"/log/*.log >&2
echo "start.sh: no idle node after 30 s; the logs above say why" >&2
exit 1
