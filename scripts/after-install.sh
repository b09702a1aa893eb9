#!/bin/sh
# Runs after `npm ci` and `npm install` (the root's postinstall script).
# Puts Node 24 at node_modules/.bin/node and notes which lockfile is installed, for scripts/setup.sh.
set -eu
cd "$(dirname "$0")/.."

# npm 11 makes this link by itself. npm 10 loses it, because the packages of the other processors,
# which it drops as it installs, name the same command.
for binary in node_modules/node-linux-*/bin/node; do
  if [ -x "$binary" ] && [ ! -e node_modules/.bin/node ]; then
    mkdir -p node_modules/.bin
    ln -s "../${binary#node_modules/}" node_modules/.bin/node
  fi
done

mkdir -p .setup
sha256sum package-lock.json >.setup/lockfile.sha256
