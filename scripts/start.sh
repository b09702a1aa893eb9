#!/usr/bin/env bash
# `npm start`: sets up what is missing, then runs scripts/start.ts with all arguments.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$root/scripts/setup.sh"
entry=scripts/start.ts
. "$root/bin/launch.sh"
