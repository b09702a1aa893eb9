import {
  errorCodes,
  type KindDefinition,
  kindNames,
  kinds,
  NewAccessKey,
  Tags,
} from '@weft/controller/resources';
import { type ApiKind, isApiKind } from '../contract/index.ts';

/** JSON Schema as plain data. */
export type Schema = { readonly [keyword: string]: unknown };

/** Points at a component schema by its name, for validation and for the OpenAPI document alike. */
export const ref = (name: string): Schema => ({ $ref: `${name}#` });

/** Name of a kind in the OpenAPI document: `security-group-rule` → `SecurityGroupRule`. */
export const schemaName = (kind: ApiKind) =>
  kind
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The kinds that have routes, from the registry. */
export const exposedKinds: readonly ApiKind[] = kindNames.filter(isApiKind);

export const closedObject = (properties: Record<string, Schema>, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** TypeBox keeps marks on its schemas that are no JSON Schema; only the data is wanted. */
const plain = (schema: unknown): Schema => JSON.parse(JSON.stringify(schema));

/** Every schema that has a name, as `{ $id, …}`. */
export function componentSchemas(): Schema[] {
  const named = { ...commonSchemas(), ...agentSchemas(), ...batchSchemas(), ...auditSchemas() };
  for (const kind of exposedKinds) Object.assign(named, kindSchemas(kind, kinds[kind]));
  return Object.entries(named).map(([name, schema]) => ({ $id: name, ...schema }));
}

function kindSchemas(kind: ApiKind, definition: KindDefinition): Record<string, Schema> {
  const name = schemaName(kind);
  const schemas: Record<string, Schema> = {
    [`${name}Spec`]: plain(definition.spec),
    [name]: resourceSchema(kind, definition, {}),
    [`${name}Page`]: closedObject(
      {
        items: { type: 'array', items: ref(name) },
        revision: { type: 'integer', description: 'the list is as of this revision; watch from here' },
        nextCursor: { type: 'string', description: 'present when there is more' },
      },
      ['items', 'revision'],
    ),
  };
  if (definition.status) schemas[`${name}Status`] = plain(definition.status);
  if (definition.create) {
    schemas[`${name}Create`] = plain(definition.create);
    schemas[`${name}CreateRequest`] = closedObject({ spec: ref(`${name}Create`), tags: ref('Tags') }, [
      'spec',
    ]);
  }
  if (definition.update) {
    schemas[`${name}Update`] = plain(definition.update);
    schemas[`${name}UpdateRequest`] = {
      ...closedObject({ spec: ref(`${name}Update`), tags: ref('Tags') }, []),
      minProperties: 1,
      description: 'fields given replace; null removes where it is allowed; tags replace all tags',
    };
  }
  return schemas;
}

function resourceSchema(kind: ApiKind, definition: KindDefinition, more: Record<string, Schema>): Schema {
  const name = schemaName(kind);
  const properties: Record<string, Schema> = {
    kind: { type: 'string', const: kind },
    id: { type: 'string' },
    account: { type: 'string' },
    region: { type: 'string' },
    revision: { type: 'integer', description: 'of the commit that wrote this version; also the ETag' },
    createdAt: { type: 'string', format: 'date-time' },
    spec: ref(`${name}Spec`),
    status: definition.status ? ref(`${name}Status`) : { type: 'object' },
    tags: ref('Tags'),
  };
  const required = Object.keys(properties);
  if (definition.numbered) properties.number = { type: 'integer', description: 'names it in flows' };
  if (kind === 'host') {
    properties.liveness = ref('HostLiveness'); // not required: commits in a watch are what was stored
  }
  properties.receipt = ref('Receipt');
  return {
    ...closedObject({ ...properties, ...more }, [...required, ...Object.keys(more)]),
    description: definition.description,
  };
}

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
    Receipt: closedObject(
      {
        revision: { type: 'integer' },
        applied: { type: 'boolean', description: 'every affected host has confirmed' },
        hosts: {
          type: 'array',
          items: closedObject(
            {
              host: { type: 'string' },
              state: { type: 'string', enum: ['applied', 'pending', 'disconnected'] },
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

function agentSchemas(): Record<string, Schema> {
  const upOrDown = { type: 'string', enum: ['up', 'down'] };
  const ofport = { type: 'integer', minimum: 1, maximum: 0xfffffeff, description: 'OpenFlow port on br-int' };
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
    PortReport: closedObject({ ofport }, ['ofport']),
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

/** Most writes in one batch. */
const largestBatch = 500;

function batchSchemas(): Record<string, Schema> {
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
      },
      ['results', 'changes', 'flows'],
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
      id: { type: 'string' },
      before: { type: 'integer', description: 'revision of what was changed or deleted' },
      after: { type: 'integer', description: 'revision of what was made or changed' },
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
