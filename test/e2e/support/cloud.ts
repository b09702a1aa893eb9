import { setTimeout as sleep } from 'node:timers/promises';
import { WeftClient } from '@weft/api/contract';
import type { ResourceOf } from '@weft/controller/resources';
import {
  type AgentProgram,
  type ControllerProgram,
  createLab,
  type Host,
  type HostOptions,
  type Lab,
  meetOnUnderlay,
  type Vm,
} from '@weft/labs/hosts';

export interface CloudOptions {
  /** How many, or which. Default 2. */
  readonly hosts?: number | readonly HostOptions[];
  readonly external?: boolean;
  /** More arguments of the controller. */
  readonly controllerArgs?: readonly string[];
  /** More arguments of every agent, or of each. */
  readonly agentArgs?: readonly string[] | ((host: Host) => readonly string[]);
}

/** Rules in short: `tcp:80 from 0.0.0.0/0`, `icmp from sg-…`, `tcp:22 from pl-…`, `all to 10.0.0.0/8`, `all to ::/0`. */
export type RuleText = string;

/** What a rule names its other side by: a group, a prefix list or a network. */
function otherSide(peer: string) {
  if (peer.startsWith('sg-')) return { referencedGroupId: peer };
  if (peer.startsWith('pl-')) return { prefixListId: peer };
  return peer.includes(':') ? { cidrIpv6: peer } : { cidrIpv4: peer };
}

export interface CloudVm extends Vm {
  readonly networkInterface: ResourceOf<'network-interface'>;
  readonly address: string;
}

export const externalCidr = '203.0.113.0/24';

/** A lab of real hosts with the real controller and agents, and what tests do with it, through the API only. */
export class Cloud implements AsyncDisposable {
  readonly lab: Lab;
  readonly controller: ControllerProgram;
  readonly client: WeftClient;
  readonly agents: AgentProgram[] = [];

  private constructor(lab: Lab, controller: ControllerProgram) {
    this.lab = lab;
    this.controller = controller;
    this.client = new WeftClient({ url: controller.apiUrl });
  }

