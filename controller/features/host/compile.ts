import type { Action, Subfield } from 'node-openflow';
import {
  checkSize,
  type Feature,
  type Flow,
  type FragmentDefinition,
  flagBit,
  flags,
  isTooLarge,
  load,
  move,
  on,
  onFlag,
  onRegister,
  registers,
  setFlag,
  whole,
} from '../../pipeline/index.ts';
import { type ResourceOf, tryParseIpv4 } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { popTag, pushTag, tagMatch } from '../external-network/vlan.ts';
import { hostScope } from './scope.ts';

/** Geneve option (class 0x0177, type 1): the sender's identity, and whether the packet has not left its subnet. */
const identityOption = 'tun_metadata0';

const identityPart: Subfield = { field: identityOption, offset: 0, bits: 31 };
const switchedPart: Subfield = { field: identityOption, offset: 31, bits: 1 };
const toOption: Action[] = [
  { type: 'move', source: whole('ownIdentity', 31), destination: identityPart },
  { type: 'move', source: flagBit('switched'), destination: switchedPart },
];
const fromOption: Action[] = [
  { type: 'move', source: identityPart, destination: whole('peerIdentity', 31) },
  { type: 'move', source: switchedPart, destination: flagBit('switched') },
];

function tunnelFlows(host: ResourceOf<'host'>, { interfaceMtu }: TopologyView): Flow[] {
  const { tunnelPort, tunnelAddress } = host.spec;
  const own = tryParseIpv4(tunnelAddress) as number;
  return [
    {
      stage: 'classify',
      priority: 100,
      match: [on('in_port', tunnelPort)],
      actions: [move('tunnel_id', 'metadata', 24), ...fromOption],
      goto: 'locate',
    },
    {
      stage: 'forward',
      priority: 100,
      match: [onRegister('hostKey', own)],
      actions: [move(registers.ownIdentity, registers.peerIdentity, 32)],
      goto: 'locate',
    },
    {
      stage: 'forward',
      priority: 110,
      match: [onFlag('passedOn'), onRegister('hostKey', own)],
      actions: [load('peerIdentity', 0)],
      goto: 'locate',
    },
    {
      stage: 'forward',
      priority: 50,
      match: [],
      actions: [checkSize(interfaceMtu)],
      goto: 'tunnel',
    },
    {
      stage: 'forward',
      priority: 60,
      match: [onFlag('passedOn')],
      actions: [load('ownIdentity', 0), checkSize(interfaceMtu)],
      goto: 'tunnel',
    },
    {
      stage: 'tunnel',
      priority: 50,
      match: [isTooLarge(0)],
      actions: [
        move(registers.hostKey, 'tun_ipv4_dst', 32),
        move('metadata', 'tunnel_id', 24),
        ...toOption,
        { type: 'output', port: tunnelPort },
      ],
    },
  ];
}

function externalFlows(host: ResourceOf<'host'>, view: TopologyView): Flow[] {
  const flows: Flow[] = [];
  for (const network of view.all('external-network')) {
    const port = host.spec.externalPorts[network.spec.name];
    if (port === undefined) continue;
    const number = network.number as number;
    flows.push(
      {
        stage: 'classify',
        // A network with a VLAN stands above the flow that stops tagged frames.
        priority: network.spec.vlan === undefined ? 100 : 210,
        match: [on('in_port', port), ...tagMatch(network)],
        actions: [
          ...popTag(network),
          setFlag(flags.outside, 1),
          load('externalNetwork', number),
          load('outputPort', port),
          checkSize(view.interfaceMtu),
        ],
        goto: 'external-in',
      },
      {
        stage: 'external-port',
        priority: 100,
        match: [onRegister('externalNetwork', number)],
        actions: [load('outputPort', port), ...pushTag(network)],
        goto: 'neighbour',
      },
    );
  }
  return flows;
}

const tunnel: FragmentDefinition = {
  name: 'host.tunnel',
  code: 2,
  compile(view, id) {
    const host = view.get('host', id);
    return host && { scope: hostScope(host), number: host.number as number, flows: tunnelFlows(host, view) };
  },
};

const external: FragmentDefinition = {
  name: 'host.external',
  code: 3,
  compile(view, id) {
    const host = view.get('host', id);
    const flows = host ? externalFlows(host, view) : [];
    return host && flows.length > 0
      ? { scope: hostScope(host), number: host.number as number, flows }
      : undefined;
  },
};

/** What makes one host different from another: its tunnel address and its ports. */
export const hostFeature: Feature = {
  name: 'host',
  fragments: [tunnel, external],
  *affected(change, view) {
    if (change.kind === 'host') {
      yield { definition: tunnel, id: change.id };
      yield { definition: external, id: change.id };
    }
    if (change.kind === 'external-network') {
      // An operator's rare act; every host may have a port to the network.
      for (const host of view.all('host')) yield { definition: external, id: host.id };
    }
  },
};
