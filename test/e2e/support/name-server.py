"""A DNS server for tests: 192.0.2.99 for outside.test, and no other name. Arguments: address and port."""

import socket
import struct
import sys
import threading

KNOWN = b"\x07outside\x04test\x00"


def answer(query):
    end = query.index(b"\x00", 12) + 5
    question = query[12:end]
    known = question[:-4].lower() == KNOWN
    record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([192, 0, 2, 99])
    flags = 0x8180 if known else 0x8183
    header = query[:2] + struct.pack("!HHHHH", flags, 1, 1 if known else 0, 0, 0)
    return header + question + (record if known else b"")


def serve_tcp(address):
    listener = socket.create_server(address)
    while True:
        connection, _ = listener.accept()
        with connection:
            length = struct.unpack("!H", connection.recv(2))[0]
            reply = answer(connection.recv(length))
            connection.sendall(struct.pack("!H", len(reply)) + reply)


def main():
    address = (sys.argv[1], int(sys.argv[2]))
    threading.Thread(target=serve_tcp, args=(address,), daemon=True).start()
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(address)
    print("ready", flush=True)
    while True:
        query, sender = udp.recvfrom(4096)
        udp.sendto(answer(query), sender)


main()
