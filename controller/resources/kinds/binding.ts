import Type, { type Static } from 'typebox';
import { closed, Id } from './common.ts';
import { defineKind } from './define.ts';

export const BindingSpec = Type.Object(
  {
    networkInterfaceId: Id('eni'),
    hostId: Type.String(),
    ofport: Type.Integer({ minimum: 1, maximum: 0xfffffeff }),
    zoneSlot: Type.Integer({
      minimum: 1,
      maximum: 32000,
      description:
        'conntrack zones of the port on its host: 2×slot for security groups, 2×slot+1 for address translation',
    }),
    standby: Type.Optional(
      Type.Boolean({
        description:
          'another host has the interface, and nothing has come out of this port yet: a live migration under way',
      }),
    ),
  },
  closed,
);
export type BindingSpec = Static<typeof BindingSpec>;

/** A host's OVS port carries an interface. The id is `HOST/INTERFACE`. */
export const binding = defineKind<BindingSpec, Record<string, never>>({
  name: 'binding',
  path: 'bindings',
  numbered: false,
  operatorOwned: true,
  seenBy: 'operators',
  description: 'A port of a host carries a network interface. Reported by the agent.',
  spec: BindingSpec,
  references: (spec) => [
    { type: 'of-interface', kind: 'network-interface', id: spec.networkInterfaceId },
    { type: 'on-host', kind: 'host', id: spec.hostId },
  ],
});

export const bindingId = (hostId: string, networkInterfaceId: string) => `${hostId}/${networkInterfaceId}`;
