import { createHash } from 'node:crypto';
import type { BridgeMapping } from '../options.ts';
import { integrationBridge } from './tables.ts';

/** Marks the ports that the agent made for the host; only these does it change or remove. */
export const ownership = { owner: 'weft' } as const;
export const tunnelPortName = 'weft-geneve';
/** Made by services/port.ts, which the agent's own process has a part in. */
export const servicePortName = 'weft-services';
const longestName = 15;

/** What the agent wants of this host's Open vSwitch. */
export interface WantedChassis {
  readonly tunnelIp: string;
  readonly bridgeMappings: readonly BridgeMapping[];
  /** Whether the kernel has the openvswitch module. */
  readonly kernelModule: boolean;
  /** 16 hex digits, for a bridge that has to be made. */
  readonly newDatapathId: string;
}

export interface WantedPort {
  readonly bridge: string;
  readonly name: string;
  readonly type: 'geneve' | 'patch';
  readonly options: Readonly<Record<string, string>>;
  readonly externalIds: Readonly<Record<string, string>>;
}

/** Names of the two ends of the patch to an external network: on br-int and on the network's bridge. */
export function patchNames(network: string): { inside: string; outside: string } {
  const room = longestName - 'weft--int'.length;
  // The beginning to be readable, the digest to be different from other networks that begin alike.
  const digest = createHash('sha256').update(network).digest('hex').slice(0, 4);
  const name = network.length <= room ? network : `${network.slice(0, room - digest.length)}${digest}`;
  return { inside: `weft-${name}-int`, outside: `weft-${name}-ext` };
}

/** Every port that the host must have, instances apart. */
export function wantedPorts({ tunnelIp, bridgeMappings }: WantedChassis): WantedPort[] {
  const tunnel: WantedPort = {
    bridge: integrationBridge,
    name: tunnelPortName,
    type: 'geneve',
    // Flows choose the remote host and the key, so that one port serves all of them.
    options: { remote_ip: 'flow', key: 'flow', local_ip: tunnelIp },
    externalIds: ownership,
  };
  return [tunnel, ...bridgeMappings.flatMap(patchPorts)];
}

function patchPorts({ network, bridge }: BridgeMapping): WantedPort[] {
  const { inside, outside } = patchNames(network);
  const externalIds = { ...ownership, 'weft-network': network };
  return [
    { bridge: integrationBridge, name: inside, type: 'patch', options: { peer: outside }, externalIds },
    { bridge, name: outside, type: 'patch', options: { peer: inside }, externalIds },
  ];
}
