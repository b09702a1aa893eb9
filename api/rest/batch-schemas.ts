import { schemaName } from '../contract/index.ts';
import { closedObject, ref, type Schema } from './json-schema.ts';
import { exposedKinds } from './kinds.ts';

/** Most writes in one batch. */
const largestBatch = 500;

/** Several writes in one commit, and what they would do. */
export function batchSchemas(): Record<string, Schema> {
  const kind = { type: 'string', enum: exposedKinds };
  const name = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,62}$' };
  const anyResource = { anyOf: exposedKinds.map((each) => ref(schemaName(each))) };
  const result = closedObject(
    {
      kind,
      id: { type: 'string' },
      as: name,
      resource: { ...anyResource, description: 'absent when deleted' },
    },
    ['kind', 'id'],
  );
  const flows = closedObject(
    {
      host: { type: 'string' },
      added: { type: 'integer', description: 'flows that the host would get' },
      removed: { type: 'integer', description: 'flows that it would lose' },
    },
    ['host', 'added', 'removed'],
  );
  return {
    FlowUse: closedObject(
      {
        vpcId: { type: 'string' },
        flows: { type: 'integer', description: 'flows that the VPC costs each of its hosts' },
        limit: {
          type: 'integer',
          description:
            'how many it may cost: the quota flows-per-vpc of its account; absent: as many as it likes',
        },
      },
      ['vpcId', 'flows'],
    ),
    BatchOperation: {
      ...closedObject(
        {
          operation: { type: 'string', enum: ['create', 'update', 'delete'] },
          kind: { type: 'string', maxLength: 63, description: 'kind of the resource, such as `vpc`' },
          as: { ...name, description: 'create: name for what is made, for later operations' },
          id: { type: 'string', minLength: 1, maxLength: 256, description: 'update, delete: which resource' },
          ifRevision: {
            type: 'integer',
            minimum: 0,
            description: 'update, delete: only if it is at this revision',
          },
          spec: { type: 'object', description: 'as in the route of the kind; may have references' },
          tags: { type: 'object', description: 'as in the route of the kind' },
        },
        ['operation', 'kind'],
      ),
      description: 'One write of a batch.',
    },
    BatchRequest: closedObject(
      { operations: { type: 'array', minItems: 1, maxItems: largestBatch, items: ref('BatchOperation') } },
      ['operations'],
    ),
    BatchAnswer: closedObject(
      {
        revision: { type: 'integer' },
        results: { type: 'array', items: result, description: 'one for each operation, in order' },
        receipt: ref('Receipt'),
      },
      ['revision', 'results'],
    ),
    BatchPreview: closedObject(
      {
        results: { type: 'array', items: result },
        changes: {
          type: 'array',
          description: 'every resource that would change, also those that come and go with others',
          items: closedObject({ kind, id: { type: 'string' }, before: anyResource, after: anyResource }, [
            'kind',
            'id',
          ]),
        },
        flows: { type: 'array', items: flows },
        vpcs: { type: 'array', items: ref('FlowUse'), description: 'VPCs that would cost more or less' },
      },
      ['results', 'changes', 'flows', 'vpcs'],
    ),
  };
}
