import { createHash, randomUUID } from 'node:crypto';
import type { GraphController, IdempotencyKey } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import {
  AuthError,
  defaultFailureLimit,
  type Principal,
  type RateLimit,
  RateLimiter,
  type SignedRequest,
} from '../auth/index.ts';
import { actionsByName } from './actions/index.ts';
import { Cloud, dryRunSucceeded } from './cloud.ts';
import type { ActionContext } from './context.ts';
import { DefaultNetworks } from './default-networks.ts';
import type { AnyAction } from './define.ts';
import { Departed } from './departed.ts';
import { AwsError } from './errors.ts';
import { type ServiceDescription, services } from './model/description.ts';
import { type Form, parseForm } from './protocol/form.ts';
import { parseInput } from './protocol/input.ts';
import { serializeAnswer, serializeError, serializeQueryError } from './protocol/xml.ts';
import { awsRegions } from './regions.ts';
import { requireSupported } from './supported.ts';
import { translate } from './translate.ts';
import { Zones } from './zones.ts';

export interface RequestLimits {
  /** Of each access key. Absent: none, as in development mode. */
  readonly requests?: RateLimit;
  /** Of each address from which wrong signatures come. */
  readonly failures?: RateLimit;
}

export interface AwsApiOptions {
  readonly controller: GraphController;
  /** Tells who signed a request. @throws AuthError */
  readonly authenticate: (request: SignedRequest) => Principal;
  /** Default: AWS's. */
  readonly regions?: readonly string[] | undefined;
  readonly limits?: RequestLimits;
  /** Told of defects: what is no mistake of the caller. */
  readonly onDefect: (error: unknown, about: { requestId: string; action: string }) => void;
}

export interface AwsAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}

/** One call on its way from form to answer. */
interface Call {
  readonly requestId: string;
  readonly form: Form;
  readonly service: ServiceDescription;
  readonly action: AnyAction;
  readonly principal: Principal;
}

/** The AWS-compatible API: forms in, XML out, no HTTP of its own. */
export class AwsApi {
  readonly #controller: GraphController;
  readonly #authenticate: AwsApiOptions['authenticate'];
  readonly #regions: readonly string[];
  readonly #onDefect: AwsApiOptions['onDefect'];
  readonly #requests: RateLimiter | undefined;
  readonly #failures: RateLimiter;
  readonly #departed = new Departed();
  readonly #defaultNetworks: DefaultNetworks;

  constructor({ controller, authenticate, regions = awsRegions, limits = {}, onDefect }: AwsApiOptions) {
    this.#controller = controller;
    this.#authenticate = authenticate;
    this.#regions = regions;
    this.#onDefect = onDefect;
    this.#requests = limits.requests && new RateLimiter(limits.requests);
    this.#failures = new RateLimiter(limits.failures ?? defaultFailureLimit);
    this.#defaultNetworks = new DefaultNetworks(controller, regions);
  }

