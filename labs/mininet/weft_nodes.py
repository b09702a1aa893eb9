"""Mininet nodes for weft: an underlay, hosts with their own Open vSwitch and weft agent, and VMs on them.

Each node is a network namespace that Mininet makes; nothing is added to the machine's own network. Hosts reach the
controller, which runs outside, through a relay on their loopback.
"""

import json
import os
import shutil
import subprocess
import time

from mininet.node import Host, Node

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
WEFT = os.path.join(ROOT, "bin", "weft")
SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
# Daemons must not keep the shell's terminal, or Mininet waits for ever.
DETACHED = "</dev/null >/dev/null 2>&1"


class LabFailure(Exception):
    """Something that the lab needs did not happen; the message says what."""


def wait_for(what, condition, seconds=20.0):
    """Polls until the condition gives something true, which is returned."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise LabFailure(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.05)


class Underlay(Node):
    """The network between hosts: a Linux bridge in a namespace of its own."""

    def __init__(self, name, **params):
        params["inNamespace"] = True
        super().__init__(name, **params)

    def start(self, _controllers):
        self.cmd("ip link add underlay type bridge && ip link set underlay up")
        for interface in self.intfNames():
            if interface != "lo":
                self.cmd(f"ip link set {interface} master underlay up")

    def stop(self, deleteIntfs=True):
        pass  # the bridge goes with its namespace


class WeftHost(Host):
    """A host: ovsdb-server, ovs-vswitchd and, once there is a controller, a weft agent."""

    def __init__(self, name, tunnel_address=None, directory=None, **params):
        super().__init__(name, **params)
        self.tunnel_address = tunnel_address
        self.directory = directory
        self.agent = None

    def start_openvswitch(self):
        """Starts OVS with the userspace datapath and puts the underlay's interface into br-phy."""
        run = self.directory
        os.makedirs(run, exist_ok=True)
        environment = " ".join(f"OVS_{kind}DIR={run}" for kind in ("RUN", "LOG", "DB", "SYSCONF"))
        self._checked(f"ovsdb-tool create {run}/conf.db {SCHEMA}")
        self.cmd(
            f"{environment} ovsdb-server {run}/conf.db --remote=punix:{run}/db.sock --pidfile={run}/ovsdb-server.pid "
            f"--unixctl={run}/ovsdb.ctl --log-file={run}/ovsdb-server.log --detach --no-chdir {DETACHED}"
        )
        self.vsctl("--no-wait", "init")
        self.cmd(
            f"{environment} ovs-vswitchd unix:{run}/db.sock --pidfile={run}/vswitchd.pid --unixctl={run}/vs.ctl "
            f"--log-file={run}/vswitchd.log --detach --no-chdir {DETACHED}"
        )
        underlay = self.defaultIntf().name
        self.cmd(f"ip address flush dev {underlay}; ip link set {underlay} up; ip link set lo up")
        self.vsctl("add-br", "br-phy", "--", "set", "bridge", "br-phy", "datapath_type=netdev")
        self.vsctl("add-port", "br-phy", underlay)
        self._checked(f"ip address add {self.tunnel_address}/24 dev br-phy && ip link set br-phy up")

    def start_agent(self, api_port):
        command = [WEFT, "agent", "--controller", f"http://127.0.0.1:{api_port}"]
        command += ["--ovsdb", f"unix:{self.directory}/db.sock", "--host", self.name]
        command += ["--tunnel-ip", self.tunnel_address]
        self.agent_log = f"{self.directory}/agent.log"
        with open(self.agent_log, "w", encoding="utf-8") as log:
            self.agent = self.popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        wait_for(f"agent of {self.name} ready (see {self.agent_log})", self._agent_is_ready)

    def _agent_is_ready(self):
        if self.agent.poll() is not None:
            with open(self.agent_log, encoding="utf-8") as log:
                raise LabFailure(f"agent of {self.name} ended: {log.read().strip()}")
        with open(self.agent_log, encoding="utf-8") as log:
            return "agent ready" in log.read()

    def attach(self, vm, interface_id, mac):
        """Makes the host's end of the link to a VM a port of br-int that carries the interface."""
        port = self.connectionsTo(vm)[0][0].name
        self.cmd(f"ip link set {port} up")
        identifiers = (f"external_ids:iface-id={interface_id}", f'external_ids:attached-mac="{mac}"')
        self.vsctl("add-port", "br-int", port, "--", "set", "interface", port, *identifiers)

    def vsctl(self, *arguments):
        command = ["ovs-vsctl", "--timeout=10", f"--db=unix:{self.directory}/db.sock", *arguments]
        output, error, code = self.pexec(command)
        if code != 0:
            raise LabFailure(f"{self.name}: {' '.join(command)}: {error.strip()}")
        return output

    def _checked(self, command):
        _, error, code = self.pexec(command, shell=True)
        if code != 0:
            raise LabFailure(f"{self.name}: {command}: {error.strip()}")

    def refresh_cache(self):
        """Waits until the datapath's cache follows the flows, which Open vSwitch does some milliseconds later."""
        output, error, code = self.pexec(["ovs-appctl", "--timeout=10", "-t", f"{self.directory}/vs.ctl", "revalidator/wait"])
        if code != 0:
            raise LabFailure(f"{self.name}: revalidator/wait: {output}{error}")

    def terminate(self):
        if self.agent is not None:
            stop(self.agent)
            self.agent = None
        for name in ("vswitchd", "ovsdb-server"):
            stop_by_pid_file(f"{self.directory}/{name}.pid")
        super().terminate()


