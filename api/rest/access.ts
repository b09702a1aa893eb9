import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Authenticator, type Principal, type RateLimit, RateLimiter, withScope } from '@weft/api/auth';
import { WeftError } from '@weft/controller/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteContext } from './context.ts';

/**
 * For whom a route is there. Without a word on it, a route is for `accounts`.
 * - `public`: for everybody, without credentials
 * - `accounts`: every role but agents; what each may see and write is the controller's to say
 * - `operators`: admins and operators
 * - `hosts`: the agent of the host that the address names, admins and operators
 * - `agents`: agents, admins and operators
 * - `everybody`: every role
 */
export type Access = 'public' | 'accounts' | 'operators' | 'hosts' | 'agents' | 'everybody';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
}

export interface RequestLimits {
  /** Of each access key. Absent: none, as in development mode. */
  readonly requests?: RateLimit;
  /** Watches that one caller may have at a time. Absent: as many as it likes. */
  readonly watches?: number;
  /** Of each address from which wrong credentials come. */
  readonly failures: RateLimit;
}

/** Asks of every request in the scope who sends it, whether there may be more of them, and whether the route is for them. */
export function requireAccess(
  server: FastifyInstance,
  { controller, authenticator, regions }: Pick<RouteContext, 'controller' | 'authenticator' | 'regions'>,
  limits: RequestLimits,
): void {
  const requests = limits.requests && new RateLimiter(limits.requests);
  const failures = new RateLimiter(limits.failures);
  server.decorateRequest('principal', null);
  server.addHook('onRequest', async (request, reply) => {
    const access = request.routeOptions.config.access ?? 'accounts';
    if (access === 'public') return;
    const principal = authenticate(request, reply, authenticator, failures);
    if (requests) refuseTooMany(reply, requests.take(principal.name, Date.now()));
    requireRoute(request, principal, access);
    const wanted = { account: header(request, 'weft-account'), region: header(request, 'weft-region') };
    const origin = {
      principal: principal.name,
      address: request.ip,
      requestId: request.id,
      action: `${request.method} ${request.url.slice(0, 300)}`,
    };
    request.principal = { ...withScope(principal, wanted, controller, regions), origin };
  });
}

/** Tells of accounts that call for themselves. A request is answered even when nothing can be made: the next one tells again. */
export function meetAccounts(
  server: FastifyInstance,
  firstSight: (caller: Principal) => Promise<void>,
): void {
  server.addHook('onRequest', async (request) => {
    const { principal } = request;
    if (!principal || principal.role === 'agent' || request.headers['weft-account'] !== undefined) return;
    try {
      await firstSight(principal);
    } catch (error) {
      request.log.warn({ err: error, account: principal.account }, 'an account did not get its default VPC');
    }
  });
}

/** Who sends the request. Only for routes that are not public. */
export function callerOf(request: FastifyRequest): Principal {
  if (request.principal) return request.principal;
  throw new Error(`${request.url} asked who its caller is before anybody knew`);
}

function authenticate(
  request: FastifyRequest,
  reply: FastifyReply,
  authenticator: Authenticator,
  failures: RateLimiter,
): Principal {
  try {
    const principal = authenticator.bearer({
      headers: request.raw.headersDistinct,
      certificateName: certificateName(request),
    });
    if (principal.accessKeyId === undefined && principal.role !== 'agent') refuseStrangers(request);
    return principal;
  } catch (error) {
    refuseTooMany(reply, failures.take(request.ip, Date.now()));
    // RFC 9110, section 11.6.1: a 401 says what would be accepted.
    reply.header('www-authenticate', 'Bearer realm="weft"');
    throw error;
  }
}

/** The common name of a certificate that the operator's CA has signed. */
function certificateName({ raw }: FastifyRequest): string | undefined {
  const socket = raw.socket as Partial<TLSSocket>;
  if (!socket.authorized) return undefined;
  const name = socket.getPeerCertificate?.().subject?.CN;
  return Array.isArray(name) ? undefined : name;
}

/**
 * Without credentials a request must come from this machine itself: not by a proxy, which would let everybody in, and not
 * from a web page of somebody else that this machine's browser shows.
 */
function refuseStrangers({ headers }: FastifyRequest): void {
  const forwarded = headers.forwarded ?? headers['x-forwarded-for'];
  const { origin } = headers;
  if (forwarded === undefined && (origin === undefined || isLocalOrigin(origin))) return;
  throw new WeftError(
    'unauthenticated',
    'the request has no credentials, and comes from elsewhere through this machine',
    {
      field: 'Authorization',
      fix: 'Start the controller with --access keys, and send the token of an access key.',
    },
  );
}

function isLocalOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
  );
}

function refuseTooMany(reply: FastifyReply, seconds: number): void {
  if (seconds === 0) return;
  reply.header('retry-after', Math.ceil(seconds));
  throw new WeftError('rate-limited', 'there are too many requests of this caller', {
    fix: `Wait ${Math.ceil(seconds)} s, and send fewer requests at once.`,
  });
}

function requireRoute(request: FastifyRequest, { role, hostId }: Principal, access: Access): void {
  const isOperator = role === 'admin' || role === 'operator';
  const isOwnHost = role === 'agent' && (request.params as { id?: string }).id === hostId;
  const open = {
    public: true,
    everybody: true,
    accounts: role !== 'agent',
    operators: isOperator,
    hosts: isOperator || isOwnHost,
    agents: isOperator || role === 'agent',
  }[access];
  if (open) return;
  throw new WeftError(
    'forbidden',
    `this is not for role ${role}${hostId === undefined ? '' : ` of host ${hostId}`}`,
    {
      field: 'Authorization',
      fix: 'Use an access key with another role; docs/guides/accounts.md lists what each may do.',
    },
  );
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