  /** Answers one request; what is refused is an answer, too. */
  async answer(request: SignedRequest, address = ''): Promise<AwsAnswer> {
    const requestId = randomUUID();
    let action = '';
    try {
      const form = parseForm(formTextOf(request));
      action = form.action;
      const who = this.#enter(request, address);
      const principal = { ...who, origin: { principal: who.name, address, requestId, action } };
      const call = { requestId, form, principal, ...this.#lookUp(form, principal) };
      const output = await this.#run(call);
      return {
        status: 200,
        requestId,
        body: serializeAnswer(call.service, action, form.version, output, requestId),
      };
    } catch (error) {
      return this.#refuse(error, action, requestId);
    }
  }

  /** @throws AuthError; AwsError RequestLimitExceeded, which makes clients wait and try again */
  #enter(request: SignedRequest, address: string): Principal {
    let principal: Principal;
    try {
      principal = this.#authenticate(request);
    } catch (error) {
      if (error instanceof AuthError) requireToken(this.#failures, address);
      throw error;
    }
    requireToken(this.#requests, principal.name);
    return principal;
  }

  #lookUp({ action: name }: Form, { region }: Principal): Pick<Call, 'service' | 'action'> {
    if (!this.#regions.includes(region)) {
      throw new AwsError(
        'AuthFailure',
        `Credential should be scoped to a valid region, not '${region.slice(0, 100)}'. Regions here: ${this.#regions.join(', ')}`,
      );
    }
    const action = actionsByName.get(name);
    const service = [...services().values()].find(({ operations }) => Object.hasOwn(operations, name));
    if (action && service) return { action, service };
    throw new AwsError(
      'InvalidAction',
      `The action ${name.slice(0, 100)} is not valid for this web service.`,
    );
  }

  async #run(call: Call): Promise<Record<string, unknown> | undefined> {
    const { requestId, service, action, form, principal } = call;
    const { input, given } = parseInput(service, service.operations[form.action]?.input, ownParameters(call));
    requireSupported(action, given);
    const { account, region } = principal;
    const dryRun = input.DryRun === true;
    const idempotencyKey = idempotencyKeyOf(form);
    const cloud = new Cloud(this.#controller, principal, { dryRun, idempotencyKey });
    const zones = new Zones(this.#controller, region);
    const context: ActionContext = {
      action: action.action,
      requestId,
      principal,
      account,
      region,
      regions: this.#regions,
      cloud,
      zones,
      departed: this.#departed,
    };
    try {
      if (service.service === 'ec2') await this.#defaultNetworks.ensure(principal);
      const output = await action.handle(context, input);
      if (dryRun) throw dryRunSucceeded();
      return output;
    } catch (error) {
      if (!dryRun && !cloud.hasTriedToWrite && !isReading(form.action)) this.#note(principal, error);
      throw error instanceof WeftError && error.code !== 'internal'
        ? translate(error, action.refusals)
        : error;
    }
  }

  /** What the controller refuses it notes itself; of what an action refuses before, it does not know. */
  #note({ account, region, origin }: Principal, error: unknown): void {
    if (!origin) return;
    const known = error instanceof AwsError || error instanceof WeftError;
    this.#controller.audit.note({
      ...origin,
      account,
      region,
      time: new Date().toISOString(),
      outcome: known ? error.code : 'internal',
      ...(known ? { reason: error.message.slice(0, 300) } : {}),
    });
  }

  #refuse(error: unknown, action: string, requestId: string): AwsAnswer {
    let refusal: AwsError;
    if (error instanceof AwsError) refusal = error;
    else if (error instanceof AuthError) refusal = new AwsError(error.code, error.message);
    else {
      this.#onDefect(error, { requestId, action });
      refusal = new AwsError('InternalError', 'An internal error has occurred');
    }
    const serialize = action === 'GetCallerIdentity' ? serializeQueryError : serializeError;
    return { status: refusal.status, requestId, body: serialize(refusal.code, refusal.message, requestId) };
  }
}

function requireToken(limiter: RateLimiter | undefined, caller: string): void {
  const seconds = limiter?.take(caller, Date.now()) ?? 0;
  if (seconds === 0) return;
  throw new AwsError('RequestLimitExceeded', `Request limit exceeded: wait ${Math.ceil(seconds)} s.`);
}

const isReading = (action: string) => /^(Describe|Get|Search|List)/.test(action);

/** Old clients send the form as a query. */
function formTextOf({ method, url, body = '' }: SignedRequest): string {
  if (method === 'GET') return url.split('?', 2)[1] ?? '';
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

/** AWS gives client tokens to more and more actions, and SDKs send them unasked: each action takes one. */
function ownParameters({ service, form }: Call): ReadonlyMap<string, string> {
  const shape = service.shapes[service.operations[form.action]?.input ?? ''];
  const known = shape?.type === 'structure' && Object.hasOwn(shape.members, 'ClientToken');
  if (known || !form.parameters.has('ClientToken')) return form.parameters;
  const parameters = new Map(form.parameters);
  parameters.delete('ClientToken');
  return parameters;
}

/** The same request again is one with the same token and the same parameters. */
function idempotencyKeyOf({ action, parameters }: Form): IdempotencyKey | undefined {
  const token = parameters.get('ClientToken');
  if (token === undefined || token === '') return undefined;
  if (token.length > 64) {
    throw new AwsError('InvalidParameterValue', 'ClientToken has more than 64 characters');
  }
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([...parameters].sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex');
  return { key: `aws/${action}/${token}`, fingerprint };
}
