#!/usr/bin/env bash
# Runs each test target in a process of its own, one test after the other: many tests wait for child processes, and
# two that wait at once would take both threads of a two-core machine from the tests that they wait for. The limit turns
# a hang into a failure that names its target; it decides nothing else.
#
# Tests keep everything in a temporary directory of this run. What still runs on it when a target ends (a hang, a crash,
# ^C) was started by its tests: it is ended, and the directory removed.
set -uo pipefail
cd "$(dirname "$0")/.."

# Short: the paths of sockets in it may have 107 bytes.
TMPDIR=$(mktemp -d /tmp/chtest.XXXXXX) || exit 1
export TMPDIR

# Processes that name the directory in their command line or were started with it as their TMPDIR.
started_here() {
    local directory pid
    for directory in /proc/[0-9]*; do
        pid=${directory#/proc/}
        [ "$pid" != $$ ] && [ "$pid" != "$BASHPID" ] || continue
        if grep -qzF "$TMPDIR/" "$directory/cmdline" 2> /dev/null ||
            grep -qzxF "TMPDIR=$TMPDIR" "$directory/environ" 2> /dev/null; then
            echo "$pid"
        fi
    done
}

end_leftovers() {
    local left
    mapfile -t left < <(started_here)
    [ ${#left[@]} -gt 0 ] || return 0
    echo "ending what $1 left behind: ${left[*]}" >&2
    kill "${left[@]}" 2> /dev/null
    for _ in $(seq 50); do
        mapfile -t left < <(started_here)
        [ ${#left[@]} -gt 0 ] || return 0
        sleep 0.1
    done
    kill -KILL "${left[@]}" 2> /dev/null
}

running=
finish() {
    local status=$?
    trap - EXIT INT TERM
    # `timeout` leads a process group of its own, out of reach of a ^C at the terminal.
    [ -z "$running" ] || kill -TERM -- "-$running" 2> /dev/null
    end_leftovers "the tests"
    rm -rf "$TMPDIR"
    exit $status
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What failed, from the output of a target: its issues, and the tests that began and never ended.
failures_in() {
    grep -aE '✘|error:|Fatal error' "$1" | head -40
    comm -23 <(sed -nE 's/^. Test ([^ ]*\)) started\.$/\1/p' "$1" | sort) \
        <(sed -nE 's/^. Test ([^ ]*\))( with [0-9]+ test cases)? (passed|failed|skipped).*/\1/p' "$1" | sort) |
        sed 's/^/never ended: /'
}

mkfifo "$TMPDIR/output" || exit 1
failed=()
for directory in Tests/*Tests; do
    target=${directory#Tests/}
    printf '\n== %s\n' "$target"
    # Not one of those that `started_here` finds: it writes to the end, and ends with the last that writes to it.
    (cd "$TMPDIR" && exec env -u TMPDIR tee "$target.log" < output) &
    copying=$!
    # By lines: a target that hangs must not take the name of its test with it.
    timeout -k 10 "${CHANCERY_TEST_LIMIT:-2100}" stdbuf -oL \
        swift test --skip-build --no-parallel --filter "^$target\\." \
        < /dev/null > "$TMPDIR/output" 2>&1 &
    running=$!
    # In the background, so that a signal interrupts the wait.
    wait "$running" || failed+=("$target")
    running=
    end_leftovers "$target"
    wait "$copying"
done
# Last, where whoever reads the end of a long log sees it.
for target in ${failed[@]+"${failed[@]}"}; do
    printf '\nfailed: %s\n' "$target"
    failures_in "$TMPDIR/$target.log"
done
[ ${#failed[@]} -eq 0 ]