class WeftVm(Host):
    """A VM: its address comes by DHCP from weft."""

    def dhcp(self):
        self.cmd("ip link set lo up; ip address flush dev", self.defaultIntf().name)
        # Through the userspace datapath, checksums must be computed by the sender.
        self.cmd("ethtool -K", self.defaultIntf().name, "tx off")
        script = os.path.join(os.path.dirname(__file__), "udhcpc.sh")
        interface = self.defaultIntf().name
        output, error, code = self.pexec(["udhcpc", "-i", interface, "-f", "-n", "-q", "-t", "5", "-T", "1", "-s", script])
        if code != 0:
            raise LabFailure(f"{self.name} got no address: {output}{error}")

    def can_ping(self, address):
        return self.pexec(["ping", "-c", "1", "-W", "1", address])[2] == 0

    def ttl_of(self, address):
        output = self.pexec(["ping", "-c", "1", "-W", "1", address])[0]
        return int(output.split("ttl=")[1].split()[0]) if "ttl=" in output else None

    def can_connect(self, address, port):
        return self.pexec(["nc", "-z", "-w", "1", address, str(port)])[2] == 0

    def listen(self, port):
        server = self.popen(["nc", "-l", "-k", "-p", str(port)], stdin=subprocess.DEVNULL)
        wait_for(f"{self.name} listens on {port}", lambda: self.pexec(["ss", "-Hltn", f"sport = :{port}"])[0].strip())
        return server


class Relay:
    """Lets hosts reach the controller: their 127.0.0.1:PORT leads to the machine's 127.0.0.1:PORT."""

    def __init__(self):
        script = os.path.join(ROOT, "labs", "hosts", "relay.py")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(["/usr/bin/python3", script], **pipes)
        self.orders = 0

    def open(self, node, port):
        self.orders += 1
        order = {"id": self.orders, "namespace": f"/proc/{node.pid}/ns/net", "port": port, "target": port}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise LabFailure(f"relay: {answer['error']}")

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=5)


def stop(process):
    """Ends a child: asks first, then insists."""
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_by_pid_file(path):
    try:
        with open(path, encoding="ascii") as file:
            pid = int(file.read())
        os.kill(pid, 15)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return
    wait_for(f"end of process {pid}", lambda: not os.path.exists(f"/proc/{pid}"), 5)


def remove_directory(path):
    shutil.rmtree(path, ignore_errors=True)
