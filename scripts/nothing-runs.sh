#!/usr/bin/env bash
# `make down` without a build: says that nothing runs, if that is so. Processes may outlive the program that stops them
# (`swift package clean`, `git clean`); they are found as `chancery down` finds them, by their command lines.
set -euo pipefail
cd "$(dirname "$0")/.."
home=$(realpath -m -- "${CHANCERY_HOME:-var}")

pids=()
for name in gateway ledger keeper; do   # the order in which they stop without losing a peer that they need
    for directory in /proc/[0-9]*; do
        mapfile -d '' -t arguments 2> /dev/null < "$directory/cmdline" || continue
        program=${arguments[0]:-}
        [ "${program##*/}" = "chancery-$name" ] || continue
        for index in "${!arguments[@]}"; do
            if [ "${arguments[index]}" = --home ] && [ "${arguments[index + 1]:-}" = "$home" ]; then
                pids+=("${directory#/proc/}")
            fi
        done
    done
done
if [ ${#pids[@]} -eq 0 ]; then
    echo "nothing was built, nothing runs"
    exit 0
fi
echo "chancery: nothing is built, but these processes of $home run: ${pids[*]}" >&2
echo "  → Build again (make build CONFIG=debug is quickest), then make down; or: kill ${pids[*]}" >&2
exit 3
