"""One end of a flow of UDP packets, one every 10 ms in each direction, numbered by the machine's clock, which all ends share.

  udp-flow.py ADDRESS PORT [wait]

Prints "ready", and with "wait" neither sends nor receives before SIGUSR1. At SIGTERM it prints one line of JSON, the numbers
that it has received, and ends.
"""

import json
import signal
import socket
import sys
import threading
import time

INTERVAL = 0.01

address, port = sys.argv[1], int(sys.argv[2])
received = []


def number():
    return int(time.monotonic() / INTERVAL)


def receive(flow):
    while True:
        received.append(int(flow.recv(64)))


def send(flow):
    last = number()
    while True:
        time.sleep(INTERVAL - time.monotonic() % INTERVAL)
        for missed in range(last + 1, number() + 1):
            try:
                flow.sendto(str(missed).encode(), (address, port))
            except OSError:
                pass  # the other end is not there at this moment: that is what is looked at
            last = missed


def run():
    flow = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    flow.bind(("0.0.0.0", port))
    for work in (receive, send):
        threading.Thread(target=work, args=(flow,), daemon=True).start()


for each in (signal.SIGUSR1, signal.SIGTERM):
    signal.pthread_sigmask(signal.SIG_BLOCK, [each])
print("ready", flush=True)
if sys.argv[3:] == ["wait"] and signal.sigwait([signal.SIGUSR1, signal.SIGTERM]) == signal.SIGTERM:
    sys.exit(1)
run()
signal.sigwait([signal.SIGTERM])
print(json.dumps(received), flush=True)
