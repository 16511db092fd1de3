#!/usr/bin/env bash
# Regenerates ../Generated from the .proto files. Needs protoc (Debian: protobuf-compiler); builds protoc-gen-swift.
set -euo pipefail
cd "$(dirname "$0")"
root=$(git rev-parse --show-toplevel)
swift build --package-path "$root" --product protoc-gen-swift
rm -f ../Generated/*.pb.swift
# shellcheck disable=SC2035 # their names stand in what is generated
protoc --plugin="$root/.build/debug/protoc-gen-swift" \
    --swift_opt=Visibility=Public --swift_opt=UseAccessLevelOnImports=true \
    --swift_out=../Generated *.proto
