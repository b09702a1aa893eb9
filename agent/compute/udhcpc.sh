#!/bin/sh
# Takes over a lease in the network namespace that udhcpc runs in. Touches nothing but the device and its routes:
# name servers would end up in the machine's own /etc/resolv.conf, which all namespaces share.
set -eu

# eth0 comes before eth1 where both have a default route.
metric=$((100 + ${interface#eth}))

configure() {
  # The address that stays is never taken away, not even for a moment: renewals must not cost packets. Others go first,
  # because the oldest of a subnet takes the newer ones with it.
  address="$ip/${mask:-32}"
  ip -4 -oneline address show dev "$interface" | while read -r _index _name _family other _rest; do
    if [ "$other" != "$address" ]; then ip address delete "$other" dev "$interface"; fi
  done
  ip address replace "$address" broadcast + dev "$interface"
  if [ -n "${mtu:-}" ]; then ip link set dev "$interface" mtu "$mtu"; fi
  if [ -n "${staticroutes:-}" ]; then
    # RFC 3442: with classless routes the router option is ignored.
    # shellcheck disable=SC2086
    set -- $staticroutes
    while [ $# -ge 2 ]; do
      route "$1" "$2"
      shift 2
    done
  else
    for router in ${router:-}; do route default "$router"; done
  fi
  if [ "$interface" != eth0 ]; then answer_by_itself; fi
}

# What is sent from the address of a further interface leaves by it, also as an answer to somebody beyond its subnet: by eth0
# the packet would be dropped, as the address is not that of eth0.
answer_by_itself() {
  table=$metric
  while ip rule delete table "$table" 2>/dev/null; do :; done
  ip route show dev "$interface" | while read -r destination rest; do
    # shellcheck disable=SC2086
    ip route replace "$destination" dev "$interface" $rest table "$table"
  done
  ip rule add from "$ip" table "$table"
}

# Gateway 0.0.0.0 means that the destination is on the link itself.
route() {
  if [ "$2" = 0.0.0.0 ]; then
    ip route replace "$1" dev "$interface" metric "$metric"
  else
    ip route replace "$1" via "$2" dev "$interface" metric "$metric"
  fi
}

case "$1" in
  deconfig) ip link set dev "$interface" up ;;
  bound | renew) configure ;;
esac
