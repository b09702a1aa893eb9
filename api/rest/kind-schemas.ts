import type { KindDefinition } from '@weft/controller/resources';
import { type ApiKind, schemaName } from '../contract/index.ts';
import { closedObject, plain, ref, type Schema } from './json-schema.ts';

/** The schemas of one kind: resource, spec, status, page, and what clients may write. */
export function kindSchemas(kind: ApiKind, definition: KindDefinition): Record<string, Schema> {
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

/** A resource as the API shows it, with `more` properties, which are required. */
export function resourceSchema(
  kind: ApiKind,
  definition: KindDefinition,
  more: Record<string, Schema>,
): Schema {
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
  if (kind === 'subnet') {
    properties.freeAddresses = {
      type: 'integer',
      description: 'IPv4 addresses that nobody has, as of now; not in a watch',
    };
  }
  properties.receipt = ref('Receipt');
  return {
    ...closedObject({ ...properties, ...more }, [...required, ...Object.keys(more)]),
    description: definition.description,
  };
}
