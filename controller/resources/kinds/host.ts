import Type, { type Static } from 'typebox';
import { closed, Ipv4Address, Name } from './common.ts';
import { defineKind } from './define.ts';

const ofport = Type.Integer({ minimum: 1, maximum: 0xfffffeff });
export const HostSpec = Type.Object(
  {
    tunnelAddress: Ipv4Address,
    zone: Name,
    datapathId: Type.String({ pattern: '^[0-9a-f]{16}$', description: 'of br-int; 16 hex digits' }),
    tunnelPort: Type.Integer({ ...ofport, description: 'OpenFlow port of the Geneve port on br-int' }),
    servicePort: Type.Optional({
      ...ofport,
      description: 'OpenFlow port of the services for instances (DNS, metadata); absent: the host has none',
    }),
    externalPorts: Type.Record(Type.String(), ofport, {
      description: 'external network name → OpenFlow port of its patch port on br-int',
    }),
    computeDrivers: Type.Array(Type.String(), { maxItems: 8 }),
    labels: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  closed,
);
export type HostSpec = Static<typeof HostSpec>;

export const HostStatus = Type.Object(
  {
    state: Type.Union([Type.Literal('up'), Type.Literal('down')], {
      description: 'up: its switch is connected and its agent reports. Only such hosts are given gateways',
    }),
  },
  closed,
);
export type HostStatus = Static<typeof HostStatus>;

/** One machine with Open vSwitch and an agent, which registers it. Its id is its name. */
export const host = defineKind<HostSpec, HostStatus>({
  name: 'host',
  path: 'hosts',
  numbered: true,
  operatorOwned: true,
  seenBy: 'operators',
  description: 'One machine with Open vSwitch and an agent. Registered by the agent.',
  spec: HostSpec,
  status: HostStatus,
  references: () => [],
});
