#!/usr/bin/env bash
# Makes a bare Debian 12 with Node 20 and npm ready for weft: Debian's packages, npm's packages, Node 24.
# Safe to run at any time: does only what is missing, and nothing at all when all is there.
# Without root it says which Debian packages are missing, and goes on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

lock_wait_seconds=600

say() { echo "set-up: $*"; }
fail() { echo "set-up: $*" >&2; exit 1; }

# Prints the names of the Debian packages that are not installed.
missing_debian_packages() {
  local wanted installed
  wanted=$(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' scripts/debian-packages.txt)
  # dpkg-query fails when it does not know one of the names, and prints the others all the same.
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | sed -n 's/ installed$//p') || true
  comm -23 <(sort <<<"$wanted") <(sort <<<"$installed")
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@"
}

install_debian_packages() {
  local log=.setup/apt.log
  say "installing from Debian: $*"
  # A source of packages that has nothing to do with ours may be out of order: what counts is the installation.
  apt update >"$log" 2>&1 || say "apt-get update had errors, see $log; going on"
  # Of the packages that come along only ours are named, or the list would be five times as long.
  if ! apt install --yes --no-install-recommends "$@" 2>&1 </dev/null |
    tee -a "$log" | sed -un 's/^Setting up \([^ :]*\).*/\1/p' | grep --line-buffered -xF "$(printf '%s\n' "$@")" |
    sed -u 's/^/set-up:   /'; then
    tail -n 20 "$log" >&2
    fail "apt-get could not install: $*. The whole output is in $log"
  fi
}

debian_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: labs need what scripts/debian-packages.txt lists"
    return
  fi
  local missing
  mapfile -t missing < <(missing_debian_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    say "not root, so labs and tests of real networks will not run; as root: apt-get install ${missing[*]}"
    return
  fi
  install_debian_packages "${missing[@]}"
}

# Either the lockfile is the one that scripts/after-install.sh noted, or npm has finished after it was last written:
# `npm install NAME` runs no scripts of ours.
npm_packages_are_current() {
  [ -x node_modules/.bin/node ] || return
  sha256sum --check --status .setup/lockfile.sha256 2>/dev/null ||
    [ node_modules/.package-lock.json -nt package-lock.json ]
}

npm_packages() {
  npm_packages_are_current && return
  # Below `npm run`, node_modules/.bin stands first in PATH: npm would run on the very Node that it is replacing.
  local path=${PATH//"$PWD/node_modules/.bin:"/}
  PATH=$path command -v npm >/dev/null || fail "npm is missing: install Node.js 20 or newer with npm"
  say "installing npm packages (npm ci)"
  if ! PATH=$path npm ci --loglevel=error --no-audit --no-fund >.setup/npm.log 2>&1 </dev/null; then
    cat .setup/npm.log >&2
    fail "npm ci could not install package-lock.json; it needs the npm registry, or its cache"
  fi
  npm_packages_are_current || fail "npm ci went through, but there is no Node 24 for $(uname -sm): Linux on x64 or arm64 is needed"
}

# Two set-ups at a time would take node_modules from under each other.
mkdir -p .setup
exec 9>.setup/lock
flock --wait "$lock_wait_seconds" 9 || fail "another set-up has been running for $lock_wait_seconds s (.setup/lock)"
debian_packages
npm_packages
