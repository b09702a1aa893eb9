import Type, { type Static } from 'typebox';
import { closed, Id } from './common.ts';
import { defineKind } from './define.ts';

export const PlacementSpec = Type.Object(
  {
    ownerId: Type.String({
      pattern: '^(nat|eipalloc)-[0-9a-f]{17}$',
      description:
        'what runs there: a NAT gateway, or an elastic IP whose interface is on a host without the network',
    }),
    vpcId: Id('vpc'),
    hostId: Type.String(),
    zoneSlot: Type.Integer({
      minimum: 1,
      maximum: 32000,
      description: 'conntrack zones on the host: 2×slot and 2×slot+1',
    }),
  },
  closed,
);
export type PlacementSpec = Static<typeof PlacementSpec>;

/** A host does a gateway's work. The id is that of the owner, which so has one host at a time. */
export const placement = defineKind<PlacementSpec, Record<string, never>>({
  name: 'placement',
  path: 'placements',
  numbered: false,
  operatorOwned: true,
  seenBy: 'operators',
  description: "The host that does a gateway's work. Chosen by the controller among the hosts that are up.",
  spec: PlacementSpec,
  removable: false,
  references: (spec) => [
    { type: 'in-vpc', kind: 'vpc', id: spec.vpcId },
    { type: 'on-host', kind: 'host', id: spec.hostId },
    { type: 'of-gateway', kind: ownerKind(spec.ownerId), id: spec.ownerId },
  ],
});

/** The kind of a placement's owner, told from its id. */
export function ownerKind(ownerId: string): 'nat-gateway' | 'elastic-ip' {
  return ownerId.startsWith('nat-') ? 'nat-gateway' : 'elastic-ip';
}
