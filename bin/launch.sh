# Sourced by the commands beside it and by scripts, which set:
#   root   the root folder of the repository
#   entry  the TypeScript file to run, below root
# Becomes Node 24 with that file. No Node program stands in between, so nothing is added to the start-up time.

# Started with no environment at all (a service manager, a test), tools that weft calls must still be found.
: "${PATH:=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
export PATH

node=$root/node_modules/.bin/node
if [ ! -x "$node" ]; then
  node=$(command -v node) || node=
  case $([ -z "$node" ] || "$node" --version) in
    v2[4-9].* | v[3-9][0-9].*) ;;
    *)
      echo "${0##*/}: Node 24 is not at $root/node_modules/.bin/node: run 'npm run setup' in $root" >&2
      exit 1
      ;;
  esac
fi

# Keeps what Node makes of the TypeScript sources: halves the time to start. Where it cannot be written, Node goes
# without.
: "${NODE_COMPILE_CACHE:=$root/node_modules/.cache/node}"
export NODE_COMPILE_CACHE

exec "$node" --conditions=source --disable-warning=ExperimentalWarning "$root/$entry" "$@"
