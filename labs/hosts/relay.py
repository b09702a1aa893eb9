#!/usr/bin/python3
"""Relays TCP connections from 127.0.0.1 inside network namespaces to 127.0.0.1 outside of them.

Orders come on standard input, one JSON object a line: {"id": 1, "namespace": "weft-lab-h1", "port": 6653, "target": 6653},
where the namespace is a name that `ip netns` knows or an absolute path, or {"id": 2, "namespace": "weft-lab-h1"},
which closes what listens there. Each is answered on standard output: {"id": 1} or {"id": 1, "error": "..."}. The program ends when standard input ends, that is, with its parent.
"""

import asyncio
import ctypes
import json
import os
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000
BUFFER_LIMIT = 256 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
libc = ctypes.CDLL(None, use_errno=True)


def enter(descriptor):
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def socket_inside(namespace, port):
    """A socket belongs for ever to the namespace in which it was made; this process stays where it was."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(os.path.join("/run/netns", namespace), os.O_RDONLY)
    listener = None
    try:
        enter(there)
        try:
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
        finally:
            enter(home)
    except OSError:
        if listener is not None:
            listener.close()
        raise
    finally:
        os.close(home)
        os.close(there)
    listener.setblocking(False)
    return listener


class End(asyncio.Protocol):
    """One end of a relayed connection: gives what it reads to the other, no faster than the other can write."""

    def __init__(self, target=None):
        self.target = target
        self.transport = None
        self.other = None
        self.early = b""  # read before the target was reached
        self.ended_early = False

    def connection_made(self, transport):
        self.transport = transport
        transport.set_write_buffer_limits(high=BUFFER_LIMIT)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.target is not None:
            task = asyncio.ensure_future(self.reach_target())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def reach_target(self):
        loop = asyncio.get_running_loop()
        try:
            _, other = await loop.create_connection(End, "127.0.0.1", self.target)
        except OSError:
            self.reset()
            return
        self.other, other.other = other, self
        if self.transport.is_closing():
            other.reset()
            return
        if self.early:
            other.transport.write(self.early)
            self.early = b""
            self.transport.resume_reading()
        if self.ended_early:
            other.transport.write_eof()

    def data_received(self, data):
        if self.other is not None:
            self.other.transport.write(data)
        else:
            # Not paused in connection_made: Python 3.11 would start to read all the same.
            self.early += data
            self.transport.pause_reading()

    def eof_received(self):
        if self.other is None:
            self.ended_early = True
        elif not self.other.transport.is_closing():
            self.other.transport.write_eof()
        return True  # the other direction may still have something to say

    def pause_writing(self):
        self.other.transport.pause_reading()

    def resume_writing(self):
        self.other.transport.resume_reading()

    def connection_lost(self, error):
        if self.other is None:
            return
        if error is not None:
            self.other.reset()
        else:
            self.other.transport.close()

    def reset(self):
        transport = self.transport
        if transport.is_closing():
            return
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        transport.abort()


tasks = set()
servers = {}


async def obey(order):
    namespace = order["namespace"]
    if "port" not in order:
        for server in servers.pop(namespace, []):
            server.close()
        return
    listener = socket_inside(namespace, order["port"])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: End(order["target"]), sock=listener, backlog=128)
    servers.setdefault(namespace, []).append(server)


async def main():
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = json.loads(line)
        answer = {"id": order["id"]}
        try:
            await obey(order)
        except OSError as error:
            answer["error"] = f"{order['namespace']}, port {order.get('port')}: {error.strerror}"
        print(json.dumps(answer), flush=True)


asyncio.run(main())