  static async start(options: CloudOptions = {}): Promise<Cloud> {
    const { hosts = 2, external = false, controllerArgs: args = [], agentArgs = [] } = options;
    const lab = await createLab({ hosts, ...(external ? { externalNetwork: { cidr: externalCidr } } : {}) });
    try {
      const cloud = new Cloud(lab, await lab.startController({ args }));
      for (const host of lab.hosts) {
        // How often the cache is looked over, in ms; only so that waiting for it is short.
        await host.vsctl('set', 'Open_vSwitch', '.', 'other_config:max-revalidator=20');
        const given = typeof agentArgs === 'function' ? agentArgs(host) : agentArgs;
        cloud.agents.push(await host.startAgent({ args: given }));
      }
      await meetOnUnderlay(lab);
      return cloud;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.lab.close();
  }

  host(index: number): Host {
    return this.lab.hosts[index] as Host;
  }

  async vpc(cidrBlock = '10.0.0.0/16'): Promise<ResourceOf<'vpc'>> {
    return this.client.create('vpc', { spec: { cidrBlock } });
  }

  /** The network outside, with the addresses .10 to .50 for elastic IPs. Hosts have a bridge to it with `external`. */
  async externalNetwork(
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<ResourceOf<'external-network'>> {
    const addressRanges = [{ first: '203.0.113.10', last: '203.0.113.50' }];
    const spec = { name: 'external', cidrBlock: externalCidr, addressRanges, ...more };
    return this.client.create('external-network', { spec });
  }

  /** A VPC with an internet gateway, by which its main route table leads to everywhere. */
  async publicVpc(externalNetworkId: string, cidrBlock?: string): Promise<ResourceOf<'vpc'>> {
    const vpc = await this.vpc(cidrBlock);
    const spec = { vpcId: vpc.id, externalNetworkId };
    const gateway = await this.client.create('internet-gateway', { spec });
    const routes = [{ destination: '0.0.0.0/0', target: gateway.id }];
    await this.client.update('route-table', vpc.spec.mainRouteTableId, { spec: { routes } });
    return vpc;
  }

  async subnet(vpcId: string, cidrBlock: string): Promise<ResourceOf<'subnet'>> {
    return this.client.create('subnet', { spec: { vpcId, cidrBlock } });
  }

  /** A group with exactly these rules besides the one that allows everything out. */
  async group(
    vpcId: string,
    name: string,
    rules: readonly RuleText[] = [],
  ): Promise<ResourceOf<'security-group'>> {
    const group = await this.client.create('security-group', { spec: { vpcId, name } });
    for (const rule of rules) await this.rule(group.id, rule);
    return group;
  }

  /** Adds a rule and waits until every affected host has it. */
  async rule(groupId: string, text: RuleText): Promise<ResourceOf<'security-group-rule'>> {
    const match = /^(?<protocol>\w+)(?::(?<from>\d+)(?:-(?<to>\d+))?)? (?<side>from|to) (?<peer>\S+)$/.exec(
      text,
    );
    if (!match?.groups) throw new Error(`not a rule: ${text}`);
    const { protocol, from, to = from, side, peer = '' } = match.groups;
    const spec = {
      groupId,
      direction: side === 'from' ? 'ingress' : 'egress',
      protocol,
      ...(from === undefined ? {} : { fromPort: Number(from), toPort: Number(to) }),
      ...otherSide(peer),
    };
    return this.applied(this.client.create('security-group-rule', { spec }, { waitSeconds: 10 }));
  }

  /**
   * Fails when a write that was waited for is not on every host. A switch confirms flows some milliseconds before its
   * datapath's cache follows them; what comes after this meets the new flows only.
   */
  async applied<T extends { receipt?: { applied: boolean } }>(write: Promise<T>): Promise<T> {
    const answer = await write;
    if (!answer.receipt?.applied) throw new Error(`not applied: ${JSON.stringify(answer.receipt)}`);
    await Promise.all(this.lab.hosts.map((host) => host.appctl('revalidator/wait')));
    return answer;
  }

  /** An interface of the API as a port with a machine behind it; it has its address by DHCP when this resolves. */
  async vm(
    host: Host,
    subnet: ResourceOf<'subnet'>,
    options: {
      groups?: readonly { id: string }[];
      address?: string;
      dhcp?: boolean;
      macAddress?: string;
    } = {},
  ): Promise<CloudVm> {
    const { groups, address, dhcp = true, macAddress } = options;
    const networkInterface = await this.client.create('network-interface', {
      spec: {
        subnetId: subnet.id,
        ...(groups ? { securityGroupIds: groups.map(({ id }) => id) } : {}),
        ...(address ? { privateAddress: address } : {}),
        ...(macAddress ? { macAddress } : {}),
      },
    });
    const vm = await host.addVmPort({
      interfaceId: networkInterface.id,
      mac: networkInterface.spec.macAddress,
    });
    await this.bound(host, networkInterface.id);
    if (dhcp) await vm.dhcp();
    return Object.assign(vm, { networkInterface, address: networkInterface.spec.privateAddress });
  }

  /** Resolves when the host's switch has confirmed the binding. */
  async bound(host: Host, networkInterfaceId: string): Promise<void> {
    await eventually(`binding of ${networkInterfaceId} on ${host.name}`, async () => {
      const filter = { 'spec.networkInterfaceId': networkInterfaceId, 'spec.hostId': host.name };
      const [binding] = (await this.client.list('binding', { filter })).items;
      if (!binding) return false;
      const { liveness } = await this.client.get('host', host.name);
      return liveness.openflow === 'up' && liveness.appliedRevision >= binding.revision;
    });
  }
}

/** Polls until the condition holds; fails with `what` after the time. */
export async function eventually(
  what: string,
  condition: () => Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}
