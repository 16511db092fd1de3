#!/usr/bin/env bash
# The fault tests at full length, against the programs in the directory given; each variable can be set to less.
# Needs root (strace, a small file system, another user) and some hours; prints the seed by which a failure is repeated.
set -euo pipefail
cd "$(dirname "$0")/.."
export CHANCERY_TEST_BIN=$1
export CHANCERY_SEED=${CHANCERY_SEED:-$((RANDOM * 32768 + RANDOM + 1))}
export CHANCERY_KILL_ROUNDS=${CHANCERY_KILL_ROUNDS:-200}
export CHANCERY_FAULT_POINTS=${CHANCERY_FAULT_POINTS:-1000000}
export CHANCERY_OVERLOAD_CLIENTS=${CHANCERY_OVERLOAD_CLIENTS:-10000}
export CHANCERY_STEADY_MINUTES=${CHANCERY_STEADY_MINUTES:-30}
# A client and the gateway each hold a descriptor for every connection.
ulimit -n "$(ulimit -Hn)"
swift test --skip-build --no-parallel \
    --filter '^ProcessTests\..*/(Crash|SyscallFaults|FullDisk|FrameAttacks|Overload|SteadyLoad)/' < /dev/null
