#!/usr/bin/env bash
# `npm run bench -- BENCHMARK …`: sets up what is missing, then runs test/bench/main.ts with all arguments.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$root/scripts/setup.sh"
exec "$root/node_modules/.bin/node" --conditions=source --disable-warning=ExperimentalWarning "$root/test/bench/main.ts" "$@"
