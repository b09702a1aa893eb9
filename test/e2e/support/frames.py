"""Raw Ethernet frames on one interface: `send` reads hex lines from standard input, `record` prints what arrives."""

import signal
import socket
import sys

ALL_PROTOCOLS = 0x0003
OUTGOING = 4  # packet type of what this machine sent itself


def open_socket(interface):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    raw.bind((interface, 0))
    return raw


def send(interface):
    raw = open_socket(interface)
    for line in sys.stdin:
        frame = bytes.fromhex(line.strip())
        raw.send(frame.ljust(60, b"\0"))


def record(interface):
    raw = open_socket(interface)
    raw.settimeout(0.05)
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    print("recording", flush=True)
    while not stopping:
        try:
            frame, address = raw.recvfrom(65535)
        except TimeoutError:
            continue
        if address[2] != OUTGOING:
            print("frame", frame.hex(), flush=True)
    print("end", flush=True)


if __name__ == "__main__":
    {"send": send, "record": record}[sys.argv[1]](sys.argv[2])
