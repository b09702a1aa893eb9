"""Lab first-vpc: four VMs in one VPC, on two hosts.

What to see: a subnet that spans hosts, a router that is everywhere and nowhere, security groups that name each other.
"""

import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from mininet.cli import CLI  # noqa: E402
from mininet.log import setLogLevel  # noqa: E402
from mininet.net import Mininet  # noqa: E402
from mininet.topo import Topo  # noqa: E402

from weft_api import Controller  # noqa: E402
from weft_nodes import LabFailure, Relay, Underlay, WeftHost, WeftVm, remove_directory, stop, wait_for  # noqa: E402

PICTURE = """
              underlay 198.18.0.0/24 (Geneve)
        ┌──────────────────┴──────────────────┐
   wh1 198.18.0.1                        wh2 198.18.0.2        hosts: Open vSwitch + weft agent
   ┌────┴────┐                           ┌────┴────┐
 web1      client                      web2     database       VMs of VPC 10.0.0.0/16

 subnet front 10.0.1.0/24: web1, web2      subnet back 10.0.2.0/24: client, database
"""

VMS = {
    "web1": ("wh1", "front", "web"),
    "client": ("wh1", "back", "clients"),
    "web2": ("wh2", "front", "web"),
    "database": ("wh2", "back", "databases"),
}


class FirstVpc(Topo):
    def build(self, directory):
        self.addSwitch("underlay", cls=Underlay)
        for number, host in enumerate(("wh1", "wh2"), start=1):
            address = f"198.18.0.{number}"
            self.addHost(host, cls=WeftHost, ip=None, tunnel_address=address, directory=f"{directory}/{host}")
            self.addLink(host, "underlay")
        for vm, (host, _, _) in VMS.items():
            self.addHost(vm, cls=WeftVm, ip=None)
            self.addLink(vm, host)


