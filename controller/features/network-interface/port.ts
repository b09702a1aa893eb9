import type { Action } from 'node-openflow';
import {
  type Flow,
  type FragmentDefinition,
  type FragmentReference,
  interfaceAwake,
  limit,
  load,
  on,
  set,
} from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';
import { hostScope } from '../host/scope.ts';
import { identityFragments } from '../security-group/identity.ts';
import { vpcMatch } from '../vpc/scope.ts';
import { type BoundContext, boundContext, conntrackZones, macNumber } from './context.ts';

/** What every packet from or for an interface needs to be known of it. */
function registersOf({ networkInterface, subnet, identity, binding }: BoundContext) {
  return [
    load('interfaceNumber', networkInterface.number as number),
    load('ownIdentity', identity.number as number),
    load('securityZone', conntrackZones(binding).security),
    load('subnetNumber', subnet.number as number),
  ];
}

/** What is done with a packet for the interface when its MAC is found. */
export function arrivalActions(context: BoundContext) {
  return [...registersOf(context), load('outputPort', context.binding.spec.ofport)];
}

/** What comes out of the port, with what is known of its interface. */
function departure(context: BoundContext, priority: number, ...actions: Action[]): Flow {
  const { vpc, binding } = context;
  return {
    stage: 'classify',
    priority,
    match: [on('in_port', binding.spec.ofport)],
    actions: [
      set('metadata', BigInt(vpc.number as number)),
      ...registersOf(context),
      load('translationZone', conntrackZones(binding).translation),
      ...actions,
    ],
    goto: 'source-guard',
  };
}

function localFlows(context: BoundContext): Flow[] {
  const { networkInterface, vpc } = context;
  return [
    departure(context, 100),
    {
      stage: 'locate',
      priority: 100,
      match: [vpcMatch(vpc), on('eth_dst', macNumber(networkInterface.spec.macAddress))],
      actions: arrivalActions(context),
      goto: 'ingress-subnet',
    },
  ];
}

const rulesByIdentity = new WeakMap<object, readonly FragmentReference[]>();

/** The fragments with the rules of an identity; one list for all of its interfaces. */
export function rulesOf(identity: ResourceOf<'identity'>): readonly FragmentReference[] {
  const known = rulesByIdentity.get(identity);
  if (known) return known;
  const references = identityFragments.map((definition) => ({ definition, id: identity.id }));
  rulesByIdentity.set(identity, references);
  return references;
}

/** The port on its host, with its identity: what changes when the interface changes its security groups. */
export const local: FragmentDefinition = {
  name: 'interface.local',
  code: 21,
  compile(view, id) {
    const context = boundContext(view, id);
    if (!context) return undefined;
    const zones = conntrackZones(context.binding);
    return {
      scope: hostScope(context.host),
      number: context.networkInterface.number as number,
      flows: localFlows(context),
      // The zones may have been another port's before: its connections must not be taken for this one's.
      before: [
        { type: 'ct-flush-zone', zone: zones.security },
        { type: 'ct-flush-zone', zone: zones.translation },
      ],
      waitsFor: rulesOf(context.identity),
    };
  },
};

/**
 * While another host has the interface, too: the first packet that comes out of the port, of whatever sort, tells the agent
 * that the machine runs here now. Hypervisors announce a machine that they have moved, by RARP or by itself.
 */
export const standby: FragmentDefinition = {
  name: 'interface.standby',
  code: 26,
  compile(view, id) {
    const context = boundContext(view, id);
    if (!context?.binding.spec.standby) return undefined;
    const { networkInterface, host } = context;
    return {
      scope: hostScope(host),
      number: networkInterface.number as number,
      flows: [departure(context, 110, limit, interfaceAwake(networkInterface.id))],
    };
  },
};
