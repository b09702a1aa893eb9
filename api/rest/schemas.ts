import { errorCodes, kinds, NewAccessKey, Tags } from '@weft/controller/resources';
import { schemaName } from '../contract/index.ts';
import { agentSchemas } from './agent-schemas.ts';
import { batchSchemas } from './batch-schemas.ts';
import { closedObject, plain, ref, type Schema } from './json-schema.ts';
import { kindSchemas, resourceSchema } from './kind-schemas.ts';
import { exposedKinds } from './kinds.ts';

/** Every schema that has a name, as `{ $id, …}`. */
export function componentSchemas(): Schema[] {
  const named = { ...commonSchemas(), ...agentSchemas(), ...batchSchemas(), ...auditSchemas() };
  for (const kind of exposedKinds) Object.assign(named, kindSchemas(kind, kinds[kind]));
  return Object.entries(named).map(([name, schema]) => ({ $id: name, ...schema }));
}

const translated = closedObject({ packets: { type: 'integer' }, bytes: { type: 'integer' } }, [
  'packets',
  'bytes',
]);

function commonSchemas(): Record<string, Schema> {
  return {
    Tags: plain(Tags),
    Problem: {
      ...closedObject(
        {
          type: { type: 'string' },
          title: { type: 'string', description: 'phrase of the HTTP status' },
          status: { type: 'integer' },
          code: { type: 'string', enum: Object.keys(errorCodes) },
          detail: { type: 'string', description: 'what was wrong' },
          field: {
            type: 'string',
            description: 'where the wrong value stands',
            examples: ['spec.cidrBlock'],
          },
          value: { description: 'the wrong value' },
          fix: { type: 'string', description: 'what the caller can do about it' },
          requestId: { type: 'string', description: 'for internal: the id in the log of the controller' },
        },
        ['type', 'title', 'status', 'code', 'detail'],
      ),
      description: 'An error, as RFC 9457 describes it.',
    },
    NatGatewayCounters: closedObject(
      {
        hostId: { type: 'string', description: 'the host that counts' },
        out: { ...translated, description: 'from the instances to the other side' },
        back: { ...translated, description: 'back to the instances' },
        connections: { type: 'integer', description: 'connections that instances have opened' },
        portAllocationErrors: {
          type: 'integer',
          description: 'packets dropped since all source ports towards their destination were taken',
        },
      },
      ['hostId', 'out', 'back', 'connections', 'portAllocationErrors'],
    ),
    Receipt: closedObject(
      {
        revision: { type: 'integer' },
        applied: { type: 'boolean', description: 'every affected host has confirmed' },
        hosts: {
          type: 'array',
          items: closedObject(
            {
              host: { type: 'string' },
              state: {
                type: 'string',
                enum: ['applied', 'pending', 'rejected', 'disconnected'],
                description: 'rejected: the switch refused a message that may be of this revision',
              },
              error: {
                type: 'string',
                description: "with rejected: the switch's first error, by its OpenFlow name",
              },
            },
            ['host', 'state'],
          ),
        },
      },
      ['revision', 'applied', 'hosts'],
    ),
    NewAccessKey: plain(NewAccessKey),
    CreatedAccessKey: resourceSchema('access-key', kinds['access-key'], {
      secret: { type: 'string', description: 'secret access key, for Signature Version 4' },
      token: { type: 'string', description: 'for Authorization: Bearer' },
    }),
    Removed: closedObject({ revision: { type: 'integer' }, receipt: ref('Receipt') }, ['revision']),
    Health: closedObject({ status: { type: 'string', const: 'ok' }, revision: { type: 'integer' } }, [
      'status',
      'revision',
    ]),
    Ready: closedObject({ status: { type: 'string', const: 'ready' }, revision: { type: 'integer' } }, [
      'status',
      'revision',
    ]),
    WatchCommit: closedObject(
      {
        revision: { type: 'integer' },
        changes: {
          type: 'array',
          items: closedObject(
            {
              kind: { type: 'string', enum: exposedKinds },
              id: { type: 'string' },
              after: { anyOf: exposedKinds.map((kind) => ref(schemaName(kind))) },
            },
            ['kind', 'id'],
          ),
        },
      },
      ['revision', 'changes'],
    ),
  };
}

const auditSchemas = (): Record<string, Schema> => ({
  AuditEntry: closedObject(
    {
      sequence: { type: 'integer', description: 'counts entries; later ones are larger' },
      time: { type: 'string', format: 'date-time' },
      account: { type: 'string' },
      region: { type: 'string' },
      principal: { type: 'string', description: 'the access key, `host NAME`, or `development`' },
      address: { type: 'string', description: 'where the request came from' },
      requestId: { type: 'string' },
      action: { type: 'string', examples: ['DELETE /v1/vpcs/vpc-0123456789abcdef0', 'RunInstances'] },
      outcome: { type: 'string', description: '`done`, or the code of the error' },
      kind: { type: 'string' },
      id: { type: 'string', description: 'of a refusal: what was to be changed or deleted' },
      revision: { type: 'integer', description: 'of the commit; absent when nothing was written' },
      before: { type: 'integer', description: 'revision of what was changed or deleted' },
      after: { type: 'integer', description: 'revision of what was made or changed' },
      reason: { type: 'string', description: 'why it was refused' },
    },
    ['sequence', 'time', 'account', 'region', 'principal', 'address', 'requestId', 'action', 'outcome'],
  ),
  AuditPage: closedObject(
    {
      items: { type: 'array', items: ref('AuditEntry') },
      nextCursor: { type: 'integer', description: 'present when there is more' },
    },
    ['items'],
  ),
});
