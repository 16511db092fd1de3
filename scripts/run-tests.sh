#!/usr/bin/env bash
# Runs each test target in a process of its own, one test after the other: many tests wait for child processes, and
# two that wait at once would take both threads of a two-core machine from the tests that they wait for. The limit turns
# a hang into a failure that names its target; it decides nothing else.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()
for directory in Tests/*Tests; do
    target=${directory#Tests/}
    printf '\n== %s\n' "$target"
    timeout -k 10 "${CHANCERY_TEST_LIMIT:-900}" \
        swift test --skip-build --no-parallel --filter "^$target\\." < /dev/null || failed+=("$target")
done
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nfailed: %s\n' "${failed[*]}"
    exit 1
fi
