import { kinds } from '@weft/controller/resources';
import { closedObject, ref, type Schema } from './json-schema.ts';
import { resourceSchema } from './kind-schemas.ts';

/** What agents send, and what they are answered. */
export function agentSchemas(): Record<string, Schema> {
  const upOrDown = { type: 'string', enum: ['up', 'down'] };
  const ofport = { type: 'integer', minimum: 1, maximum: 0xfffffeff, description: 'OpenFlow port on br-int' };
  const active = {
    type: 'boolean',
    description:
      'something has come out of the port: the machine is here, also if another host has the interface',
  };
  const interfaceId = { type: 'string', pattern: '^eni-[0-9a-f]{17}$', description: 'id of an interface' };
  const target = { type: 'string', examples: ['tcp:192.0.2.1:6653'] };
  return {
    RegisteredHost: resourceSchema('host', kinds.host, {
      openflowTargets: { type: 'array', items: target, description: 'where the switch connects to' },
    }),
    HostLiveness: closedObject(
      { agent: upOrDown, openflow: upOrDown, appliedRevision: { type: 'integer' } },
      ['agent', 'openflow', 'appliedRevision'],
    ),
    HostRegistration: closedObject({ spec: ref('HostSpec') }, ['spec']),
    PortReport: closedObject({ ofport, active }, ['ofport']),
    PortsReport: closedObject(
      {
        ports: {
          type: 'array',
          maxItems: 10_000,
          items: closedObject({ networkInterfaceId: interfaceId, ofport }, ['networkInterfaceId', 'ofport']),
        },
      },
      ['ports'],
    ),
    AnnouncementReport: closedObject(
      {
        networkInterfaceId: interfaceId,
        address: { type: 'string', minLength: 2, maxLength: 45, description: 'IPv4 or IPv6 address' },
        macAddress: { type: 'string', pattern: '^[0-9a-f]{2}(:[0-9a-f]{2}){5}$' },
        ageMs: {
          type: 'integer',
          minimum: 0,
          maximum: 86_400_000,
          description: 'how long ago the address was announced',
        },
      },
      ['networkInterfaceId', 'address', 'macAddress', 'ageMs'],
    ),
    PortsAnswer: closedObject(
      {
        revision: { type: 'integer' },
        unknown: { type: 'array', items: { type: 'string' }, description: 'interfaces that do not exist' },
        receipt: ref('Receipt'),
      },
      ['revision', 'unknown'],
    ),
    InstanceStatusReport: closedObject({ status: ref('InstanceStatus') }, ['status']),
  };
}