class Checks:
    """Prints what was expected and what was seen; remembers whether all was well."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def expect(self, what, seen, expected=True):
        good = seen == expected
        self.passed += good
        self.failed += not good
        print(f"   {'ok  ' if good else 'FAIL'} {what}" + ("" if good else f": saw {seen!r}, expected {expected!r}"))

    def stopped(self, what, seen):
        self.expect(f"stopped: {what}", seen, False)


def explain(text):
    print(f"\n{text}")


def create_network(api):
    """The VPC with its subnets and groups. Returns ids by name."""
    vpc = api.create("/vpcs", cidrBlock="10.0.0.0/16")["id"]
    subnets = {
        "front": api.create("/subnets", vpcId=vpc, cidrBlock="10.0.1.0/24")["id"],
        "back": api.create("/subnets", vpcId=vpc, cidrBlock="10.0.2.0/24")["id"],
    }
    groups = {
        name: api.create("/security-groups", vpcId=vpc, name=name)["id"] for name in ("web", "clients", "databases")
    }

    def allow(group, **rule):
        return api.create("/security-group-rules", groupId=groups[group], direction="ingress", **rule)["id"]

    allow("web", protocol="icmp", icmpType=8, icmpCode=0, cidrIpv4="10.0.0.0/16")
    allow("web", protocol="tcp", fromPort=80, toPort=80, referencedGroupId=groups["clients"])
    database_rule = allow("databases", protocol="tcp", fromPort=5432, toPort=5432, referencedGroupId=groups["web"])
    return subnets, groups, database_rule


def plug(net, api, subnets, groups):
    """An interface for each VM, a port of its host for each interface, an address by DHCP. Returns interfaces by VM."""
    interfaces = {}
    for name, (host, subnet, group) in VMS.items():
        created = api.create("/network-interfaces", subnetId=subnets[subnet], securityGroupIds=[groups[group]])
        interfaces[name] = created
        vm = net[name]
        vm.setMAC(created["spec"]["macAddress"])
        net[host].attach(vm, created["id"], created["spec"]["macAddress"])
    for created in interfaces.values():
        path = f"/bindings?spec.networkInterfaceId={created['id']}"
        wait_for(f"binding of {created['id']}", lambda path=path: api.get(path)["items"])
    for name in VMS:
        net[name].dhcp()
    return interfaces


def run_checks(net, api, checks, interfaces, groups, database_rule):
    web1, web2, client, database = (net[name] for name in ("web1", "web2", "client", "database"))
    address = {name: created["spec"]["privateAddress"] for name, created in interfaces.items()}

    explain("1. DHCP: the agent on each host answered with what the flow carried. No DHCP server is running.")
    for name in VMS:
        output = net[name].pexec(["ip", "-4", "-o", "address", "show", "scope", "global"])[0]
        checks.expect(f"{name} has {address[name]}", address[name] in output)

    explain("2. One subnet, two hosts: packets go through the Geneve tunnel, and the TTL stays 64.")
    web1.can_ping(address["web2"])  # the first packet makes the hosts look for each other on the underlay
    checks.expect("web1 reaches web2", web1.ttl_of(address["web2"]), 64)

    explain("3. Two subnets: the router takes one from the TTL. It runs on the sender's host; no machine is the router.")
    checks.expect("client reaches web2 through the router", client.ttl_of(address["web2"]), 63)
    checks.expect("the client's gateway answers", client.can_ping("10.0.2.1"))

    explain("4. Security groups: web admits port 80 from clients, databases admit port 5432 from web, nothing else.")
    servers = [web2.listen(80), web2.listen(81), database.listen(5432)]
    try:
        checks.expect("client connects to web2:80", client.can_connect(address["web2"], 80))
        checks.stopped("client connects to web2:81", client.can_connect(address["web2"], 81))
        checks.expect("web1 connects to database:5432", web1.can_connect(address["database"], 5432))
        checks.stopped("client connects to database:5432", client.can_connect(address["database"], 5432))
        checks.stopped("client pings database", client.can_ping(address["database"]))

        explain("5. Membership is enough: the client joins group web, and the database admits it. No rule changed.")
        path = f"/network-interfaces/{interfaces['client']['id']}"
        api.update_and_wait(path, securityGroupIds=[groups["clients"], groups["web"]])
        checks.expect("client connects to database:5432", client.can_connect(address["database"], 5432))
        api.update_and_wait(path, securityGroupIds=[groups["clients"]])
        checks.stopped("after leaving: client connects to database:5432", client.can_connect(address["database"], 5432))

        explain("6. A removed rule acts at once.")
        api.delete_and_wait(f"/security-group-rules/{database_rule}")
        checks.stopped("web1 connects to database:5432", web1.can_connect(address["database"], 5432))
    finally:
        for server in servers:
            stop(server)


def main():
    setLogLevel("warning")
    print(__doc__.strip().splitlines()[0])
    print(PICTURE)
    os.makedirs("/run/weft", exist_ok=True)
    directory = tempfile.mkdtemp(prefix="mininet-first-vpc-", dir="/run/weft")
    checks = Checks()
    net = controller = relay = None
    try:
        print("starting the controller, two hosts and four VMs …")
        controller = Controller(directory)
        net = Mininet(topo=FirstVpc(directory=directory), controller=None, waitConnected=False)
        net.start()
        relay = Relay()
        for host in ("wh1", "wh2"):
            net[host].start_openvswitch()
            for port in (controller.api_port, controller.openflow_port):
                relay.open(net[host], port)
            net[host].start_agent(controller.api_port)
            controller.api.hosts.append(net[host])
        subnets, groups, database_rule = create_network(controller.api)
        interfaces = plug(net, controller.api, subnets, groups)
        run_checks(net, controller.api, checks, interfaces, groups, database_rule)
        if "--cli" in sys.argv:
            explain("The lab is yours: try `web1 ping web2`, `wh1 ovs-vsctl …`, `help`, `exit`.")
            CLI(net)
    except LabFailure as failure:
        print(f"\nThe lab broke: {failure}")
        checks.failed += 1
    finally:
        if net is not None:
            net.stop()
        if relay is not None:
            relay.close()
        if controller is not None:
            controller.close()
        remove_directory(directory)
    print(f"\n{checks.passed} checks passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
