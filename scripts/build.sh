#!/usr/bin/env bash
# `npm run build`: compiles the packages that are published to JavaScript with type declarations, into their dist.
# Nothing in this repository needs it: here everything runs from the TypeScript sources.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for package in packages/*/; do
  echo "build: ${package}dist"
  rm -rf "${package}dist"
  node_modules/.bin/tsc -p "${package}tsconfig.build.json"
  if [ ! -s "${package}dist/index.js" ]; then
    echo "build: ${package}dist/index.js was not made" >&2
    exit 1
  fi
done
