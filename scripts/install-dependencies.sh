#!/usr/bin/env bash
# Installs the Debian packages that building, running and testing need; what is there already is skipped.
set -euo pipefail

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

command -v dpkg-query > /dev/null ||
    fail "This is not a Debian system." "Install the counterparts of: ${packages[*]}"

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
    [ "$state" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null ||
        fail "These Debian packages are missing: ${missing[*]}" "As root: apt-get install ${missing[*]}"
    root=(sudo)
fi
echo "installing ${missing[*]}" >&2
install() {
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" < /dev/null > /dev/null
}
# The lists may be old or absent: refresh them only if that is needed.
install 2> /dev/null || { "${root[@]}" apt-get update -qq < /dev/null && install; } ||
    fail "apt-get could not install: ${missing[*]}" "Look at its message above; check the network and /etc/apt/sources.list."
