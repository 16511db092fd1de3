#!/usr/bin/env bash
# Installs the Debian packages that building, running and testing need; what is there already is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    swtpm swtpm-tools                               # the software TPM
    libtss2-dev libsodium-dev libidn2-dev libsqlite3-dev libssl-dev
    libgfshare-dev                                  # shares of an escrow's key
    pkg-config curl ca-certificates
    python3-cryptography                            # Tests/Vectors/verify_ledger.py
    python3-venv                                    # Tests/OpenAPI
    strace                                          # Tests/ProcessTests/Faults
)

fail() { printf 'chancery: %s\n' "$1" >&2; printf '  → %s\n' "$2" >&2; exit 1; }

command -v swift > /dev/null ||
    fail "Swift is not installed." "Install Swift 6.3 (https://www.swift.org/install/linux/debian/12) and put it on PATH."
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
case "$version" in
    6.[3-9] | 6.[1-9][0-9] | [7-9].* | [1-9][0-9].*) ;;
    *) fail "This needs Swift 6.3; found ${version:-something unknown}." "Install it from https://www.swift.org/install/linux/debian/12." ;;
esac

exec scripts/install-packages.sh "${packages[@]}"
