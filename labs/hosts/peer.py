#!/usr/bin/python3
"""The small servers and clients with which labs look whether traffic passes.

  peer.py tcp-listen PORT NAME          echo server: each message comes back with "NAME " in front
  peer.py udp-listen PORT NAME
  peer.py tcp-connect ADDRESS PORT MS   client: one message a line on standard input, one JSON answer a line: [number, what]
  peer.py udp-connect ADDRESS PORT MS

A server prints "listening" when it is ready. A client's answer 0 tells whether it connected. It ends with its input.
"""

import itertools
import json
import socket
import socketserver
import sys


class TcpEcho(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while data := self.request.recv(65536):
                self.request.sendall(NAME + b" " + data)
        except OSError:
            pass  # the client is gone, or the network cut it off: that is what such tests are about


class UdpEcho(socketserver.BaseRequestHandler):
    def handle(self):
        data, server = self.request
        server.sendto(NAME + b" " + data, self.client_address)


class DualStack:
    """Listens for IPv6 and IPv4 on one socket."""

    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


class TcpServer(DualStack, socketserver.ThreadingTCPServer):
    pass


class UdpServer(DualStack, socketserver.UDPServer):
    pass


def listen(server_class, handler, port):
    with server_class(("::", port), handler) as server:
        print("listening", flush=True)
        server.serve_forever()


answers = itertools.count()


def say(connected, answer="", error=None):
    print(json.dumps([next(answers), {"connected": connected, "answer": answer, "error": error}]), flush=True)


def reason(error):
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionResetError):
        return "reset"
    text = error.strerror or str(error)
    return "unreachable" if "unreachable" in text or "No route" in text else text


def exchange(connection, message):
    try:
        connection.sendall(message)
        # What was held up on its way comes late, and answers an earlier message.
        while (answer := connection.recv(65536)) and not answer.endswith(message):
            pass
    except OSError as error:
        return say(False, error=reason(error))
    if answer:
        say(True, answer.decode())
    else:
        say(False, error="closed")


def connect(kind, address, port, seconds):
    connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    connection.settimeout(seconds)
    try:
        connection.connect((address, port))
    except OSError as error:
        return say(False, error=reason(error))
    say(True)
    for line in sys.stdin:
        exchange(connection, line.rstrip("\n").encode())


mode, arguments = sys.argv[1], sys.argv[2:]
transport, action = mode.split("-")
if action == "listen":
    NAME = arguments[1].encode()
    if transport == "tcp":
        listen(TcpServer, TcpEcho, int(arguments[0]))
    else:
        listen(UdpServer, UdpEcho, int(arguments[0]))
else:
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    connect(kind, arguments[0], int(arguments[1]), int(arguments[2]) / 1000)
