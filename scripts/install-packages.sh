#!/usr/bin/env bash
# install-packages.sh PACKAGE…: installs the Debian packages that are missing.
set -euo pipefail

fail() { printf 'chancery: %s\n' "$1" >&2; printf '  → %s\n' "$2" >&2; exit 1; }

command -v dpkg-query > /dev/null ||
    fail "This is not a Debian system." "Install the counterparts of: $*"

missing=()
for package in "$@"; do
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
