import type { Schema } from './json-schema.ts';
import { ref } from './json-schema.ts';

/** What the OpenAPI document says of one operation. */
export function operation(
  tag: string,
  operationId: string,
  summary: string,
  more: { readonly description?: string } = {},
) {
  return { tags: [tag], operationId, summary, ...more };
}

/**
 * Schemas of the answers by status, with the errors that operations can answer.
 * @param errors those of callers (4xx) and of the controller (5xx); both, but for the few operations that cannot fail so
 */
export function answers(
  good: Readonly<Record<number, readonly [Schema, string]>>,
  errors: readonly ('4xx' | '5xx')[] = ['4xx', '5xx'],
): Record<string, Schema> {
  const responses: Record<string, Schema> = {};
  for (const [status, [schema, description]] of Object.entries(good)) {
    responses[status] =
      status === '204'
        ? { description, type: 'null' }
        : { description, content: { 'application/json': { schema } } };
  }
  const problem = { 'application/problem+json': { schema: ref('Problem') } };
  const descriptions = { '4xx': 'refused; nothing was written', '5xx': 'the controller failed' };
  for (const status of errors) responses[status] = { description: descriptions[status], content: problem };
  return responses;
}

/**
 * Schemas of the answers of a write, which can wait for the hosts.
 * @param name of the schema of what is answered
 * @param done what has happened then
 * @param answer what the answer without waiting is, where that is more than what has happened
 */
export const writeAnswers = (
  name: string,
  done: string,
  { status = 200, answer = done }: { readonly status?: 200 | 201; readonly answer?: string } = {},
): Record<string, Schema> =>
  answers({
    [status]: [ref(name), answer],
    202: [ref(name), `${done}; some hosts have not confirmed in time`],
  });

export const idParams = (kind: string): Schema => ({
  type: 'object',
  properties: { id: { type: 'string', minLength: 1, maxLength: 256, description: `id of the ${kind}` } },
  required: ['id'],
});

/** Hosts are named by whoever sets them up, so that the name is checked like any other input. */
const hostName: Schema = {
  type: 'string',
  pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
  description: 'name of the host: letters, digits, dot, dash and underscore; at most 63 characters',
};

export const hostParams: Schema = { type: 'object', properties: { id: hostName }, required: ['id'] };

export const hostBindingParams: Schema = {
  type: 'object',
  properties: {
    id: hostName,
    networkInterfaceId: {
      type: 'string',
      pattern: '^eni-[0-9a-f]{17}$',
      description: 'id of a network interface (eni-…)',
    },
  },
  required: ['id', 'networkInterfaceId'],
};
