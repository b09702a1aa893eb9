"""Prints when a datagram arrives after a silence, in ns of CLOCK_MONOTONIC: receiver.py PORT"""

import socket
import sys
import time

SILENCE_NS = 50_000_000

incoming = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
incoming.bind(("", int(sys.argv[1])))
print("listening", flush=True)
last = -SILENCE_NS
while True:
    incoming.recv(64)
    now = time.monotonic_ns()
    if now - last >= SILENCE_NS:
        print(f"arrival {now}", flush=True)
    last = now
