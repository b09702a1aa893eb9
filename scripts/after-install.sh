#!/bin/sh
# Runs after `npm ci` and `npm install` (the root's postinstall script).
# Puts Node 24 and the repository's own commands into node_modules/.bin, and notes which lockfile is
# installed, for scripts/setup.sh.
set -eu
cd "$(dirname "$0")/.."
mkdir -p node_modules/.bin .setup

# npm 11 makes this link by itself. npm 10 loses it, because the packages of the other processors,
# which it drops as it installs, name the same command.
for binary in node_modules/node-linux-*/bin/node; do
  if [ -x "$binary" ]; then
    ln -sf "../${binary#node_modules/}" node_modules/.bin/node
  fi
done

# So that `npx ofp` and npm scripts run from the sources. npm links a workspace's commands to its dist folder,
# which is there only after a build.
for command in weft ofp ovsdb; do
  ln -sf "../../bin/$command" "node_modules/.bin/$command"
done

sha256sum package-lock.json >.setup/lockfile.sha256
