#!/usr/bin/env bash
# Runs each test target in a process of its own, one after the other: many tests wait for child processes, and two that wait
# at once would take both threads of a two-core machine from the tests that they wait for. The sweeps through the system
# calls, a third of the whole, wait for the tracer and the disk most of the time: they run beside the targets that start no
# appliance. The limit turns a hang into a failure that names its part; it decides nothing else.
#
# Tests keep everything in a temporary directory. What still runs on it when a part ends (a hang, a crash, ^C) was started by
# its tests: it is ended, and at the end the directory removed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# Short: the paths of sockets in it may have 107 bytes.
run=$(mktemp -d /tmp/chtest.XXXXXX) || exit 1

# Processes that name the directory in their command line or were started with it as their TMPDIR.
started_here() {
    local directory pid
    for directory in /proc/[0-9]*; do
        pid=${directory#/proc/}
        if [ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ]; then continue; fi
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

# part LANE NAME ARGUMENTS: of the program that the tests are. Two may run at once, in different lanes; of `swift test`, even with
# nothing to build, only one.
part() (
    export TMPDIR=$run/$1
    name=$2
    shift 2
    running=
    # shellcheck disable=SC2317 # the trap calls it
    leave() {
        local status=$?
        trap - EXIT TERM
        # `timeout` leads a process group of its own, out of reach of a ^C at the terminal.
        [ -z "$running" ] || kill -TERM -- "-$running" 2> /dev/null
        end_leftovers "$name"
        exit "$status"
    }
    trap leave EXIT
    trap 'exit 143' TERM

    printf '\n== %s\n' "$name"
    mkdir -p "$TMPDIR"
    rm -f "$TMPDIR/output"
    mkfifo "$TMPDIR/output" || exit 1
    # Not one of those that `started_here` finds: it writes to the end, and ends with the last that writes to it.
    env -u TMPDIR tee "$run/$name.log" < "$TMPDIR/output" &
    copying=$!
    # By lines: a part that hangs must not take the name of its test with it.
    timeout -k 10 "${CHANCERY_TEST_LIMIT:-2100}" stdbuf -oL \
        .build/debug/chanceryPackageTests.xctest --testing-library swift-testing --no-parallel "$@" \
        < /dev/null > "$TMPDIR/output" 2>&1 &
    running=$!
    # In the background, so that a signal interrupts the wait.
    wait "$running"
    status=$?
    running=
    end_leftovers "$name"
    wait "$copying"
    exit $status
)

finish() {
    local status=$?
    trap - EXIT INT TERM
    local parts
    mapfile -t parts < <(jobs -p)
    [ ${#parts[@]} -eq 0 ] || kill "${parts[@]}" 2> /dev/null
    wait
    rm -rf "$run"
    exit $status
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What failed, from the output of a part: its issues, and the tests that began and never ended.
failures_in() {
    grep -aE '✘|error:|Fatal error' "$1" | head -40
    comm -23 <(sed -nE 's/^. Test ([^ ]*\)) started\.$/\1/p' "$1" | sort) \
        <(sed -nE 's/^. Test ([^ ]*\))( with [0-9]+ test cases)? (passed|failed|skipped).*/\1/p' "$1" | sort) |
        sed 's/^/never ended: /'
}

failed=()
sweeps='^ProcessTests\.ProcessTests/SyscallFaults/'
part 1 SyscallFaults --filter "$sweeps" > "$run/beside" 2>&1 &
beside=$!
for directory in Tests/*Tests; do
    target=${directory#Tests/}
    [ "$target" != ProcessTests ] || continue
    part 2 "$target" --filter "^$target\\." &
    wait $! || failed+=("$target")
done
wait "$beside" || failed+=(SyscallFaults)
cat "$run/beside"
part 2 ProcessTests --filter '^ProcessTests\.' --skip "$sweeps" &
wait $! || failed+=(ProcessTests)

# Last, where whoever reads the end of a long log sees it.
for target in ${failed[@]+"${failed[@]}"}; do
    printf '\nfailed: %s\n' "$target"
    failures_in "$run/$target.log"
done
[ ${#failed[@]} -eq 0 ]
