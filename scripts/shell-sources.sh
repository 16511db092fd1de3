#!/usr/bin/env bash
# Prints every shell script of the repository, null-separated: a file is one by its first line.
set -euo pipefail
cd "$(dirname "$0")/.."
find . \( -path ./.git -o -path ./.build -o -path '*/.build' -o -path ./build -o -path ./bin -o -path ./var -o -path ./.tpm -o -name __pycache__ -o -name node_modules \) -prune \
    -o -type f -size -256k -print0 | sort -z |
    xargs -0 awk 'FNR == 1 && /^#!.*[\/ ](ba|da)?sh( |$)/ { printf "%s%c", FILENAME, 0 } { nextfile }'
