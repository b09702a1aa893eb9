#!/usr/bin/env bash
# `npm test [-- PATTERN…]`: sets up what is missing, then runs the tests.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$root/scripts/setup.sh"
exec "$root/node_modules/.bin/node" --conditions=source --disable-warning=ExperimentalWarning "$root/scripts/test-runner.ts" "$@"
