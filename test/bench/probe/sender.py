"""Sends a datagram each millisecond: sender.py ADDRESS PORT"""

import socket
import sys
import time

PERIOD_S = 0.001

peer = (sys.argv[1], int(sys.argv[2]))
outgoing = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
due = time.monotonic()
while True:
    outgoing.sendto(b"probe", peer)
    # After a pause (the process may be stopped) it goes on from now: no burst makes up for what was not sent.
    due = max(due + PERIOD_S, time.monotonic())
    time.sleep(max(0.0, due - time.monotonic()))
