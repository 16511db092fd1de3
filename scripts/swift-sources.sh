#!/usr/bin/env bash
# Prints every Swift file that people write, null-separated: generated code keeps its generator's format.
set -euo pipefail
cd "$(dirname "$0")/.."
find Sources Tests Benchmarks -name '*.swift' -not -path '*/Generated/*' -not -path '*/.build/*' -print0 | sort -z
