import type { Batch, Caller, Controller, Preview } from '@weft/controller';
import { type AnyResource, isVisible, kinds, WeftError } from '@weft/controller/resources';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ApiKind, isApiKind, schemaName } from '../contract/index.ts';
import { callerOf } from './access.ts';
import { BatchNames } from './batch-references.ts';
import { present, type RouteContext } from './context.ts';
import { presentUse } from './flow-routes.ts';
import { idempotencyHeaders, idempotencyOf, noteReplay } from './idempotency.ts';
import { ref, type Schema } from './json-schema.ts';
import { checkedKind } from './kinds.ts';
import { answers, operation, writeAnswers } from './operations.ts';
import type { validatorCompiler } from './validation.ts';
import { answerWrite, writeQuery } from './writing.ts';

/** One write of a batch, as the caller sends it. */
interface BatchOperation {
  readonly operation: 'create' | 'update' | 'delete';
  readonly kind: string;
  readonly as?: string;
  readonly id?: string;
  readonly ifRevision?: number;
  readonly spec?: unknown;
  readonly tags?: unknown;
}

/** What an operation has written: enough to read it afterwards. */
interface Done {
  readonly kind: ApiKind;
  readonly id: string;
  readonly as?: string;
  readonly removed: boolean;
}

type Validate = (value: unknown) => unknown;

/** `POST /v1/batch` and `POST /v1/batch/preview`. */
export function registerBatchRoutes(
  server: FastifyInstance,
  context: RouteContext,
  compile: ReturnType<typeof validatorCompiler>,
): void {
  const { controller } = context;
  const validate = validatorsOf(compile);
  const planOf = (request: FastifyRequest) => {
    const { operations } = request.body as { operations: readonly BatchOperation[] };
    return (batch: Batch) => carryOut(batch, operations, validate);
  };
  server.route({
    method: 'POST',
    url: '/v1/batch',
    config: { idempotent: true },
    schema: {
      ...operation('batch', 'batch', 'Carry out several writes as one', {
        description:
          'All of them or, when one is refused, none. Each sees what the ones before it did. A create operation may have a name (`as`); later ones refer to what it made by `$name` (its id) or `$name.spec.field`, wherever a text stands. `$$` stands for a dollar sign.',
      }),
      headers: idempotencyHeaders,
      querystring: writeQuery,
      body: ref('BatchRequest'),
      response: writeAnswers('BatchAnswer', 'done'),
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const { result, revision, replayed } = await controller.transaction(
        caller,
        planOf(request),
        idempotencyOf(request),
      );
      noteReplay(reply, replayed);
      const results = result.map((done) => ({
        ...summary(done),
        ...(done.removed ? {} : { resource: currentOf(controller, caller, done) }),
      }));
      return answerWrite(controller, request, reply, { status: 200, revision, body: { revision, results } });
    },
  });
  server.route({
    method: 'POST',
    url: '/v1/batch/preview',
    schema: {
      ...operation('batch', 'previewBatch', 'What a batch would do, and how many flows it would cost', {
        description:
          'Checks the batch like `POST /v1/batch` and writes nothing. Ids and addresses are examples.',
      }),
      body: ref('BatchRequest'),
      response: answers({ 200: [ref('BatchPreview'), 'what would happen'] }),
    },
    handler: async (request) => {
      const caller = callerOf(request);
      return previewAnswer(controller.preview(caller, planOf(request)), caller);
    },
  });
}

/** The resource as it is now; absent when somebody has deleted it since. */
function currentOf(controller: Controller, caller: Caller, { kind, id }: Done): object | undefined {
  try {
    return present(controller, controller.read(kind, id, caller));
  } catch (error) {
    if (error instanceof WeftError && error.code === 'not-found') return undefined;
    throw error;
  }
}

const summary = ({ kind, id, as }: Done) => ({ kind, id, ...(as === undefined ? {} : { as }) });

function previewAnswer({ result, changes, flows, vpcs }: Preview<readonly Done[]>, caller: Caller): object {
  const afterwards = new Map(changes.map(({ kind, id, after }) => [`${kind}/${id}`, after]));
  return {
    results: result.map((done) => {
      const resource = afterwards.get(`${done.kind}/${done.id}`);
      return { ...summary(done), ...(resource ? { resource } : {}) };
    }),
    changes: changes
      .filter(({ kind, before, after }) => isApiKind(kind) && isSeen(after ?? before, caller))
      .map(({ kind, id, before, after }) => ({
        kind,
        id,
        ...(before ? { before } : {}),
        ...(after ? { after } : {}),
      })),
    flows: [...flows].map(([host, count]) => ({ host, ...count })),
    vpcs: [...vpcs].map(([vpcId, use]) => presentUse(vpcId, use)),
  };
}

