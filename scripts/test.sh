#!/usr/bin/env bash
# `npm test [-- PART_OF_PATH…]`: sets up what is missing, then runs the tests.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$root/scripts/setup.sh"
entry=scripts/test-runner.ts
. "$root/bin/launch.sh"
