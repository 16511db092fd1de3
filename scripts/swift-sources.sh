#!/usr/bin/env bash
# Prints every Swift file that people write, null-separated: generated code keeps its generator's format.
set -euo pipefail
cd "$(dirname "$0")/.."
find Sources Tests -name '*.swift' -not -path '*/Generated/*' -print0 | sort -z