const isSeen = (resource: AnyResource | undefined, caller: Caller) =>
  resource !== undefined && isVisible(resource, caller);

function carryOut(
  batch: Batch,
  operations: readonly BatchOperation[],
  validate: (kind: ApiKind, operation: 'create' | 'update') => Validate,
): Done[] {
  const names = new BatchNames();
  return operations.map((asked, index) => {
    const at = `operations[${index}]`;
    try {
      return carryOutOne(batch, asked, names, validate);
    } catch (error) {
      throw error instanceof WeftError ? within(at, error) : error;
    }
  });
}

function carryOutOne(
  batch: Batch,
  asked: BatchOperation,
  names: BatchNames,
  validate: (kind: ApiKind, operation: 'create' | 'update') => Validate,
): Done {
  const kind = checkedKind(asked.kind);
  const body = {
    ...(asked.spec === undefined ? {} : { spec: names.resolve(asked.spec, 'spec') }),
    ...(asked.tags === undefined ? {} : { tags: names.resolve(asked.tags, 'tags') }),
  };
  if (asked.operation === 'create') {
    refuseField(asked, 'id', 'A new resource gets its id from the controller; name it with `as`.');
    refuseField(asked, 'ifRevision', 'Leave ifRevision out.');
    const resource = batch.create(kind, validate(kind, 'create')(body) as { spec: Record<string, unknown> });
    if (asked.as !== undefined) names.add(asked.as, resource, 'as');
    return { kind, id: resource.id, ...(asked.as === undefined ? {} : { as: asked.as }), removed: false };
  }
  refuseField(asked, 'as', 'Only create operations have a name.');
  const id = names.resolve(requiredId(asked), 'id') as string;
  const options = asked.ifRevision === undefined ? {} : { ifRevision: asked.ifRevision };
  if (asked.operation === 'update') {
    batch.update(kind, id, validate(kind, 'update')(body) as object, options);
    return { kind, id, removed: false };
  }
  refuseField(asked, 'spec', 'To delete, give only kind and id.');
  batch.remove(kind, id, options);
  return { kind, id, removed: true };
}

function requiredId({ id }: BatchOperation): string {
  if (id !== undefined) return id;
  throw new WeftError('missing-field', 'the operation does not say which resource', {
    field: 'id',
    fix: 'Give the id of the resource, or `$name` of an earlier operation.',
  });
}

function refuseField(asked: BatchOperation, name: 'id' | 'as' | 'ifRevision' | 'spec', fix: string): void {
  if (asked[name] === undefined) return;
  throw new WeftError('unknown-field', `${asked.operation} takes no ${name}`, {
    field: name,
    value: asked[name],
    fix,
  });
}

/** The same error, with the operation that it is about. */
function within(at: string, error: WeftError): WeftError {
  return new WeftError(error.code, `${at}: ${error.message}`, {
    field: error.field === undefined ? at : `${at}.${error.field}`,
    value: error.value,
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  });
}

/** The checks that the routes of a kind make of their bodies, compiled when they are first needed. */
function validatorsOf(compile: ReturnType<typeof validatorCompiler>) {
  const compiled = new Map<string, Validate>();
  return (kind: ApiKind, operation: 'create' | 'update'): Validate => {
    if (!kinds[kind][operation]) {
      throw new WeftError('method-not-allowed', `a ${kind} takes no ${operation}`, {
        field: 'operation',
        value: operation,
        fix: 'See /v1/openapi.json for what each kind supports.',
      });
    }
    const name = `${schemaName(kind)}${operation === 'create' ? 'Create' : 'Update'}Request`;
    let check = compiled.get(name);
    if (!check) {
      check = validatorOf(compile, ref(name));
      compiled.set(name, check);
    }
    return check;
  };
}

function validatorOf(compile: ReturnType<typeof validatorCompiler>, schema: Schema): Validate {
  const check = compile({ schema, method: 'POST', url: '/v1/batch', httpPart: 'body' });
  return (value) => {
    const checked = check(value) as { value: unknown } | { error: Error };
    if ('error' in checked) throw checked.error;
    return checked.value;
  };
}
