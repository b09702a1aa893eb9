#!/bin/sh
# Called by udhcpc(8) with the lease in its environment. Configures the interface in the namespace it runs in, touches
# no file (not /etc/resolv.conf either: all namespaces share it), and prints the lease, one variable a line.
set -eu

case "$1" in
  bound | renew) ;;
  *) exit 0 ;;
esac

# The address that stays is never taken away, not even for a moment: connections would lose packets at each renewal.
# Others go first, because the oldest of a subnet takes the newer ones with it.
address="$ip/${mask:-32}"
ip -4 -oneline address show dev "$interface" | while read -r _index _name _family other _rest; do
  if [ "$other" != "$address" ]; then ip address delete "$other" dev "$interface"; fi
done
ip address replace "$address" dev "$interface"
if [ -n "${mtu:-}" ]; then ip link set "$interface" mtu "$mtu"; fi

if [ -n "${staticroutes:-}" ]; then
  # RFC 3442: with classless static routes the router option is ignored.
  set -- $staticroutes
  while [ $# -ge 2 ]; do
    if [ "$2" = 0.0.0.0 ]; then
      ip route replace "$1" dev "$interface"
    else
      ip route replace "$1" via "$2" dev "$interface" onlink
    fi
    shift 2
  done
else
  for router in ${router:-}; do
    ip route replace default via "$router" dev "$interface" onlink
    break
  done
fi

env | grep '^[a-z][a-z0-9]*=' | sed 's/^/lease /'
