#!/bin/sh
# What udhcpc calls with a lease: sets up this namespace and touches nothing else of the machine.
set -eu
case $1 in
bound | renew)
  ip address replace "$ip/${mask:-24}" dev "$interface"
  ip link set "$interface" mtu "${mtu:-1500}"
  [ -z "${router:-}" ] || ip route replace default via "${router%% *}" dev "$interface"
  ;;
esac
