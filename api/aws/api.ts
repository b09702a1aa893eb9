import { randomUUID } from 'node:crypto';
import type { GraphController } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import { actionsByName } from './actions/index.ts';
import type { Authenticate, AwsPrincipal, AwsRequest } from './authentication.ts';
import { ClientTokens } from './client-tokens.ts';
import { Cloud, dryRunSucceeded } from './cloud.ts';
import type { ActionContext } from './context.ts';
import { DefaultNetworks } from './default-networks.ts';
import { type AnyAction, isReading } from './define.ts';
import { Departed } from './departed.ts';
import { AwsError } from './errors.ts';
import { type ServiceDescription, services } from './model/description.ts';
import { type Form, parseForm } from './protocol/form.ts';
import { type ParsedInput, parseInput } from './protocol/input.ts';
import { serializeAnswer, serializeError, serializeQueryError } from './protocol/xml.ts';
import { awsRegions } from './regions.ts';
import { requireSupported } from './supported.ts';
import { translate } from './translate.ts';
import { Zones } from './zones.ts';

export interface AwsApiOptions {
  readonly controller: GraphController;
  readonly authenticate: Authenticate;
  /** Default: AWS's. */
  readonly regions?: readonly string[];
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
  readonly principal: AwsPrincipal;
}

/** The AWS-compatible API: forms in, XML out, no HTTP of its own. */
export class AwsApi {
  readonly #controller: GraphController;
  readonly #authenticate: Authenticate;
  readonly #regions: readonly string[];
  readonly #onDefect: AwsApiOptions['onDefect'];
  readonly #tokens = new ClientTokens();
  readonly #departed = new Departed();
  readonly #defaultNetworks: DefaultNetworks;

  constructor({ controller, authenticate, regions = awsRegions, onDefect }: AwsApiOptions) {
    this.#controller = controller;
    this.#authenticate = authenticate;
    this.#regions = regions;
    this.#onDefect = onDefect;
    this.#defaultNetworks = new DefaultNetworks(controller);
  }

  /** Answers one request; what is refused is an answer, too. */
  async answer(request: AwsRequest): Promise<AwsAnswer> {
    const requestId = randomUUID();
    let action = '';
    try {
      const form = parseForm(formTextOf(request));
      action = form.action;
      const principal = await this.#authenticate(request);
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

  #lookUp({ action: name }: Form, { region }: AwsPrincipal): Pick<Call, 'service' | 'action'> {
    if (!this.#regions.includes(region)) {
      throw new AwsError('AuthFailure', `There is no region ${region.slice(0, 100)} here`);
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
    const { service, action, form, principal } = call;
    const parsed = parseInput(service, service.operations[form.action]?.input, form.parameters);
    requireSupported(action, parsed.given);
    if (!principal.mayWrite && !isReading(form.action)) {
      throw new AwsError('UnauthorizedOperation', 'You are not authorized to perform this operation.');
    }
    const token = parsed.input.ClientToken;
    if (typeof token !== 'string' || parsed.input.DryRun === true) return this.#handle(call, parsed);
    const key = JSON.stringify([principal.account, principal.region, form.action, token]);
    return this.#tokens.run(key, form.parameters, () => this.#handle(call, parsed));
  }

  async #handle(
    { requestId, service, action, principal }: Call,
    { input }: ParsedInput,
  ): Promise<Record<string, unknown> | undefined> {
    const { account, region } = principal;
    const dryRun = input.DryRun === true;
    const cloud = new Cloud(this.#controller, { account, region }, dryRun);
    const zones = new Zones(cloud);
    if (service.service === 'ec2') await this.#defaultNetworks.ensure({ account, region }, zones);
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
      const output = await action.handle(context, input);
      if (dryRun) throw dryRunSucceeded();
      return output;
    } catch (error) {
      throw error instanceof WeftError && error.code !== 'internal'
        ? translate(error, action.refusals)
        : error;
    }
  }

  #refuse(error: unknown, action: string, requestId: string): AwsAnswer {
    let refusal: AwsError;
    if (error instanceof AwsError) refusal = error;
    else {
      this.#onDefect(error, { requestId, action });
      refusal = new AwsError('InternalError', 'An internal error has occurred');
    }
    const serialize = action === 'GetCallerIdentity' ? serializeQueryError : serializeError;
    return { status: refusal.status, requestId, body: serialize(refusal.code, refusal.message, requestId) };
  }
}

/** Old clients send the form as a query. */
function formTextOf({ method, url, body }: AwsRequest): string {
  return method === 'GET' ? (url.split('?', 2)[1] ?? '') : body.toString('utf8');
}
